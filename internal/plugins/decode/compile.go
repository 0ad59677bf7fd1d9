package decode

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// compileLinear makes a program of an expression, or nil when the expression
// does not begin with ^, or needs to try one thing after another.
//
// It does not need to if at every choice (repeat or go on, take this branch or
// that) the next byte decides: the bytes that the choices can begin with must not
// overlap. Then at most one way through the expression fits a text, so that it
// does not matter which one package regexp would prefer.
func compileLinear(expr string) *linear {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	parts := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		parts = tree.Sub
	}
	if parts[0].Op != syntax.OpBeginText {
		return nil
	}
	c := &compiler{ok: true}
	c.code = append(c.code, op{kind: opSave, arg: 0})
	c.sequence(parts[1:], follow{accept: true})
	c.code = append(c.code, op{kind: opSave, arg: 1}, op{kind: opMatch})
	if !c.ok {
		return nil
	}
	return &linear{code: c.code, slots: 2 * (tree.MaxCap() + 1)}
}

type compiler struct {
	code []op
	ok   bool // false once something does not fit
}

// follow says what may come behind a part of the expression.
type follow struct {
	first byteSet
	// accept: nothing more is needed there, so that the match may succeed.
	accept bool
}

// before is what may come in front of next if re stands there: the bytes that re
// can begin with, and what follows it if it can be empty.
func (c *compiler) before(re *syntax.Regexp, next follow) follow {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return next
	case syntax.OpEndText:
		return follow{} // no byte may come
	case syntax.OpLiteral:
		var f follow
		if text, ok := literalText(re); ok {
			f.first[text[0]] = true
		} else {
			c.ok = false
		}
		return f
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		var f follow
		if set, _, ok := classSet(re); ok {
			f.first = *set
		} else {
			c.ok = false
		}
		return f
	case syntax.OpCapture:
		return c.before(re.Sub[0], next)
	case syntax.OpPlus:
		return c.before(re.Sub[0], next)
	case syntax.OpStar, syntax.OpQuest:
		return union(c.before(re.Sub[0], next), next)
	case syntax.OpRepeat:
		if re.Min == 0 {
			return union(c.before(re.Sub[0], next), next)
		}
		return c.before(re.Sub[0], next)
	case syntax.OpConcat:
		for i := len(re.Sub) - 1; i >= 0; i-- {
			next = c.before(re.Sub[i], next)
		}
		return next
	case syntax.OpAlternate:
		var f follow
		for _, sub := range re.Sub {
			f = union(f, c.before(sub, next))
		}
		return f
	}
	c.ok = false
	return follow{}
}

func union(a, b follow) follow {
	for i, in := range b.first {
		a.first[i] = a.first[i] || in
	}
	a.accept = a.accept || b.accept
	return a
}

func overlap(a, b *byteSet) bool {
	for i := range a {
		if a[i] && b[i] {
			return true
		}
	}
	return false
}

// sequence emits parts one behind the other.
func (c *compiler) sequence(parts []*syntax.Regexp, next follow) {
	behind := make([]follow, len(parts))
	for i := len(parts) - 1; i >= 0; i-- {
		behind[i] = next
		next = c.before(parts[i], next)
	}
	for i, part := range parts {
		c.emit(part, behind[i])
	}
}

// emit appends the code for re, behind which next comes.
func (c *compiler) emit(re *syntax.Regexp, next follow) {
	if !c.ok {
		return
	}
	switch re.Op {
	case syntax.OpEmptyMatch:
	case syntax.OpEndText:
		c.code = append(c.code, op{kind: opEnd})
	case syntax.OpLiteral:
		text, _ := literalText(re)
		c.code = append(c.code, op{kind: opText, text: text})
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		c.run(re, 1, 1, next, false)
	case syntax.OpCapture:
		c.code = append(c.code, op{kind: opSave, arg: 2 * re.Cap})
		c.emit(re.Sub[0], next)
		c.code = append(c.code, op{kind: opSave, arg: 2*re.Cap + 1})
	case syntax.OpConcat:
		c.sequence(re.Sub, next)
	case syntax.OpAlternate:
		c.alternate(re, next)
	default:
		c.repeat(re, next)
	}
}

