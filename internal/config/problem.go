package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Severity says whether a configuration with the problem can be used.
type Severity uint8

const (
	// Error keeps heka from starting.
	Error Severity = iota
	// Warning is worth reading, but what happens is well defined.
	Warning
)

// Problem is one thing that is wrong or doubtful in a configuration.
type Problem struct {
	Pos Pos
	// Section is the name of the section concerned, "" for none.
	Section string
	// Option is the option concerned with the names of its sub-sections
	// ("retries.max_delay"), "" for none.
	Option string
	// Text states the rule and the value: lower case, no full stop.
	Text string
	// Hint says how to mend it, "" where that is plain or unknown.
	Hint     string
	Severity Severity
}

// String formats p on one line:
//
//	hekad.toml:12:3: [TcpInput] unknown option "adress"; did you mean "address"?
//
// Warnings have "warning: " before the section.
func (p Problem) String() string {
	var b strings.Builder
	if p.Pos.File != "" {
		b.WriteString(p.Pos.String())
		b.WriteString(": ")
	}
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	if p.Section != "" {
		b.WriteString("[" + p.Section + "] ")
	}
	b.WriteString(p.Text)
	if p.Hint != "" {
		b.WriteString("; ")
		b.WriteString(p.Hint)
	}
	return OneLine(b.String())
}

// OneLine returns s with control characters written as in Go strings, for texts
// that quote what somebody else wrote.
func OneLine(s string) string {
	odd := func(r rune) bool { return r < ' ' || r == 0x7f }
	if strings.IndexFunc(s, odd) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if odd(r) {
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Error is String, so that a Problem can travel as an error.
func (p Problem) Error() string { return p.String() }

// Detail is String followed by the source line and a caret below the place,
// for the terminal. Lines that hold an option tagged as secret are not shown.
func (p Problem) Detail() string {
	if e := p.Pos.excerpt(); e != "" {
		return p.String() + "\n" + e
	}
	return p.String()
}

// Problems is a list of findings.
type Problems []Problem

// Sort orders ps by file, line and column, keeping the order of findings about
// one place, and removes repetitions.
func (ps *Problems) Sort() {
	slices.SortStableFunc(*ps, func(a, b Problem) int { return a.Pos.compare(b.Pos) })
	seen := make(map[Problem]bool, len(*ps))
	*ps = slices.DeleteFunc(*ps, func(p Problem) bool {
		if seen[p] {
			return true
		}
		seen[p] = true
		return false
	})
}

// HasErrors reports whether one of ps is more than a warning.
func (ps Problems) HasErrors() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Severity == Error })
}

// Errors returns the errors among ps.
func (ps Problems) Errors() Problems { return ps.only(Error) }

// Warnings returns the warnings among ps.
func (ps Problems) Warnings() Problems { return ps.only(Warning) }

func (ps Problems) only(s Severity) Problems {
	var out Problems
	for _, p := range ps {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

// Err joins the errors among ps into one error, a line each, or returns nil
// when there are only warnings.
func (ps Problems) Err() error {
	var errs []error
	for _, p := range ps.Errors() {
		errs = append(errs, p)
	}
	return errors.Join(errs...)
}
