package config

import "strings"

// NewSection returns an empty section, for plugins that exist without
// configuration.
func NewSection(name string) *Section {
	return &Section{Name: name, Table: newTable(name, Pos{}, Pos{})}
}

// Where returns where the section sets an option, or where the sub-section or
// section that it belongs to begins.
func (s *Section) Where(option string) Pos {
	n, at := s.Table, s.Pos
	if option == "" {
		return at
	}
	for name := range strings.SplitSeq(option, ".") {
		name, _, _ = strings.Cut(name, "[") // an element of a list
		if n = n.Member(name); n == nil {
			return at
		}
		at = n.Pos
	}
	return at
}

// ProblemsOf makes problems of what building a plugin from the section returned:
// one for each error that errors.Join put together, at the place of its option
// where it is a *plugin.OptionError. It returns nil for nil.
func ProblemsOf(s *Section, err error) Problems {
	d := &decoder{section: s, bad: map[string]bool{}}
	d.failed(err, "")
	return d.problems
}

// DidYouMean is the hint for a misspelt word: the most similar of names, or ""
// when none is similar.
func DidYouMean(word string, names []string) string {
	if name := nearest(word, names); name != "" {
		return "did you mean " + quote(name) + "?"
	}
	return ""
}
