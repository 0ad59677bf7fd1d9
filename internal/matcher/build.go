package matcher

import "slices"

// builder collects what NewSet needs to know of all matchers before it can make any
// program.
type builder struct {
	set     *Set
	claims  map[atom]int32 // ids of the claims that indexes decide
	atoms   []atom         // by id
	clauses map[string]*sharedClause
	names   map[string]int32 // positions in Set.fields
}

// sharedClause is a clause that occurs in programs, under its canonical form.
type sharedClause struct {
	*clause
	uses int
	id   int32 // place in Scratch.verdicts; -1 if it needs none
	// The index has decided the clause before any program runs.
	indexed bool
}

// NewSet compiles matchers together. The positions in the list are what Match
// returns; the list is not kept.
func NewSet(matchers []*Matcher) *Set {
	size := (len(matchers) + 63) / 64
	b := &builder{
		set: &Set{
			layers:   make([]uint64, 2*size),
			exact:    make([]uint64, size),
			programs: make([]func(*Scratch) bool, len(matchers)),
		},
		claims:  map[atom]int32{},
		clauses: map[string]*sharedClause{},
		names:   map[string]int32{},
	}
	plans := make([]plan, len(matchers))
	for i, x := range matchers {
		plans[i] = x.root.fold().plan()
	}
	dropSecondGuards(plans)
	rest := make([]*node, len(matchers))
	for i, p := range plans {
		rest[i] = p.rest()
		b.enter(i, p)
		b.count(rest[i])
	}
	for _, c := range b.clauses {
		b.place(c)
	}
	for i, n := range rest {
		if n == nil {
			b.set.exact[i>>6] |= 1 << (i & 63)
		} else {
			b.set.programs[i] = b.program(n).run
		}
	}
	b.index()
	return b.set
}

// enter notes the guards of matcher i.
func (b *builder) enter(i int, p plan) {
	size := len(b.set.exact)
	bit := uint64(1) << (i & 63)
	for layer := range 2 {
		word := int32(layer*size + i>>6)
		if layer >= len(p.guards) {
			b.set.layers[word] |= bit
			continue
		}
		for _, a := range p.guards[layer].atoms {
			list := &b.set.postings[b.claim(a)].layers
			k := slices.IndexFunc(*list, func(m mask) bool { return m.word == word })
			if k < 0 {
				k = len(*list)
				*list = append(*list, mask{word: word})
			}
			(*list)[k].bits |= bit
		}
	}
}

// claim returns the id of a claim and makes it known to the indexes.
func (b *builder) claim(a atom) int32 {
	id, ok := b.claims[a]
	if !ok {
		id = int32(len(b.atoms))
		b.claims[a] = id
		b.atoms = append(b.atoms, a)
		b.set.postings = append(b.set.postings, posting{})
	}
	return id
}

// count registers the clauses of a program.
func (b *builder) count(n *node) {
	if n == nil {
		return
	}
	for _, k := range n.kids {
		b.count(k)
	}
	if n.kind != leaf {
		return
	}
	key := n.test.String()
	if b.clauses[key] == nil {
		b.clauses[key] = &sharedClause{clause: n.test, id: -1}
	}
	b.clauses[key].uses++
}

// place decides where the verdict of a clause comes from: the index, if it happens
// to decide all its claims; else the clause's own test, whose verdict is remembered
// if it is dear and used twice.
func (b *builder) place(c *sharedClause) {
	g, ok := c.guard()
	known := func(a atom) bool { _, ok := b.claims[a]; return ok }
	c.indexed = ok && g.exact && !slices.ContainsFunc(g.atoms, func(a atom) bool { return !known(a) })
	if !c.indexed && (c.uses == 1 || c.lit.kind != regexLiteral) {
		return
	}
	c.id = int32(b.set.clauses)
	b.set.clauses++
	if c.indexed {
		for _, a := range g.atoms {
			p := &b.set.postings[b.claims[a]]
			p.clauses = append(p.clauses, c.id)
		}
	}
}

