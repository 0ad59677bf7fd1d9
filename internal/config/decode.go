package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Decode fills config structs from one section and returns all problems,
// sorted. Each target is a pointer to a struct that holds the defaults; the
// first is the plugin's own, the others are the common options of its kind. A
// key that no target declares is an error, or a warning where Heka 0.10
// accepted anything: in retries, in buffering, and in sections whose plugin has
// no options of its own. Where a target or a struct inside it has a method
// Check() error, it is called at the end.
//
// Maps, slices and pointers of the defaults are replaced, never written to, so
// defaults may be shared.
func Decode(sec *Section, targets ...any) Problems { return decode(sec, false, targets) }

// DecodeTool is Decode for the configuration of a client tool, in which unknown
// keys never were errors: they are warnings.
func DecodeTool(sec *Section, targets ...any) Problems { return decode(sec, true, targets) }

func decode(sec *Section, lenient bool, targets []any) Problems {
	d := &decoder{section: sec, lenient: lenient, places: map[string]Pos{}, bad: map[string]bool{}}
	ts := make([]target, len(targets))
	for i, t := range targets {
		v := reflect.ValueOf(t)
		if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
			panic(fmt.Sprintf("config: decode into %T, which is no pointer to a struct", t))
		}
		ts[i] = newTarget(v.Elem())
	}
	d.table(sec.Table, "", ts)
	for _, t := range ts {
		d.check(t.Value, "")
	}
	d.problems.Sort()
	return d.problems
}

// decoder gathers what is found while one section is decoded.
type decoder struct {
	section  *Section
	lenient  bool // unknown keys are no errors
	problems Problems
	places   map[string]Pos  // of what the section sets, by option path
	bad      map[string]bool // option paths with an error
}

// target is a struct that options go to.
type target struct {
	reflect.Value
	options []option
}

func newTarget(v reflect.Value) target { return target{v, optionsOf(v.Type())} }

// option returns the option of the given name, or nil.
func (t target) option(name string) *option {
	for i := range t.options {
		if t.options[i].name == name {
			return &t.options[i]
		}
	}
	return nil
}

// find returns the name of the option that a key stands for: spelled exactly
// so, else in another case, else with blanks around it. deprecated says that
// the key is an alias.
func find(ts []target, key string) (name string, deprecated, ok bool) {
	exact := func(a, b string) bool { return a == b }
	for _, k := range []string{key, strings.TrimSpace(key)} {
		for _, same := range []func(a, b string) bool{exact, strings.EqualFold} {
			for _, t := range ts {
				for _, o := range t.options {
					if same(o.name, k) {
						return o.name, false, true
					}
				}
			}
			for _, t := range ts {
				for _, o := range t.options {
					for _, alias := range o.aliases {
						if same(alias, k) {
							return o.name, true, true
						}
					}
				}
			}
		}
	}
	return "", false, false
}

// table decodes the members of n into the targets. path is the option path of
// n, "" for the section itself.
func (d *decoder) table(n *Node, path string, ts []target) {
	seen := make(map[string]*Node, len(n.Nodes))
	for _, m := range n.Nodes {
		if len(d.problems) >= maxProblems {
			return
		}
		name, deprecated, ok := find(ts, m.Key)
		if !ok {
			if path == "" && strings.EqualFold(strings.TrimSpace(m.Key), "type") {
				d.typeOption(m)
			} else {
				d.unknown(m, path, ts)
			}
			continue
		}
		full := join(path, name)
		if prev := seen[name]; prev != nil {
			d.add(Problem{Pos: m.KeyPos, Option: full,
				Text: fmt.Sprintf("%s is set twice, as %s on line %d and as %s", full, prev.Key, prev.KeyPos.Line, m.Key)})
			continue
		}
		seen[name] = m
		if deprecated {
			d.add(Problem{Pos: m.KeyPos, Option: full, Severity: Warning,
				Text: fmt.Sprintf("option %q is deprecated", join(path, m.Key)), Hint: fmt.Sprintf("write %q", full)})
		}
		for _, t := range ts {
			if o := t.option(name); o != nil {
				d.places[full] = m.place(o.secret)
				d.value(settable(t.Value, o.index), m, full, o)
			}
		}
	}
	for _, key := range n.unreadable { // has been reported, and is not missing
		if name, _, ok := find(ts, key); ok {
			seen[name] = n
		}
	}
	for _, t := range ts {
		for _, o := range t.options {
			if o.required && seen[o.name] == nil {
				d.add(Problem{Pos: n.Pos, Option: join(path, o.name), Text: join(path, o.name) + " is required"})
			}
		}
	}
}

// typeOption checks the option type, which every section may have.
func (d *decoder) typeOption(n *Node) {
	if n.Kind != String {
		d.mismatch(n, "type", false, "a string")
	}
}

// unknown reports the key of n, which no target declares.
func (d *decoder) unknown(n *Node, path string, ts []target) {
	full := join(path, n.Key)
	p := Problem{Pos: n.KeyPos, Option: full, Text: fmt.Sprintf("unknown option %q", full)}
	if n.Kind == Table {
		p.Text = fmt.Sprintf("unknown sub-section %q", full)
	}
	if d.lenient || path == "retries" || path == "buffering" || path == "" && len(ts) > 0 && len(ts[0].options) == 0 {
		p.Severity = Warning
		p.Text += " has no effect"
	}
	var names []string
	for _, t := range ts {
		for _, o := range t.options {
			names = append(names, o.name)
			if s := structUnder(o.typ); s != nil {
				if _, _, ok := find([]target{{options: optionsOf(s)}}, n.Key); ok {
					p.Hint = fmt.Sprintf("it belongs into [%s.%s]", d.section.Name, join(path, o.name))
				}
			}
		}
	}
	if name := nearest(n.Key, names); name != "" {
		p.Hint = fmt.Sprintf("did you mean %q?", join(path, name))
	}
	d.add(p)
}

// add records a finding about the section.
func (d *decoder) add(p Problem) {
	p.Section = d.section.Name
	if p.Severity == Error {
		d.bad[p.Option] = true
	}
	d.problems = append(d.problems, p)
}

// join appends a name to an option path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// element returns the option path of element i of a list.
func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// settable returns the field of struct v with the given index, making what
// nil embedded pointers on the way point to.
func settable(v reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			fresh := reflect.New(v.Type().Elem())
			if !v.IsNil() {
				fresh.Elem().Set(v.Elem())
			}
			v.Set(fresh)
			v = fresh.Elem()
		}
		v = v.Field(i)
	}
	return v
}
