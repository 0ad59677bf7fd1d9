package config

import (
	"errors"
	"strings"

	"github.com/hekad/heka/plugin"
)

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
		if n = n.Member(name); n == nil {
			return at
		}
		at = n.Pos
	}
	return at
}

// ProblemsOf makes problems of what building a plugin from the section returned:
// one for each error that errors.Join put together, at the place of its option
// where it is a *plugin.OptionError.
func ProblemsOf(s *Section, err error) Problems {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all Problems
		for _, e := range joined.Unwrap() {
			all = append(all, ProblemsOf(s, e)...)
		}
		return all
	}
	p := Problem{Pos: s.Pos, Section: s.Name, Text: err.Error()}
	var o *plugin.OptionError
	if errors.As(err, &o) {
		p.Option, p.Pos, p.Text = o.Option, s.Where(o.Option), prefixed(o.Option, o.Err.Error())
	}
	return Problems{p}
}

// DidYouMean is the hint for a misspelt word: the most similar of names, or ""
// when none is similar.
func DidYouMean(word string, names []string) string {
	if name := nearest(word, names); name != "" {
		return `did you mean "` + name + `"?`
	}
	return ""
}
