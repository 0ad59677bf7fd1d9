package matcher

import "slices"

// atom is a simple claim about one variable, which an index decides together with
// all other claims about that variable. It is comparable.
type atom struct {
	variable variable
	kind     atomKind
	word     string
	integers span[int64]
	floats   span[float64]
}

type atomKind uint8

const (
	atomEqual    atomKind = iota // the text is word
	atomBegin                    // the text begins with word
	atomEnd                      // the text ends with word
	atomContains                 // word stands in the text
	atomPoint                    // the number is the only one of its span
	atomLeast                    // the number is in its span, which has no upper end
	atomMost                     // the number is in its span, which has no lower end
	atomFalse                    // the boolean is FALSE
	atomTrue                     // the boolean is TRUE
	atomPresent                  // the field element exists
	atomMissing                  // the field element does not exist
)

// guard is a set of claims of which one must hold for a part of an expression to
// hold. A guard without claims belongs to a part that never holds.
type guard struct {
	atoms []atom
	exact bool // the part holds whenever one of the claims does
	cost  int  // guess how often it is true, and how dear to decide
	of    *node
}

// Costs of claims: what is rarely true comes first.
const (
	costEqual    = 1
	costPoint    = 2
	costAffix    = 3
	costBool     = 4
	costContains = 6
	costRange    = 7
	costPresent  = 8
	costMissing  = 9
)

// guard returns a guard for a part of an expression; ok is false if there is none.
func (n *node) guard() (g guard, ok bool) {
	switch n.kind {
	case constant:
		return guard{exact: true}, !n.truth
	case leaf:
		return n.test.guard()
	case or:
		g.exact = true
		for _, k := range n.kids {
			of, ok := k.guard()
			if !ok {
				return guard{}, false
			}
			g.atoms = append(g.atoms, of.atoms...)
			g.exact = g.exact && of.exact
			g.cost += of.cost
		}
		return g, true
	}
	for _, k := range n.kids {
		if of, has := k.guard(); has && (!ok || of.cost < g.cost) {
			g, ok = of, true
		}
	}
	g.exact = false
	return g, ok
}

// plan is what a Set does for one matcher: it evaluates the operands of an && if the
// guards hold.
type plan struct {
	operands []*node
	guards   []guard // at most two; none for a matcher that may hold at any time
}

// plan chooses the best two guards.
func (n *node) plan() plan {
	p := plan{operands: []*node{n}}
	switch {
	case n.kind == and:
		p.operands = n.kids
	case n.kind == constant && n.truth:
		p.operands = nil
	}
	for _, k := range p.operands {
		if g, ok := k.guard(); ok {
			g.of = k
			p.guards = append(p.guards, g)
		}
	}
	slices.SortStableFunc(p.guards, func(a, b guard) int { return a.cost - b.cost })
	p.guards = p.guards[:min(2, len(p.guards))]
	return p
}

// rest returns what is left to evaluate when the guards hold, nil if nothing is.
func (p plan) rest() *node {
	var left []*node
	for _, k := range p.operands {
		if !slices.ContainsFunc(p.guards, func(g guard) bool { return g.exact && g.of == k }) {
			left = append(left, k)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return join(and, left, 0, 0)
}

// crowd is the number of matchers with the same first guard from which on it pays to
// look at the second guards of all of them, rather than to evaluate each.
const crowd = 4

// dropSecondGuards removes the second guards of matchers whose first guard is not
// shared by many.
func dropSecondGuards(plans []plan) {
	uses := map[atom]int{}
	for _, p := range plans {
		if len(p.guards) > 0 {
			for _, a := range p.guards[0].atoms {
				uses[a]++
			}
		}
	}
	for i, p := range plans {
		if len(p.guards) == 2 && !slices.ContainsFunc(p.guards[0].atoms, func(a atom) bool { return uses[a] >= crowd }) {
			plans[i].guards = p.guards[:1]
		}
	}
}

// guard returns the guard of a test. One of a field has a guard always: with the one
// exception of == NIL it fails if the field is missing.
func (c *clause) guard() (guard, bool) {
	v := c.variable
	one := func(a atom, cost int) (guard, bool) {
		a.variable = v
		return guard{atoms: []atom{a}, exact: true, cost: cost}, true
	}
	switch c.lit.kind {
	case stringLiteral:
		if c.op == equal {
			return one(atom{kind: atomEqual, word: c.lit.text}, costEqual)
		}
	case regexLiteral:
		if g, ok := c.lit.pattern.guard(v); ok && c.op == like {
			return g, true
		}
	case numberLiteral:
		if kind, cost, ok := rangeOf(c.op); ok {
			a := atom{kind: kind, integers: c.lit.number.integers(c.op), floats: c.lit.number.floats(c.op)}
			return one(a, cost)
		}
	case boolLiteral:
		if c.lit.truth == (c.op == equal) {
			return one(atom{kind: atomTrue}, costBool)
		}
		return one(atom{kind: atomFalse}, costBool)
	case nilLiteral:
		if c.op == equal {
			return one(atom{kind: atomMissing}, costMissing)
		}
		return one(atom{kind: atomPresent}, costPresent)
	}
	if v.header != field {
		return guard{}, false
	}
	g, _ := one(atom{kind: atomPresent}, costPresent)
	g.exact = false
	return g, true
}

func rangeOf(op operator) (kind atomKind, cost int, ok bool) {
	switch op {
	case equal:
		return atomPoint, costPoint, true
	case greater, greaterEqual:
		return atomLeast, costRange, true
	case less, lessEqual:
		return atomMost, costRange, true
	}
	return 0, 0, false
}

// guard turns the shapes of a regular expression into claims.
func (p *pattern) guard(v variable) (guard, bool) {
	g := guard{exact: p.exact}
	for _, sh := range p.shapes {
		if sh.fold || sh.trivial() {
			return guard{}, false
		}
		kind, cost := atomContains, costContains
		switch {
		case sh.begin && sh.end:
			kind, cost = atomEqual, costEqual
		case sh.begin:
			kind, cost = atomBegin, costAffix
		case sh.end:
			kind, cost = atomEnd, costAffix
		}
		for _, w := range sh.words {
			g.atoms = append(g.atoms, atom{variable: v, kind: kind, word: w})
			g.cost += cost
		}
	}
	return g, true
}

// fold returns the tree without constants, or a constant.
func (n *node) fold() *node {
	if n.kind == constant || n.kind == leaf {
		return n
	}
	var kids []*node
	for _, k := range n.kids {
		k = k.fold()
		if k.kind != constant {
			kids = appendFlat(kids, k, n.kind)
			continue
		}
		if k.truth == (n.kind == or) {
			return k // TRUE || x, FALSE && x
		}
	}
	if len(kids) == 0 {
		return &node{kind: constant, truth: n.kind == and}
	}
	return join(n.kind, kids, n.pos, n.end)
}
