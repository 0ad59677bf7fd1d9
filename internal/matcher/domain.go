package matcher

import (
	"math"
	"slices"
	"strings"

	"github.com/hekad/heka/message"
)

// possible reports whether all claims about a variable may hold for some value of it.
// Only if it says no, that is proved.
func possible(v variable, claims []claim) bool {
	switch {
	case v.header == headerTimestamp:
		return possibleInteger(claims, span[int64]{math.MinInt64, math.MaxInt64})
	case v.header.numeric():
		return possibleInteger(claims, span[int64]{math.MinInt32, math.MaxInt32})
	case v.header != field:
		return possibleText(claims, v.header)
	}
	return possibleMissing(claims) || possibleBool(claims) || possibleText(claims, field) ||
		possibleInteger(claims, span[int64]{math.MinInt64, math.MaxInt64}) || possibleFloat(claims)
}

func possibleMissing(claims []claim) bool {
	return !slices.ContainsFunc(claims, func(c claim) bool { return c.test.passesMissing() == c.fails })
}

func possibleBool(claims []claim) bool {
	holds := func(c claim, v bool) bool {
		t := c.test
		passes := t.lit.kind == nilLiteral && t.op == unequal ||
			t.lit.kind == boolLiteral && (v == t.lit.truth) == (t.op == equal)
		return passes != c.fails
	}
	for _, v := range []bool{false, true} {
		if !slices.ContainsFunc(claims, func(c claim) bool { return !holds(c, v) }) {
			return true
		}
	}
	return false
}

// comparison is what a claim says about values of the type of its literal.
type comparison struct {
	op  operator
	lit literal
}

var opposite = [...]operator{
	equal: unequal, unequal: equal, less: greaterEqual, lessEqual: greater,
	greater: lessEqual, greaterEqual: less, like: unlike, unlike: like,
}

// comparisons returns what the claims say about existing values that can be compared
// with literals of the given kinds. ok is false if a claim cannot hold for any such
// value.
func comparisons(claims []claim, kinds ...literalKind) (list []comparison, ok bool) {
	for _, c := range claims {
		t := c.test
		if !slices.Contains(kinds, t.lit.kind) {
			passes := t.lit.kind == nilLiteral && t.op == unequal
			if passes == c.fails {
				return nil, false
			}
			continue
		}
		op := t.op
		if c.fails {
			op = opposite[op]
		}
		list = append(list, comparison{op, t.lit})
	}
	return list, true
}

func possibleInteger(claims []claim, in span[int64]) bool {
	list, ok := comparisons(claims, numberLiteral)
	if !ok {
		return false
	}
	var except []int64
	for _, c := range list {
		s := c.lit.number.integers(c.op)
		if c.op != unequal {
			in = span[int64]{max(in.lo, s.lo), min(in.hi, s.hi)}
		} else if !s.empty() {
			except = append(except, s.lo)
		}
	}
	// Among more values than exceptions one is left.
	for n := 0; n <= len(except) && in.lo <= in.hi; n++ {
		if !slices.Contains(except, in.lo) {
			return true
		}
		if in.lo == math.MaxInt64 {
			return false
		}
		in.lo++
	}
	return false
}

func possibleFloat(claims []claim) bool {
	list, ok := comparisons(claims, numberLiteral)
	if !ok {
		return false
	}
	in := span[float64]{math.Inf(-1), math.Inf(1)}
	var except []float64
	for _, c := range list {
		s := c.lit.number.floats(c.op)
		if c.op != unequal {
			in = span[float64]{max(in.lo, s.lo), min(in.hi, s.hi)}
		} else {
			except = append(except, s.lo)
		}
	}
	if in.lo < in.hi || in.lo == in.hi && !slices.Contains(except, in.lo) {
		return true
	}
	// NaN fails every test of a number but !=.
	return !slices.ContainsFunc(claims, func(c claim) bool {
		return c.test.lit.kind == numberLiteral && (c.test.op == unequal) == c.fails
	})
}

