package accesslog

import "strings"

// hot: everything in this file runs once per variable of the format and line,
// or less often, and allocates nothing.

// step reads one value and the glue before it.
type step struct {
	before glue
	read   matcher
	slot   int // index of the value
}

// matcher reads the value that starts at s[i] into v and returns where it ends,
// or -1 when nothing that fits starts there. It sets all of v that its kind
// needs; a time is left in f instead.
type matcher func(f *Format, s string, i int, v *value) int

// value is what a matcher found.
type value struct {
	kind   valueKind
	lo, hi int // bounds in the line, or in the list of a list
	num    float64
}

type valueKind uint8

const (
	isText valueKind = iota
	isIPv4
	isIPv6
	isHostname
	isNumber
	isTexts
	isNumbers
)

// span is a part of the line.
type span struct{ lo, hi int }

// maxKeptItems bounds the space for list items that is kept for the next line.
const maxKeptItems = 1024

// match reads a line into f.
func (f *Format) match(line string) bool {
	if cap(f.spans) > maxKeptItems || cap(f.nums) > maxKeptItems {
		f.spans, f.nums = nil, nil
	}
	f.spans, f.nums, f.timed = f.spans[:0], f.nums[:0], false
	at := 0
	for k := range f.steps {
		s := &f.steps[k]
		if at = s.before.skip(line, at); at < 0 {
			return false
		}
		if at = s.read(f, line, at, &f.values[s.slot]); at < 0 {
			return false
		}
	}
	return f.tail.skip(line, at) >= 0
}

// glue is what stands between two values.
type glue struct {
	// quick is the glue with single blanks for white space, which is how lines
	// nearly always look.
	quick  string
	simple bool     // a line that has quick has the glue
	open   bool     // white space comes last, so more of it may follow
	parts  []string // literals, and "" for white space
}

// skip returns where the glue that starts at s[i] ends, or -1.
func (g *glue) skip(s string, i int) int {
	if g.simple && strings.HasPrefix(s[i:], g.quick) {
		end := i + len(g.quick)
		if !g.open || end == len(s) || !isSpace(s[end]) {
			return end
		}
	}
	return g.skipSlowly(s, i)
}

func (g *glue) skipSlowly(s string, i int) int {
	for _, p := range g.parts {
		if p != "" {
			if !strings.HasPrefix(s[i:], p) {
				return -1
			}
			i += len(p)
			continue
		}
		start := i
		for i < len(s) && isSpace(s[i]) {
			i++
		}
		if i == start {
			return -1
		}
	}
	return i
}

// fits reports whether the piece of the format behind a value can start at s[i].
func (e *edge) fits(s string, i int) bool {
	switch e.kind {
	case spaceEdge:
		return i < len(s) && isSpace(s[i])
	case literalEdge:
		return strings.HasPrefix(s[i:], e.text)
	}
	return true
}

// text makes a matcher for anything, also nothing, up to the piece of the
// format that follows. Without one the value ends at the last character of the
// literal before it, or at white space, or with the line.
func text(before, after edge) matcher {
	stop, needed := after, true
	if after.kind == noEdge {
		stop, needed = before, false
		if n := len(before.text); n > 0 {
			stop.text = before.text[n-1:]
		}
	}
	find := untilLiteral
	switch {
	case stop.kind == spaceEdge:
		find = untilSpace
	case stop.text[0] == '"':
		find = untilQuote
	}
	return func(_ *Format, s string, i int, v *value) int {
		end := find(s, i, stop.text)
		if end < 0 {
			if needed {
				return -1
			}
			end = len(s)
		}
		v.kind, v.lo, v.hi = isText, i, end
		return end
	}
}

func untilSpace(s string, i int, _ string) int {
	for ; i < len(s); i++ {
		if isSpace(s[i]) {
			return i
		}
	}
	return -1
}

func untilLiteral(s string, i int, literal string) int {
	n := strings.Index(s[i:], literal)
	if n < 0 {
		return -1
	}
	return i + n
}

// untilQuote finds a literal that starts with a quote, where that quote is not
// escaped by a backslash.
func untilQuote(s string, i int, literal string) int {
	for at := i; ; at++ {
		n := strings.IndexByte(s[at:], '"')
		if n < 0 {
			return -1
		}
		at += n
		slash := at
		for slash > i && s[slash-1] == '\\' {
			slash--
		}
		if (at-slash)%2 == 0 && strings.HasPrefix(s[at:], literal) {
			return at
		}
	}
}

// choice makes a matcher for the first of some words; "" is always there.
func choice(words ...string) matcher {
	return func(_ *Format, s string, i int, v *value) int {
		for _, w := range words {
			if strings.HasPrefix(s[i:], w) {
				v.kind, v.lo, v.hi = isText, i, i+len(w)
				return v.hi
			}
		}
		return -1
	}
}

// dash makes a matcher that takes a lone dash, as the text "-", where m finds
// nothing.
func dash(m matcher) matcher {
	return func(f *Format, s string, i int, v *value) int {
		if end := m(f, s, i, v); end >= 0 {
			return end
		}
		if i == len(s) || s[i] != '-' {
			return -1
		}
		v.kind, v.lo, v.hi = isText, i, i+1
		return i + 1
	}
}

// isSpace is C's isspace.
func isSpace(c byte) bool { return c == ' ' || c-'\t' < 5 }