// repeat emits the code for *, +, ? and {n,m}.
func (c *compiler) repeat(re *syntax.Regexp, next follow) {
	least, most := re.Min, re.Max
	switch re.Op {
	case syntax.OpStar:
		least, most = 0, -1
	case syntax.OpPlus:
		least, most = 1, -1
	case syntax.OpQuest:
		least, most = 0, 1
	}
	if most < 0 {
		most = unbounded
	}
	sub := re.Sub[0]
	lazy := re.Flags&syntax.NonGreedy != 0
	if isClass(sub) {
		c.run(sub, least, most, next, lazy)
		return
	}
	// A round that fails in its middle must not be able to end the match, and
	// an empty round never ends.
	inside := c.before(sub, follow{accept: true})
	if next.accept || inside.accept || overlap(&inside.first, &next.first) {
		c.ok = false
		return
	}
	again := next
	if most > 1 {
		again = union(again, inside)
	}
	switch {
	case least == 0 && most == 1:
		c.branch(&inside.first, func() { c.emit(sub, next) })
	case least == 0 && most == unbounded:
		start := len(c.code)
		c.branch(&inside.first, func() {
			c.emit(sub, again)
			c.code = append(c.code, op{kind: opJump, arg: start})
		})
	case least == 1 && most == unbounded:
		start := len(c.code)
		c.emit(sub, again)
		c.branch(&inside.first, func() { c.code = append(c.code, op{kind: opJump, arg: start}) })
	default:
		c.ok = false
	}
}

// branch emits what then emits, to be run only if the next byte is in set.
func (c *compiler) branch(set *byteSet, then func()) {
	at := len(c.code)
	c.code = append(c.code, op{kind: opBranch, set: set})
	then()
	c.code[at].arg = len(c.code)
}

// alternate emits the code for a|b.
func (c *compiler) alternate(re *syntax.Regexp, next follow) {
	var seen byteSet
	var exits []int
	for i, sub := range re.Sub {
		f := c.before(sub, next)
		if f.accept || overlap(&f.first, &seen) {
			c.ok = false
			return
		}
		seen = union(follow{first: seen}, f).first
		if i == len(re.Sub)-1 {
			c.emit(sub, next)
			break
		}
		if endsText(sub) {
			c.ok = false // it fits where no byte comes, which a branch cannot see
			return
		}
		c.branch(&f.first, func() {
			c.emit(sub, next)
			exits = append(exits, len(c.code))
			c.code = append(c.code, op{kind: opJump})
		})
	}
	for _, at := range exits {
		c.code[at].arg = len(c.code)
	}
}

// endsText reports whether re can match at the end of the text.
func endsText(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpEndText, syntax.OpStar, syntax.OpQuest:
		return true
	case syntax.OpRepeat:
		return re.Min == 0 || endsText(re.Sub[0])
	case syntax.OpCapture, syntax.OpPlus:
		return endsText(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !endsText(sub) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if endsText(sub) {
				return true
			}
		}
	}
	return false
}

// run emits least to most characters of a class.
func (c *compiler) run(re *syntax.Regexp, least, most int, next follow, lazy bool) {
	set, wide, ok := classSet(re)
	if !ok {
		c.ok = false
		return
	}
	if least != most {
		// The run takes all it can get. That is right if nothing behind it
		// could begin with what it takes, or if nothing behind it is needed
		// and it is not lazy.
		if overlap(set, &next.first) || next.accept && lazy {
			c.ok = false
			return
		}
	}
	o := op{kind: opRun, set: set, min: least, max: most}
	switch {
	case least == 1 && most == 1 && !wide:
		o.kind = opOne
	case most == unbounded && least <= 1:
		o.kind = opBytes
		if only, ok := allBut(set); ok {
			o.kind, o.only = opSpan, only
		}
	}
	c.code = append(c.code, o)
}

// allBut returns the one byte that a set lacks.
func allBut(set *byteSet) (only byte, ok bool) {
	for i, in := range set {
		if !in {
			if ok {
				return 0, false
			}
			only, ok = byte(i), true
		}
	}
	return only, ok
}

func isClass(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	}
	return false
}

// classSet returns the bytes that the characters of a class begin with. That
// says all about the class if it has either none (wide is false) or all of the
// characters beyond ASCII; other classes are not ok. What is not UTF-8 counts as
// a character beyond ASCII, byte by byte.
func classSet(re *syntax.Regexp) (set *byteSet, wide, ok bool) {
	set = new(byteSet)
	ranges := re.Rune
	switch re.Op {
	case syntax.OpAnyChar:
		ranges = []rune{0, unicode.MaxRune}
	case syntax.OpAnyCharNotNL:
		ranges = []rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		lo, hi := ranges[i], ranges[i+1]
		if hi >= utf8.RuneSelf {
			if lo > utf8.RuneSelf || hi != unicode.MaxRune {
				return nil, false, false
			}
			wide = true
			hi = 255
		}
		for b := lo; b <= hi; b++ {
			set[b] = true
		}
	}
	return set, wide, true
}

// literalText returns the text of a literal; U+FFFD also matches what is not
// UTF-8, and letters in either case match several texts.
func literalText(re *syntax.Regexp) (string, bool) {
	if re.Flags&syntax.FoldCase != 0 || len(re.Rune) == 0 {
		return "", false
	}
	for _, r := range re.Rune {
		if r == utf8.RuneError {
			return "", false
		}
	}
	return string(re.Rune), true
}
