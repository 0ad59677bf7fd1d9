package lpeg

import "math"

// switchFrom is the number of alternatives from which on it pays to look the
// first one up in a table.
const switchFrom = 4

// maxSwitches is the number of such tables in a program.
const maxSwitches = 1 << 12

// choice compiles the alternatives of a choice. An alternative leaves no choice
// behind when the next byte tells that no later one could match, or when it can
// fail by its first instruction only. If elsewhere is set, so that all of them
// are decisive, the choice goes elsewhere instead of failing, and the address of
// the instruction to be given the way out is returned.
func (c *compiler) choice(alts []*node, pending bool, follow *charset, elsewhere bool) (out int) {
	alts = joinSets(alts)
	last := len(alts) - 1
	// later[i] holds the bytes with which an alternative behind i, or what
	// follows it, can go on.
	later := make([]charset, len(alts))
	for i := last - 1; i >= 0; i-- {
		later[i] = later[i+1].union(alts[i+1].heads(follow))
	}
	address := c.dispatch(alts)
	var done []int
	for i, a := range alts[:last] {
		address[i] = c.here()
		if at, ok := c.attempt(a, &later[i], follow); ok {
			done = append(done, c.emit(inst{op: opJump}))
			c.land(at)
			continue
		}
		var next []int
		optional := i == last-1 && alts[last].kind == kindEmpty
		parts := joinAlike(flatten(a, kindSeq))
		switch lead := parts[0]; {
		case optional && pending:
			next = c.testFirst(a)
			c.emit(inst{op: opRenew, to: c.here() + 1})
			c.node(a, true, nil, &fullSet)
		case lead.fixed <= math.MaxUint16 && (lead.kind == kindText || lead.kind == kindSet):
			// The choice is made behind the text or byte that mostly decides,
			// but goes back before it.
			next = append(next, c.try(lead, &fullSet), c.emit(inst{op: opChoice, lo: uint16(lead.fixed)}))
			c.sequence(parts[1:], optional, nil, &fullSet)
			done = append(done, c.emit(inst{op: opCommit}))
		default:
			next = c.testFirst(a)
			address[i] = c.here()
			next = append(next, c.emit(inst{op: opChoice}))
			c.node(a, optional, nil, &fullSet)
			done = append(done, c.emit(inst{op: opCommit}))
		}
		c.land(next...)
	}
	address[last] = c.here()
	if elsewhere {
		out = c.try(alts[last], follow)
	} else {
		c.node(alts[last], pending, nil, follow)
	}
	c.land(done...)
	return out
}

// attempt compiles n so that it goes elsewhere instead of failing, if that can
// be done without leaving a choice behind: when n can fail by its first
// instruction only, or when what comes otherwise, beginning with a byte of
// other, could not match either. It returns the address of the instruction to
// be given the way out.
func (c *compiler) attempt(n *node, other, follow *charset) (at int, ok bool) {
	if n.decisive {
		return c.try(n, follow), true
	}
	first := n.first(&fullSet)
	if n.headDecides() || n.testable() && first.disjoint(*other) {
		at = c.test(first)
		c.node(n, false, &first, follow)
		return at, true
	}
	return 0, false
}

// headDecides says that n matches before each byte of first and nowhere else.
// That is so for a choice if it is so for the last alternative, and that one
// stands in where those before fail.
func (n *node) headDecides() bool {
	if n.headOnly || n.kind != kindChoice {
		return n.headOnly
	}
	alts := flatten(n, kindChoice)
	last := alts[len(alts)-1]
	if !last.headOnly {
		return false
	}
	for _, a := range alts {
		if !a.headOnly && !(a.testable() && a.first(&fullSet).within(last.starts)) {
			return false
		}
	}
	return true
}

// searchBytes is the set of bytes that the rule r is sure to step over, to begin
// again behind them: a rule like S <- p / . S, that searches for p, does so with
// the bytes that p cannot begin with.
func searchBytes(r *rule) charset {
	alts := flatten(r.body, kindChoice)
	last := alts[len(alts)-1]
	if last.kind != kindSeq || last.b.kind != kindCall || last.b.rule != r {
		return charset{}
	}
	skip, _ := last.a.oneByte()
	for _, a := range alts[:len(alts)-1] {
		if !a.testable() {
			return charset{}
		}
		skip = skip.minus(a.first(&fullSet))
	}
	return skip
}

// joinSets makes one set of single-byte alternatives side by side.
func joinSets(alts []*node) []*node {
	var out []*node
	for _, a := range alts {
		if len(out) > 0 {
			if s, ok := out[len(out)-1].oneByte(); ok {
				if t, ok := a.oneByte(); ok {
					out[len(out)-1] = setNode(s.union(t))
					continue
				}
			}
		}
		out = append(out, a)
	}
	return out
}

// dispatch emits, for a choice of many alternatives, an instruction that goes to
// the first one that the next byte allows. It returns the table of addresses to
// be filled with where each alternative goes on when its first byte is known to
// fit.
func (c *compiler) dispatch(alts []*node) []int32 {
	d := dispatch{address: make([]int32, len(alts))}
	if len(alts) < switchFrom || len(alts) > 256 || len(c.prog.switches) == maxSwitches {
		return d.address
	}
	last := len(alts) - 1
	for b := range d.alternative {
		d.alternative[b] = uint8(last)
	}
	for i := last - 1; i >= 0; i-- {
		a := alts[i]
		first := a.first(&fullSet)
		for b := range d.alternative {
			if !a.testable() || b < 256 && first.has(byte(b)) {
				d.alternative[b] = uint8(i)
			}
		}
	}
	c.emit(inst{op: opSwitch, arg: int32(len(c.prog.switches))})
	c.prog.switches = append(c.prog.switches, d)
	return d.address
}
