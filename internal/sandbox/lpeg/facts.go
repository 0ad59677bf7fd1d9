package lpeg

// Limits of one pattern. Nodes that occur several times count several times,
// since each occurrence gets its own code.
const (
	maxSize  = 1 << 20 // nodes
	maxDepth = 1 << 14 // constructs inside one another; chains of * and + are flat
)

// facts are what the constructors, the checks of grammars and the compiler want
// to know of a pattern. They follow from the facts of its parts alone, so each
// is worked out once, when the node is built.
//
// With F the set of bytes that may come behind the pattern, the pattern can only
// match before a byte of starts ∪ (passes ∩ F).
type facts struct {
	starts charset // bytes that it may consume first
	passes charset // bytes before which it may match without consuming any

	atEnd    bool // may match at the end of the subject
	effect   bool // may call a function before a byte decided anything
	nullable bool // may match without consuming
	certain  bool // cannot fail
	headOnly bool // can fail only because of the next byte
	decisive bool // can fail by one instruction only, the first of each alternative
	captures bool // produces captures or calls functions
	open     bool // has references to rules that are not known yet

	fixed int // bytes that every match consumes, or one of the values below
	size  int // nodes, at most maxSize+1
	depth int
}

const (
	varies  = -1 // matches of different lengths
	unknown = -2 // no match seen yet while the rules of a grammar are worked out
)

// first is the set of bytes before which the pattern can match when follow can
// come behind it.
func (f *facts) first(follow *charset) charset {
	return f.starts.union(f.passes.intersect(*follow))
}

// heads is first for use as a follow set of what stands before the pattern:
// nothing may be left out when a function could notice it.
func (f *facts) heads(follow *charset) charset {
	if f.effect {
		return fullSet
	}
	return f.first(follow)
}

// testable says that the pattern fails, unnoticed by anybody, at the end of the
// subject and before every byte out of first.
func (f *facts) testable() bool { return f.headOnly || !f.atEnd && !f.effect }

// know works the facts of n out from those of its parts, and returns n.
func (n *node) know() *node {
	f := &n.facts
	*f = facts{size: 1, depth: 1}
	switch n.kind {
	case kindFail:
		f.headOnly = true
	case kindEmpty:
		f.passes, f.atEnd, f.nullable, f.certain = fullSet, true, true, true
	case kindText:
		f.starts, f.fixed, f.headOnly = byteSet(n.text[0]), len(n.text), len(n.text) == 1
		f.decisive = true
		f.size += len(n.text) / 8
	case kindSet:
		f.starts, f.fixed, f.headOnly, f.decisive = n.set, 1, true, true
	case kindAny:
		f.starts, f.fixed, f.headOnly, f.decisive = fullSet, n.min, n.min == 1, n.min == 1
	case kindSeq:
		f.chain(&n.a.facts, &n.b.facts)
		f.measure(n, n.a, n.b)
	case kindChoice:
		f.either(&n.a.facts, &n.b.facts)
		f.measure(n, n.a, n.b)
	case kindRepeat:
		f.loop(&n.a.facts, n.min, n.max)
		f.measure(n, n.a)
	case kindNot:
		f.passes, f.atEnd, f.nullable, f.effect = fullSet, true, true, n.a.effect
		if s, ok := n.a.oneByte(); ok {
			f.passes = s.complement()
		}
		f.captures, f.open = n.a.captures, n.a.open
		f.measure(n, n.a)
	case kindAnd:
		f.passes = n.a.first(&fullSet)
		f.atEnd, f.nullable, f.effect = n.a.atEnd, true, n.a.effect
		f.certain, f.headOnly = n.a.certain, n.a.headOnly
		f.captures, f.open = n.a.captures, n.a.open
		f.measure(n, n.a)
	case kindBehind:
		f.passes, f.atEnd, f.nullable, f.open = fullSet, true, true, n.a.open
		f.measure(n, n.a)
	case kindCapture:
		*f = n.a.facts
		f.decisive = f.decisive && n.fullCapture()
		f.captures = true
		f.size = 1
		f.measure(n, n.a)
	case kindRuntime:
		*f = n.a.facts
		f.effect = f.effect || f.nullable
		f.certain, f.headOnly, f.decisive, f.captures, f.fixed = false, false, false, true, varies
		f.size = 1
		f.measure(n, n.a)
	case kindOpen:
		f.starts, f.passes, f.atEnd, f.effect = fullSet, fullSet, true, true
		f.fixed, f.open = varies, true
	case kindCall:
		*f = n.rule.body.facts
		f.open, f.decisive, f.size, f.depth = false, false, 1, 1
	case kindGrammar:
		*f = n.rules[0].body.facts
		f.open, f.decisive, f.size = false, false, 1
		for _, r := range n.rules {
			f.measure(n, r.body)
		}
	}
	return n
}

// measure adds the size of the parts and one to their depth. A sequence inside
// a sequence and a choice inside a choice are no deeper.
func (f *facts) measure(n *node, parts ...*node) {
	for _, p := range parts {
		times, deep := 1, p.depth+1
		switch {
		case n.kind == kindRepeat:
			times = n.min + max(n.max, 1)
		case (n.kind == kindSeq || n.kind == kindChoice) && p.kind == n.kind:
			deep--
		}
		f.size = min(f.size+p.size*times, maxSize+1)
		f.depth = max(f.depth, deep)
	}
}

// chain makes f the facts of a followed by b.
func (f *facts) chain(a, b *facts) {
	f.starts = a.starts.union(a.passes.intersect(b.starts))
	f.passes = a.passes.intersect(b.passes)
	f.atEnd = a.atEnd && b.atEnd
	f.effect = a.effect || a.nullable && b.effect
	f.nullable = a.nullable && b.nullable
	f.certain = a.certain && b.certain
	f.headOnly = a.headOnly && b.certain
	f.decisive = a.decisive && b.certain
	f.captures = a.captures || b.captures
	f.open = a.open || b.open
	switch {
	case a.fixed < 0 || b.fixed < 0:
		f.fixed = min(a.fixed, b.fixed)
		if a.fixed == varies || b.fixed == varies {
			f.fixed = varies
		}
	case a.fixed+b.fixed > 1<<30:
		f.fixed = varies
	default:
		f.fixed = a.fixed + b.fixed
	}
}

// either makes f the facts of the ordered choice of a and b.
func (f *facts) either(a, b *facts) {
	f.starts = a.starts.union(b.starts)
	f.passes = a.passes.union(b.passes)
	f.atEnd = a.atEnd || b.atEnd
	f.effect = a.effect || b.effect
	f.nullable = a.nullable || b.nullable
	f.certain = a.certain || b.certain
	f.headOnly = a.headOnly && b.headOnly
	f.decisive = a.decisive && b.decisive
	f.captures = a.captures || b.captures
	f.open = a.open || b.open
	switch {
	case a.fixed == unknown:
		f.fixed = b.fixed
	case b.fixed == unknown || a.fixed == b.fixed:
		f.fixed = a.fixed
	default:
		f.fixed = varies
	}
}

// loop makes f the facts of a, repeated from least to most times.
func (f *facts) loop(a *facts, least, most int) {
	f.starts = a.starts
	f.passes, f.atEnd, f.nullable, f.certain = fullSet, true, true, true
	f.effect, f.captures, f.open = a.effect, a.captures, a.open
	f.fixed = varies
	if least > 0 {
		f.passes, f.atEnd, f.nullable, f.certain = a.passes, a.atEnd, a.nullable, a.certain
		f.headOnly = a.headOnly && least == 1
	}
	if most >= 0 && a.fixed == 0 {
		f.fixed = 0
	}
}
