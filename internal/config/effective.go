package config

import (
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hekad/heka/plugin"
)

// Setting is an option with the value in force.
type Setting struct {
	Name string
	// Value is TOML, with secrets masked; "" for a sub-section.
	Value string
	// Origin is where the value was set; the zero Pos means a default.
	Origin Pos
	// Settings are the options of a sub-section.
	Settings []Setting
}

// Listing is a section as it is in force.
type Listing struct {
	Section  string
	Settings []Setting
}

// Effective lists the options of a section with the values in force: those of
// targets that Decode has filled from it. The order is that of declaration,
// sub-sections last. Options that neither the section nor a default sets are
// left out.
func Effective(sec *Section, targets ...any) Listing {
	l := Listing{Section: sec.Name}
	if sec.Name != "hekad" && sec.Name != "" {
		t := Setting{Name: "type", Value: quoteTOML(sec.Type())}
		if sec.Sets("type") {
			t.Origin = sec.Table.Member("type").Pos
		}
		l.Settings = append(l.Settings, t)
	}
	seen := map[string]bool{"type": true}
	for _, t := range targets {
		for _, s := range structSettings(reflect.ValueOf(t).Elem(), sec.Table) {
			if !seen[s.Name] {
				seen[s.Name] = true
				l.Settings = append(l.Settings, s)
			}
		}
	}
	sectionsLast(l.Settings)
	return l
}

// sectionsLast moves sub-sections behind options, as TOML needs it.
func sectionsLast(all []Setting) {
	rank := func(s Setting) int {
		if s.Value == "" {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b Setting) int { return rank(a) - rank(b) })
}

// structSettings lists the options of struct v, which was filled from table n;
// n may be nil.
func structSettings(v reflect.Value, n *Node) []Setting {
	var all []Setting
	options := []target{newTarget(v)}
	set := map[string]*Node{}
	if n != nil {
		for _, m := range n.Nodes {
			if name, _, ok := find(options, m.Key); ok {
				set[name] = m
			}
		}
	}
	for _, o := range options[0].options {
		if f, ok := field(v, o.index); ok {
			if s, ok := setting(o.name, f, set[o.name], o.secret); ok {
				all = append(all, s)
			}
		}
	}
	sectionsLast(all)
	return all
}

// setting lists one option with value v, which was filled from node n; n may
// be nil. It returns false for what is not set.
func setting(name string, v reflect.Value, n *Node, secret bool) (Setting, bool) {
	s := Setting{Name: name}
	if n != nil {
		s.Origin = n.Pos
	}
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return s, false
		}
		v = v.Elem()
	}
	switch {
	case v.Type() == pairsType:
		s.Settings = pairsSettings(v.Interface().(plugin.Pairs), n, secret)
	case isText(v.Type()):
		s.Value = literal(v, secret)
	case v.Kind() == reflect.Map:
		s.Settings = mapSettings(v, n, secret)
	case structUnder(v.Type()) != nil:
		s.Settings = structSettings(v, n)
	default:
		s.Value = literal(v, secret)
	}
	return s, s.Value != "" || len(s.Settings) > 0 || n != nil
}

// mapSettings lists the members of a map, in file order where n has them.
func mapSettings(v reflect.Value, n *Node, secret bool) []Setting {
	keys := sortedKeys(v)
	if n != nil {
		order := make(map[string]int, len(n.Nodes))
		for i, m := range n.Nodes {
			order[m.Key] = i
		}
		slices.SortStableFunc(keys, func(a, b reflect.Value) int { return order[a.String()] - order[b.String()] })
	}
	var all []Setting
	for _, k := range keys {
		key := k.String()
		if s, ok := setting(key, v.MapIndex(k), n.child(key), secret || speaksOfSecret(key)); ok {
			all = append(all, s)
		}
	}
	sectionsLast(all)
	return all
}

// pairsSettings lists pairs in their order.
func pairsSettings(pairs plugin.Pairs, n *Node, secret bool) []Setting {
	all := make([]Setting, len(pairs))
	for i, p := range pairs {
		all[i] = Setting{Name: p.Key, Value: quoteTOML(hidden(p.Key, p.Value, secret))}
		if m := n.child(p.Key); m != nil {
			all[i].Origin = m.Pos
		}
	}
	return all
}

// child returns the member of n that is spelled exactly so, or nil; n may be nil.
func (n *Node) child(key string) *Node {
	if n == nil {
		return nil
	}
	return n.index[key]
}

// TOML writes the section so that Load reads the same settings from it, but
// for the masked secrets. With origins each option has a comment that says
// where it was set.
func (l Listing) TOML(origins bool) string {
	w := listingWriter{origins: origins}
	if l.Section != "" {
		w.header([]string{l.Section})
	}
	w.settings(l.Settings, []string{l.Section})
	return w.String()
}

// listingWriter writes settings as TOML.
type listingWriter struct {
	strings.Builder
	origins bool
}

// header writes a header, indented by its depth.
func (w *listingWriter) header(names []string) {
	w.WriteString(indent(len(names)) + "[" + strings.Join(names, ".") + "]\n")
}

func indent(depth int) string { return strings.Repeat("  ", max(depth-1, 0)) }

// settings writes the options of the table with the given names, then its
// sub-sections.
func (w *listingWriter) settings(all []Setting, names []string) {
	const widest = 48 // longer lines do not push the comments out
	var width int
	lines := make([]string, len(all))
	for i, s := range all {
		if s.Value == "" && canHead(s.Name) {
			continue
		}
		lines[i] = indent(len(names)) + keyTOML(s.Name) + " = " + s.inline()
		if n := utf8.RuneCountInString(lines[i]); n <= widest {
			width = max(width, n)
		}
	}
	for i, line := range lines {
		if line == "" {
			continue
		}
		w.WriteString(line)
		if w.origins {
			pad := max(width-utf8.RuneCountInString(line), 0)
			w.WriteString(strings.Repeat(" ", pad) + "  # " + all[i].Origin.Origin())
		}
		w.WriteByte('\n')
	}
	for i, s := range all {
		if lines[i] == "" {
			sub := append(slices.Clone(names), s.Name)
			if names[0] == "" {
				sub = sub[1:]
			}
			if len(s.Settings) == 0 || s.Settings[0].Value != "" || !canHead(s.Settings[0].Name) {
				w.header(sub)
			}
			w.settings(s.Settings, sub)
		}
	}
}

// canHead reports whether a header can name a sub-section of that key.
func canHead(key string) bool {
	return key != "" && !strings.ContainsAny(key, "[].\r\n%")
}

// inline writes the value of s, a sub-section as an inline table.
func (s Setting) inline() string {
	if s.Value != "" {
		return s.Value
	}
	var members []string
	for _, m := range s.Settings {
		members = append(members, keyTOML(m.Name)+" = "+m.inline())
	}
	return inBraces(members)
}
