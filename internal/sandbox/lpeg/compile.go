package lpeg

import (
	"math"
	"strings"
)

// compiler turns the tree of a pattern into a program.
//
// Two things are handed down the tree. The follow set holds the bytes before
// which what comes next can match, and thereby tells when a failure would be
// final anyhow, so that no choice needs to be left behind. It says so only as
// long as nothing but the outermost choices would take the failure up; inside
// the body of a choice it is the full set. And pending says that the latest
// choice is one that resumes just behind the node at hand, as the choice of an
// optional pattern around it does: then that one is renewed and no other made.
type compiler struct {
	prog    *program
	sets    map[charset]int32
	texts   map[string]int32
	entries map[*rule]int32 // addresses of the rules of the current grammar
	calls   map[int]*rule   // instructions whose target is the entry of a rule
	spend   func(steps int)
}

// compile makes the program of a pattern that has no open references. spend is
// called with the number of nodes compiled.
func compile(root *node, spend func(nodes int)) *program {
	c := &compiler{
		prog:  &program{kept: []*capture{{keep: keepGroup}}},
		sets:  map[charset]int32{},
		texts: map[string]int32{},
		spend: spend,
	}
	c.node(root, false, nil, &fullSet)
	c.emit(inst{op: opEnd})
	c.emit(inst{op: opGiveUp})
	c.prog.tidy()
	return c.prog
}

func (c *compiler) emit(in inst) int {
	c.prog.code = append(c.prog.code, in)
	return len(c.prog.code) - 1
}

func (c *compiler) here() int32 { return int32(len(c.prog.code)) }

// land lets the instructions at the addresses go to the next one emitted.
func (c *compiler) land(at ...int) {
	for _, i := range at {
		c.prog.code[i].to = c.here()
	}
}

func (c *compiler) set(s charset) int32 {
	i, ok := c.sets[s]
	if !ok {
		i = int32(len(c.prog.sets))
		c.sets[s] = i
		c.prog.sets = append(c.prog.sets, s)
	}
	return i
}

func (c *compiler) text(s string) int32 {
	i, ok := c.texts[s]
	if !ok {
		i = int32(len(c.prog.texts))
		c.texts[s] = i
		c.prog.texts = append(c.prog.texts, s)
	}
	return i
}

// node compiles n. If known is not nil, the next byte is there and in *known
// whenever the code is reached.
func (c *compiler) node(n *node, pending bool, known, follow *charset) {
	c.spend(nodeSteps)
	switch n.kind {
	case kindFail:
		c.emit(inst{op: opFail})
	case kindText, kindSet, kindAny:
		c.leaf(n, known)
	case kindSeq:
		c.sequence(flatten(n, kindSeq), pending, known, follow)
	case kindChoice:
		c.choice(flatten(n, kindChoice), pending, follow, false)
	case kindRepeat:
		c.repeat(n, pending, known, follow)
	case kindNot:
		c.not(n.a)
	case kindAnd:
		c.and(n.a)
	case kindBehind:
		if n.min > 0 {
			c.emit(inst{op: opBack, to: int32(n.min)})
		}
		c.node(n.a, false, nil, &fullSet)
	case kindCapture:
		c.capture(n, known, follow)
	case kindRuntime:
		c.emit(inst{op: opOpen, arg: c.keep(n)})
		c.node(n.a, false, known, &fullSet)
		c.emit(inst{op: opRuntime})
	case kindCall:
		c.calls[c.emit(inst{op: opCall})] = n.rule
	case kindGrammar:
		c.grammar(n)
	}
}

// leaf compiles a node that matches a number of bytes.
func (c *compiler) leaf(n *node, known *charset) {
	if s, ok := n.oneByte(); ok {
		switch b, single := s.single(); {
		case known != nil && known.within(s):
			c.emit(inst{op: opSkip, to: 1})
		case s.empty():
			c.emit(inst{op: opFail})
		case single:
			c.emit(inst{op: opByte, b: b})
		case s == fullSet:
			c.emit(inst{op: opAny, to: 1})
		default:
			c.emit(inst{op: opSet, arg: c.set(s)})
		}
		return
	}
	if n.kind == kindAny {
		c.emit(inst{op: opAny, to: clamp(n.min)})
		return
	}
	c.emit(inst{op: opText, arg: c.text(n.text)})
}

// sequence compiles parts, one after the other.
func (c *compiler) sequence(parts []*node, pending bool, known, follow *charset) {
	parts = joinAlike(parts)
	follows := make([]charset, len(parts))
	for i := len(parts) - 1; i >= 0; i-- {
		if i == len(parts)-1 {
			follows[i] = *follow
		} else {
			follows[i] = parts[i+1].heads(&follows[i+1])
		}
	}
	for i, p := range parts {
		last := i == len(parts)-1
		c.node(p, pending && last, known, &follows[i])
		known = nil
	}
}

// joinAlike makes one text of texts side by side, so that they are compared at
// once, and a count of the same set time and again.
func joinAlike(parts []*node) []*node {
	var out []*node
	for i := 0; i < len(parts); {
		p, n := parts[i], 1
		for i+n < len(parts) && (p.kind == kindText || p.set == parts[i+n].set) && parts[i+n].kind == p.kind {
			n++
		}
		switch {
		case n == 1:
		case p.kind == kindText:
			var b strings.Builder
			for _, t := range parts[i : i+n] {
				b.WriteString(t.text)
			}
			p = textNode(b.String())
		case p.kind == kindSet:
			p = (&node{kind: kindRepeat, a: p, min: n, max: n}).know()
		default:
			n = 1
		}
		out = append(out, p)
		i += n
	}
	return out
}