func possibleText(claims []claim, h header) bool {
	list, ok := comparisons(claims, stringLiteral, regexLiteral)
	if !ok {
		return false
	}
	for _, c := range list {
		if words, ok := c.only(); ok {
			return slices.ContainsFunc(words, func(w string) bool {
				return (h != headerUUID || uuidText(w)) && allHold(list, w)
			})
		}
	}
	return possibleOrder(list) && possibleWords(list)
}

// only returns the texts that alone pass, if they are few.
func (c comparison) only() (words []string, ok bool) {
	switch c.op {
	case equal:
		return []string{c.lit.text}, true
	case like:
		for _, sh := range c.lit.pattern.shapes {
			if !sh.begin || !sh.end || sh.fold {
				return nil, false
			}
			words = append(words, sh.words...)
		}
		return words, true
	}
	return nil, false
}

func uuidText(s string) bool {
	u, err := message.ParseUUID(s)
	return s == "" || err == nil && u.String() == s
}

func allHold(list []comparison, s string) bool {
	for _, c := range list {
		test := (&clause{op: c.op, lit: c.lit}).textTest()
		if !test(s) {
			return false
		}
	}
	return true
}

// possibleOrder looks for texts that would have to be above one bound and below
// another, a prefix being both.
func possibleOrder(list []comparison) bool {
	for _, low := range list {
		for _, high := range list {
			if (low.op == greater || low.op == greaterEqual) && (high.op == less || high.op == lessEqual) {
				a, b := low.lit.text, high.lit.text
				if a > b || a == b && (low.op == greater || high.op == less) {
					return false
				}
			}
		}
	}
	for _, c := range list {
		p, ok := c.affix(true)
		if !ok {
			continue
		}
		for _, d := range list {
			switch b := d.lit.text; d.op {
			case less:
				if p >= b {
					return false
				}
			case lessEqual:
				if p > b {
					return false
				}
			case greater, greaterEqual:
				if b > p && !strings.HasPrefix(b, p) {
					return false
				}
			}
		}
	}
	// No text is below the empty one.
	return !slices.ContainsFunc(list, func(c comparison) bool { return c.op == less && c.lit.text == "" })
}

// possibleWords looks for regular expressions that exclude each other.
func possibleWords(list []comparison) bool {
	for _, c := range list {
		if c.op == unlike && c.lit.pattern.exact && slices.ContainsFunc(c.lit.pattern.shapes, shape.trivial) {
			return false
		}
		for _, d := range list {
			if c.op == like && d.op == unlike && (c.lit.pattern.source == d.lit.pattern.source || c.implies(d)) {
				return false
			}
			a, ok := c.affix(true)
			if b, too := d.affix(true); ok && too && !strings.HasPrefix(a, b) && !strings.HasPrefix(b, a) {
				return false
			}
			a, ok = c.affix(false)
			if b, too := d.affix(false); ok && too && !strings.HasSuffix(a, b) && !strings.HasSuffix(b, a) {
				return false
			}
		}
	}
	return true
}

// affix returns the word that every passing text begins with, or ends with.
func (c comparison) affix(begin bool) (string, bool) {
	sh, ok := c.shape()
	if !ok || begin && !sh.begin || !begin && !sh.end {
		return "", false
	}
	return sh.words[0], true
}

// shape returns the only shape of the texts that pass, if it has one word.
func (c comparison) shape() (shape, bool) {
	if c.op != like || len(c.lit.pattern.shapes) != 1 {
		return shape{}, false
	}
	sh := c.lit.pattern.shapes[0]
	return sh, len(sh.words) == 1 && !sh.fold
}

// implies reports whether every text that passes c fails d, a negated regular
// expression, because the word that c asks for has in it what d forbids.
func (c comparison) implies(d comparison) bool {
	sh, ok := c.shape()
	if !ok || !d.lit.pattern.exact {
		return false
	}
	return slices.ContainsFunc(d.lit.pattern.shapes, func(no shape) bool {
		return !no.fold && slices.ContainsFunc(no.words, func(w string) bool {
			switch {
			case no.begin && no.end:
				return false
			case no.begin:
				return sh.begin && strings.HasPrefix(sh.words[0], w)
			case no.end:
				return sh.end && strings.HasSuffix(sh.words[0], w)
			}
			return strings.Contains(sh.words[0], w)
		})
	})
}
