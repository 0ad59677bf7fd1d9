package lpeg

import lua "github.com/yuin/gopher-lua"

// kind says what a node of a pattern's tree matches.
type kind uint8

const (
	kindFail    kind = iota // never
	kindEmpty               // always, nothing
	kindText                // the bytes of text, at least one
	kindSet                 // one byte of set
	kindAny                 // any n bytes
	kindSeq                 // a, then b
	kindChoice              // a, or else b
	kindRepeat              // a as often as it can, from min to max times
	kindNot                 // nothing, where a does not match
	kindAnd                 // nothing, where a matches
	kindBehind              // nothing, where a matches the bytes before
	kindCapture             // a, recorded as kept says
	kindRuntime             // a, if the function says so too
	kindOpen                // the rule named value of a grammar yet to come
	kindCall                // rule
	kindGrammar             // the first of rules
)

// unbounded is the max of a repetition without an upper bound.
const unbounded = -1

// node is one construct of a pattern. Nodes never change once they are built
// and known, so patterns share them freely. Only the nodes that depend on a
// reference which is still open are copied, when a grammar closes over them.
type node struct {
	kind     kind
	a, b     *node
	set      charset
	text     string
	min, max int        // of kindRepeat; min is also the count of kindAny
	kept     keep       // of kindCapture
	index    int        // of captures by number
	value    lua.LValue // of captures: name, constant, function, …; of kindOpen: the rule
	pieces   []piece    // of string captures
	rule     *rule      // of kindCall
	rules    []*rule    // of kindGrammar; the initial one first
	facts
}

// rule is a rule of a closed grammar.
type rule struct {
	name lua.LValue
	body *node
	used bool
}

var (
	failNode  = (&node{kind: kindFail}).know()
	emptyNode = (&node{kind: kindEmpty}).know()
)

func textNode(s string) *node {
	if s == "" {
		return emptyNode
	}
	return (&node{kind: kindText, text: s}).know()
}

func setNode(s charset) *node { return (&node{kind: kindSet, set: s}).know() }

func anyNode(n int) *node { return (&node{kind: kindAny, min: n}).know() }

// oneByte returns the set of a node that matches exactly one byte and does
// nothing else.
func (n *node) oneByte() (charset, bool) {
	switch {
	case n.kind == kindSet:
		return n.set, true
	case n.kind == kindText && len(n.text) == 1:
		return byteSet(n.text[0]), true
	case n.kind == kindAny && n.min == 1:
		return fullSet, true
	}
	return charset{}, false
}

// countNode is lpeg.P(n): n bytes, or fewer than -n bytes left.
func countNode(n int) *node {
	switch {
	case n > 0:
		return anyNode(n)
	case n < 0:
		return notNode(anyNode(-n))
	}
	return emptyNode
}

func seqNode(a, b *node) *node {
	switch {
	case a.kind == kindFail || b.kind == kindEmpty:
		return a
	case a.kind == kindEmpty:
		return b
	}
	return (&node{kind: kindSeq, a: a, b: b}).know()
}

func choiceNode(a, b *node) *node {
	if s, ok := a.oneByte(); ok {
		if t, ok := b.oneByte(); ok {
			return setNode(s.union(t))
		}
	}
	switch {
	case a.certain || b.kind == kindFail:
		return a
	case a.kind == kindFail:
		return b
	}
	return (&node{kind: kindChoice, a: a, b: b}).know()
}

// exceptNode matches a where b does not match.
func exceptNode(a, b *node) *node {
	if s, ok := a.oneByte(); ok {
		if t, ok := b.oneByte(); ok {
			return setNode(s.minus(t))
		}
	}
	return seqNode(notNode(b), a)
}

// repeatNode is p^n: at least n times, or at most -n times. It reports false
// for a loop whose body may match without consuming.
func repeatNode(p *node, n int) (*node, bool) {
	r := &node{kind: kindRepeat, a: p, min: n, max: unbounded}
	if n < 0 {
		r.min, r.max = 0, -n
	} else if p.nullable {
		return nil, false
	}
	return r.know(), true
}

func notNode(p *node) *node { return (&node{kind: kindNot, a: p}).know() }

func andNode(p *node) *node { return (&node{kind: kindAnd, a: p}).know() }

// flatten lists the parts of nested sequences or choices, k being their kind,
// from left to right.
func flatten(n *node, k kind) []*node {
	var parts []*node
	for todo := []*node{n}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n.kind == k {
			todo = append(todo, n.b, n.a)
		} else {
			parts = append(parts, n)
		}
	}
	return parts
}
