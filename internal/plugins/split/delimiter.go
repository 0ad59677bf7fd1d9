package split

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// delimiter finds the first match of a regular expression, with as little of
// the expression's machinery as gives the same answer.
type delimiter struct {
	re *regexp.Regexp
	// core is text that every match contains; empty when there is none that
	// could be searched for.
	core []byte
	// whole: a match is core and nothing else, so re is not needed.
	whole bool
	// groupStart and groupEnd are the bounds of the capture group in core when
	// whole; -1 without a group.
	groupStart, groupEnd int
	// before is the most bytes of a match in front of core, longest the most of
	// a whole match; -1 is without bound.
	before, longest int
}

// match holds the bounds of a match and of its capture group. groupStart is -1
// when there is no group or it took no part.
type match struct {
	start, end, groupStart, groupEnd int
}

func newDelimiter(expr string) (*delimiter, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	d := &delimiter{re: re, groupStart: -1, groupEnd: -1}
	// regexp.Compile has accepted expr with these flags.
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	var shape literal
	if shape.read(tree) && len(shape.text) > 0 {
		d.core, d.whole = shape.text, true
		d.groupStart, d.groupEnd = shape.groupStart-1, shape.groupEnd-1
		return d, nil
	}
	if !looksAround(tree) {
		d.findCore(tree)
	}
	return d, nil
}

// find returns the first match in data.
//
// hot: once per record or line; allocates only when the expression has to run.
func (d *delimiter) find(data []byte) (match, bool) {
	if len(d.core) == 0 {
		return d.run(data, 0, len(data))
	}
	for from := 0; ; {
		i := bytes.Index(data[from:], d.core)
		if i < 0 {
			return match{}, false
		}
		at := from + i
		if d.whole {
			m := match{at, at + len(d.core), -1, -1}
			if d.groupStart >= 0 {
				m.groupStart, m.groupEnd = at+d.groupStart, at+d.groupEnd
			}
			return m, true
		}
		// No match lies entirely in front of at, so the first one that begins
		// at or before it is the first of all, and this window holds it whole.
		end := len(data)
		if d.longest >= 0 {
			end = min(end, at+d.longest)
		}
		if m, ok := d.run(data, max(0, at-d.before), end); ok && m.start <= at {
			return m, true
		}
		from = at + 1
	}
}

// run applies the expression to data[from:end].
func (d *delimiter) run(data []byte, from, end int) (match, bool) {
	if d.re.NumSubexp() == 0 {
		m := d.re.FindIndex(data[from:end])
		if m == nil {
			return match{}, false
		}
		return match{from + m[0], from + m[1], -1, -1}, true
	}
	m := d.re.FindSubmatchIndex(data[from:end])
	if m == nil {
		return match{}, false
	}
	if m[2] < 0 {
		return match{from + m[0], from + m[1], -1, -1}, true
	}
	return match{from + m[0], from + m[1], from + m[2], from + m[3]}, true
}

// literal gathers the text of an expression that matches nothing else.
type literal struct {
	text []byte
	// groupStart and groupEnd are offsets in text plus 1; 0 is none.
	groupStart, groupEnd int
}

func (l *literal) read(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return false
		}
		return l.append(re.Rune)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !l.read(sub) {
				return false
			}
		}
		return true
	case syntax.OpCapture:
		start := len(l.text)
		if !l.read(re.Sub[0]) {
			return false
		}
		if l.groupStart == 0 {
			l.groupStart, l.groupEnd = start+1, len(l.text)+1
		}
		return true
	}
	return false
}

// append adds runes to the text. U+FFFD also matches bytes that are not UTF-8,
// so it is no fixed text.
func (l *literal) append(runes []rune) bool {
	for _, r := range runes {
		if r == utf8.RuneError {
			return false
		}
		l.text = utf8.AppendRune(l.text, r)
	}
	return true
}

// findCore looks for the longest fixed text among the parts of a sequence, with
// a bounded number of bytes in front of it.
func (d *delimiter) findCore(re *syntax.Regexp) {
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	d.longest = longest(re)
	before := 0
	for _, part := range parts {
		var l literal
		if l.read(part) && len(l.text) > len(d.core) {
			d.core, d.before = l.text, before
		}
		n := longest(part)
		if n < 0 {
			return
		}
		before += n
	}
}

// longest is the most bytes that an expression can match, -1 without bound.
func longest(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return utf8.UTFMax * len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return utf8.UTFMax
	case syntax.OpCapture, syntax.OpQuest:
		return longest(re.Sub[0])
	case syntax.OpConcat:
		sum := 0
		for _, sub := range re.Sub {
			n := longest(sub)
			if n < 0 {
				return -1
			}
			sum += n
		}
		return sum
	case syntax.OpAlternate:
		n := 0
		for _, sub := range re.Sub {
			m := longest(sub)
			if m < 0 {
				return -1
			}
			n = max(n, m)
		}
		return n
	case syntax.OpRepeat:
		n := longest(re.Sub[0])
		if n < 0 || re.Max < 0 {
			return -1
		}
		return n * re.Max
	case syntax.OpStar, syntax.OpPlus:
		return -1
	}
	return 0
}

// looksAround reports whether an expression has assertions such as ^ or \b,
// whose answer depends on bytes outside of the match.
func looksAround(re *syntax.Regexp) bool {
	if syntax.OpBeginLine <= re.Op && re.Op <= syntax.OpNoWordBoundary {
		return true
	}
	for _, sub := range re.Sub {
		if looksAround(sub) {
			return true
		}
	}
	return false
}
