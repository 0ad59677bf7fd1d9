package config

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Section is one top-level table of a configuration: [hekad], or one plugin.
type Section struct {
	// Name is what stands between the brackets, literally.
	Name string
	// Pos is the header's place, or that of the first header below it where
	// the section has none of its own.
	Pos Pos
	// Table holds the options and sub-sections.
	Table *Node
}

// Type returns the plugin type: the option "type", or the section's name where
// that is missing, empty or no string (which Decode reports).
func (s *Section) Type() string {
	if n := s.Table.Member("type"); n != nil && n.Kind == String && n.Value != "" {
		return n.Value.(string)
	}
	return strings.TrimSpace(s.Name)
}

// Kind returns the plugin kind that the type's suffix names: Input, Splitter,
// Decoder, Filter, Encoder or Output, or "" for none of these.
func (s *Section) Kind() string {
	t := s.Type()
	for _, kind := range [...]string{"Input", "Splitter", "Decoder", "Filter", "Encoder", "Output"} {
		if strings.HasSuffix(t, kind) {
			return kind
		}
	}
	return ""
}

// Sets reports whether the section itself sets an option, be it to an empty
// value. "buffering.max_file_size" reaches into a sub-section.
func (s *Section) Sets(option string) bool {
	n := s.Table
	for name := range strings.SplitSeq(option, ".") {
		if n = n.Member(name); n == nil {
			return false
		}
	}
	return true
}

// As returns a section of another name with the same options, of which those in
// forced (strings, booleans, integers and floats by name) are set in the place of
// what s says. Neither section is changed by a change of the other's top level.
func (s *Section) As(name string, forced map[string]any) *Section {
	t := newTable(name, s.Table.KeyPos, s.Table.Pos)
	for _, n := range s.Table.Nodes {
		same := func(option string) bool { return strings.EqualFold(strings.TrimSpace(n.Key), option) }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(forced)), same) {
			t.add(n)
		}
	}
	for _, option := range slices.Sorted(maps.Keys(forced)) {
		n := scalar(plainValue(forced[option]), "")
		n.Key, n.KeyPos, n.Pos = option, s.Pos, s.Pos
		t.add(n)
	}
	return &Section{Name: name, Pos: s.Pos, Table: t}
}

// plainValue makes one of the types of Node.Value of v.
func plainValue(v any) any {
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return r.Int()
	case r.CanUint():
		return int64(min(r.Uint(), math.MaxInt64))
	case r.CanFloat():
		return r.Float()
	}
	return v
}

// Config is everything read from a file or a directory.
type Config struct {
	// Hekad is the section [hekad], nil where no file has one.
	Hekad *Section
	// Sections are the plugins in file order. Two may share a name when their
	// kinds differ.
	Sections []*Section
	// Warnings are the warnings among the problems found while reading.
	Warnings Problems

	lookup func(string) (string, bool) // of environment variables, or nil
}

// Find returns the section of the given kind ("Decoder") that is called name,
// or nil. A name with blanks around it is also found without them.
func (c *Config) Find(kind, name string) *Section {
	for _, s := range c.Sections {
		if s.Name == name && s.Kind() == kind {
			return s
		}
	}
	for _, s := range c.Sections {
		if strings.TrimSpace(s.Name) == name && s.Kind() == kind {
			return s
		}
	}
	return nil
}