// program is compiled code and a guess of what it takes to run it.
type program struct {
	run    func(*Scratch) bool
	effort int
}

// program compiles a tree. The cheap operands come first, which is allowed since
// tests have no side effects.
func (b *builder) program(n *node) program {
	if n.kind == leaf {
		c := b.clauses[n.test.String()]
		return program{b.test(c), c.effort()}
	}
	kids := make([]program, len(n.kids))
	effort := 0
	for i, k := range n.kids {
		kids[i] = b.program(k)
		effort += kids[i].effort
	}
	slices.SortStableFunc(kids, func(x, y program) int { return x.effort - y.effort })
	runs := make([]func(*Scratch) bool, len(kids))
	for i, k := range kids {
		runs[i] = k.run
	}
	return program{chain(runs, n.kind == and), effort}
}

func (c *sharedClause) effort() int {
	switch {
	case c.indexed:
		return 1
	case c.lit.kind != regexLiteral:
		return 2
	case c.lit.pattern.exact:
		return 4
	}
	return 16
}

// test returns the program of a clause.
func (b *builder) test(c *sharedClause) func(*Scratch) bool {
	id := c.id
	if c.indexed {
		return func(sc *Scratch) bool { return sc.holds(id) }
	}
	run := b.evaluate(c.clause)
	if id < 0 {
		return run
	}
	return func(sc *Scratch) bool { return sc.once(id, run) }
}

// evaluate returns the clause's own test.
func (b *builder) evaluate(c *clause) func(*Scratch) bool {
	if c.variable.header == field {
		slot, test, absent := b.instance(c.variable).slot, c.value, c.passesMissing()
		return func(sc *Scratch) bool {
			if f := sc.field(slot); f != nil {
				return test(f)
			}
			return absent
		}
	}
	if c.variable.header == headerUUID && c.op != equal && c.op != unequal {
		test := c.text
		return func(sc *Scratch) bool { return test(sc.uuidText()) }
	}
	match := c.match
	return func(sc *Scratch) bool { return match(sc.m) }
}

// instance returns what is noted of the variable's field. The pointer is valid until
// the next call.
func (b *builder) instance(v variable) *instance {
	id, ok := b.names[v.name]
	if !ok {
		id = int32(len(b.set.fields))
		b.names[v.name] = id
		b.set.fields = append(b.set.fields, namedField{first: instance{slot: b.newSlot()}})
	}
	named := &b.set.fields[id]
	if v.instance == 0 {
		return &named.first
	}
	k := slices.IndexFunc(named.more, func(in instance) bool { return in.n == v.instance })
	if k < 0 {
		k = len(named.more)
		named.more = append(named.more, instance{n: v.instance, slot: b.newSlot()})
	}
	return &named.more[k]
}

func (b *builder) newSlot() int32 {
	b.set.slots++
	return int32(b.set.slots - 1)
}

// index makes the indexes of all claims, and the table of field names.
func (b *builder) index() {
	var order []variable
	ids := map[variable][]int32{}
	for id, a := range b.atoms {
		v := a.variable
		if a.kind == atomMissing {
			b.set.missing = append(b.set.missing, missingClaim{b.instance(v).slot, v.index, int32(id)})
			continue
		}
		if ids[v] == nil {
			order = append(order, v)
		}
		ids[v] = append(ids[v], int32(id))
	}
	for _, v := range order {
		atoms := make([]atom, len(ids[v]))
		for i, id := range ids[v] {
			atoms[i] = b.atoms[id]
		}
		x := newIndex(atoms, ids[v])
		if v.header != field {
			b.set.headers = append(b.set.headers, headerIndex{v.header, x})
			continue
		}
		in := b.instance(v)
		in.elements = append(in.elements, element{v.index, x})
	}
	if len(b.names) == 0 {
		return
	}
	names, nameIDs := []string(nil), []int32(nil)
	for name, id := range b.names {
		names = append(names, name)
		nameIDs = append(nameIDs, id)
	}
	b.set.names = newWords(names, nameIDs)
}