// test emits an instruction that goes elsewhere unless the next byte is in s,
// and returns its address.
func (c *compiler) test(s charset) int {
	switch b, single := s.single(); {
	case single:
		return c.emit(inst{op: opTestByte, b: b})
	case s == fullSet:
		return c.emit(inst{op: opTestAny})
	case s.empty():
		return c.emit(inst{op: opJump})
	}
	return c.emit(inst{op: opTestSet, arg: c.set(s)})
}

// testFirst emits a test of the first byte of n, if n has one that decides.
func (c *compiler) testFirst(n *node) (at []int) {
	if n.testable() {
		at = append(at, c.test(n.first(&fullSet)))
	}
	return at
}

// try compiles a decisive node so that it goes elsewhere instead of failing. It
// returns the address of the instruction to be given the way out.
func (c *compiler) try(n *node, follow *charset) (at int) {
	switch n.kind {
	case kindSeq:
		parts := flatten(n, kindSeq)
		rest := parts[len(parts)-1].heads(follow)
		for i := len(parts) - 2; i > 0; i-- {
			rest = parts[i].heads(&rest)
		}
		at = c.try(parts[0], &rest)
		c.sequence(parts[1:], false, nil, follow)
		return at
	case kindChoice:
		return c.choice(flatten(n, kindChoice), false, follow, true)
	case kindCapture:
		at = c.try(n.a, follow)
		c.emit(inst{op: opFull, to: int32(n.a.fixed), arg: c.keep(n)})
		return at
	}
	s, ok := n.oneByte()
	if !ok {
		return c.emit(inst{op: opTryText, arg: c.text(n.text)})
	}
	if b, single := s.single(); single {
		return c.emit(inst{op: opTryByte, b: b})
	}
	return c.emit(inst{op: opTrySet, arg: c.set(s)})
}

func (c *compiler) not(n *node) {
	if s, ok := n.oneByte(); ok {
		if b, single := s.single(); single {
			c.emit(inst{op: opNotByte, b: b})
		} else if s == fullSet {
			c.emit(inst{op: opNotAny, to: 1})
		} else {
			c.emit(inst{op: opNotSet, arg: c.set(s)})
		}
		return
	}
	switch n.kind {
	case kindAny:
		c.emit(inst{op: opNotAny, to: clamp(n.min)})
		return
	case kindText:
		c.emit(inst{op: opNotText, arg: c.text(n.text)})
		return
	}
	out := c.testFirst(n)
	if n.headOnly {
		c.emit(inst{op: opFail})
	} else {
		out = append(out, c.emit(inst{op: opChoice}))
		c.node(n, false, nil, &fullSet)
		c.emit(inst{op: opFailTwice})
	}
	c.land(out...)
}

func (c *compiler) and(n *node) {
	if s, ok := n.oneByte(); ok {
		c.emit(inst{op: opPeekSet, arg: c.set(s)})
		return
	}
	if n.fixed >= 0 && !n.captures {
		c.node(n, false, nil, &fullSet)
		if n.fixed > 0 {
			c.emit(inst{op: opBack, to: int32(n.fixed)})
		}
		return
	}
	choice := c.emit(inst{op: opChoice})
	c.node(n, false, nil, &fullSet)
	commit := c.emit(inst{op: opBackCommit})
	c.land(choice)
	c.emit(inst{op: opFail})
	c.land(commit)
}

// fullCapture says that the capture n can be recorded at once when its body has
// matched, because the length of the body is known.
func (n *node) fullCapture() bool { return n.a.fixed >= 0 && !n.a.captures }

func (c *compiler) capture(n *node, known, follow *charset) {
	body := n.a
	if n.kept <= keepNamed && body.kind == kindCapture && body.kept == keepSimple && !body.a.captures {
		body = body.a // a group gives its text anyhow
	}
	if body.fixed >= 0 && !body.captures {
		c.node(body, false, known, follow)
		c.emit(inst{op: opFull, to: int32(body.fixed), arg: c.keep(n)})
		return
	}
	c.emit(inst{op: opOpen, arg: c.keep(n)})
	c.node(body, false, known, follow)
	c.emit(inst{op: opClose})
}

// keep adds the capture n to the program and returns its index.
func (c *compiler) keep(n *node) int32 {
	k := &capture{keep: n.kept, index: n.index, value: n.value, pieces: n.pieces}
	if n.kind == kindRuntime {
		k.keep = keepRuntime
	}
	c.prog.kept = append(c.prog.kept, k)
	return int32(len(c.prog.kept) - 1)
}

// grammar compiles a call of the first rule and then, behind a jump over them,
// the rules.
func (c *compiler) grammar(n *node) {
	entries, calls := c.entries, c.calls
	c.entries, c.calls = map[*rule]int32{}, map[int]*rule{}
	c.calls[c.emit(inst{op: opCall})] = n.rules[0]
	over := c.emit(inst{op: opJump})
	for _, r := range n.rules {
		if r.used {
			c.entries[r] = c.here()
			if skip := searchBytes(r); !skip.empty() {
				c.span(skip, 0, unbounded, nil)
			}
			c.node(r.body, false, nil, &fullSet)
			c.emit(inst{op: opReturn})
		}
	}
	for at, r := range c.calls {
		c.prog.code[at].to = c.entries[r]
	}
	c.land(over)
	c.entries, c.calls = entries, calls
}

// clamp keeps counts of bytes in an instruction; no subject is as long.
func clamp(n int) int32 { return int32(min(n, math.MaxInt32)) }
