package lpeg

import "math"

// repeat compiles a repetition.
func (c *compiler) repeat(n *node, pending bool, known, follow *charset) {
	if s, ok := n.a.oneByte(); ok && n.min <= math.MaxUint16 {
		c.span(s, n.min, n.max, known)
		return
	}
	if n.max != unbounded {
		c.optional(n.a, n.max, pending, follow)
		return
	}
	again := n.a.heads(follow).union(*follow)
	for range n.min {
		c.node(n.a, false, known, &again)
		known = nil
	}
	c.loop(n.a, pending, follow)
}

// span compiles a repetition of a single byte out of s.
func (c *compiler) span(s charset, least, most int, known *charset) {
	if known != nil && least == 1 && known.within(s) {
		c.emit(inst{op: opSkip, to: 1})
		least = 0
	}
	ends := s.complement().bytes(3)
	switch {
	case most != unbounded:
		if most > 0 {
			c.emit(inst{op: opSpanTimes, lo: uint16(least), to: clamp(most), arg: c.set(s)})
		}
	case least == 0 && len(ends) == 1:
		c.emit(inst{op: opSpanTo, b: ends[0]})
	case least == 0 && len(ends) == 2:
		c.emit(inst{op: opSpanPair, b: ends[0], lo: uint16(ends[1])})
	case least == 0:
		c.emit(inst{op: opSpan, arg: c.set(s)})
	case least == 1:
		c.emit(inst{op: opSpanSome, arg: c.set(s)})
	default:
		c.emit(inst{op: opSpanTimes, lo: uint16(least), to: -1, arg: c.set(s)})
	}
}

// loop compiles any number of n. Bytes that n surely matches one by one, with
// nothing else to do, are stepped over by a span in front of each round.
func (c *compiler) loop(n *node, pending bool, follow *charset) {
	if text, ok := untilText(n); ok {
		c.emit(inst{op: opFind, arg: c.text(text)})
		return
	}
	plain := plainBytes(n)
	step := func() {
		if !plain.empty() {
			c.span(plain, 0, unbounded, nil)
		}
	}
	round := n.heads(follow).union(*follow)
	start := c.here()
	step()
	if at, ok := c.attempt(n, follow, &round); ok {
		c.emit(inst{op: opJump, to: start})
		c.land(at)
		return
	}
	out := c.testFirst(n)
	if pending {
		c.emit(inst{op: opRenew, to: c.here() + 1})
	} else {
		out = append(out, c.emit(inst{op: opChoice}))
	}
	body := c.here()
	c.node(n, false, nil, &fullSet)
	step()
	c.emit(inst{op: opRenew, to: body})
	c.land(out...)
}

// optional compiles at most times n.
func (c *compiler) optional(n *node, times int, pending bool, follow *charset) {
	round := n.heads(follow).union(*follow)
	var out []int
	for at, ok := c.attempt(n, follow, &round); ok; at, ok = c.attempt(n, follow, &round) {
		if out = append(out, at); len(out) == times {
			c.land(out...)
			return
		}
	}
	out = c.testFirst(n)
	if pending {
		c.emit(inst{op: opRenew, to: c.here() + 1})
	} else {
		out = append(out, c.emit(inst{op: opChoice}))
	}
	for i := range times {
		if i > 0 {
			c.emit(inst{op: opRenew, to: c.here() + 1})
		}
		c.node(n, i == times-1, nil, &fullSet)
	}
	if !pending {
		out = append(out, c.emit(inst{op: opCommit}))
	}
	c.land(out...)
}

// untilText recognises the body of a loop that goes on to the next occurrence
// of a text.
func untilText(n *node) (string, bool) {
	if n.kind != kindSeq || n.a.kind != kindNot || n.a.a.kind != kindText {
		return "", false
	}
	s, ok := n.b.oneByte()
	return n.a.a.text, ok && s == fullSet
}

// plainBytes is a set of bytes that n matches alone, without captures, calls of
// functions, or regard to what comes behind.
func plainBytes(n *node) charset {
	if s, ok := n.oneByte(); ok {
		return s
	}
	switch n.kind {
	case kindChoice:
		var plain, taken charset
		for _, a := range flatten(n, kindChoice) {
			plain = plain.union(plainBytes(a).minus(taken))
			if a.effect {
				break
			}
			taken = taken.union(a.first(&fullSet))
		}
		return plain
	case kindSeq:
		if n.a.kind == kindNot && !n.a.effect {
			return plainBytes(n.b).minus(n.a.a.first(&fullSet))
		}
	}
	return charset{}
}
