package matcher

import (
	"time"

	"github.com/hekad/heka/message"
)

const (
	// timedEvery is how many messages lie between those on which tests are
	// timed, and timedRuns how often each test then runs.
	timedEvery = 32
	timedRuns  = 16
	// nearMissSamples is how many near misses are kept for each test.
	nearMissSamples = 3
)

// Traffic tells what the parts of an expression did on many messages. It is not
// safe for concurrent use.
type Traffic struct {
	// Messages were tried, of which Matched matched. NearMisses would have
	// matched if one test had come out the other way.
	Messages, Matched, NearMisses uint64

	root  *node
	parts []*Part
}

// Part is a part of an expression and what became of it.
type Part struct {
	// Kind, Text, Pos and End are as in an Explanation.
	Kind, Text string
	Pos, End   int
	// Within is the part that this one belongs to, nil for the whole.
	Within *Part
	// Branches draws where in the expression the part stands.
	Branches string
	// Looked is how often the part was looked at: from left to right, and not
	// when the verdict was known without it. Held is how often it held then.
	Looked, Held uint64
	// Mattered is how often the verdict would have been another one if this test
	// had come out the other way; of these NearMisses are messages that did not
	// match.
	Mattered, NearMisses uint64
	// Samples are the numbers, from 1, of the first near misses.
	Samples []uint64
	// Cost is the mean time of the test, 0 if none was measured.
	Cost time.Duration

	node  *node
	truth bool // on the message at hand, looked at or not
	spent time.Duration
	runs  int
	kids  []*Part
}

// Traffic begins to gather what the parts of the expression do.
func (x *Matcher) Traffic() *Traffic {
	t := &Traffic{root: x.root}
	t.add(x.root, nil, "", "")
	return t
}

// add lists a part and those below it in the order of the expression.
func (t *Traffic) add(n *node, within *Part, first, rest string) *Part {
	e := n.unexplained()
	p := &Part{Kind: e.Kind, Text: e.Text, Pos: e.Pos, End: e.End, Within: within, Branches: first, node: n}
	t.parts = append(t.parts, p)
	for i, k := range n.kids {
		f, below := branch(rest, i == len(n.kids)-1)
		p.kids = append(p.kids, t.add(k, p, f, below))
	}
	return p
}

// Parts are the parts in the order of the expression; the first is the whole.
func (t *Traffic) Parts() []*Part { return t.parts }

// Add tries a message and reports whether it matches.
func (t *Traffic) Add(m *message.Message) bool {
	root := t.parts[0]
	if t.Messages%timedEvery == 0 {
		root.time(m)
	}
	t.Messages++
	root.decide(m)
	root.look()
	if root.truth {
		t.Matched++
	}
	if root.matter(t.Messages, root.truth) && !root.truth {
		t.NearMisses++
	}
	return root.truth
}

// decide finds the truth of all parts, also of those that would not be looked at.
func (p *Part) decide(m *message.Message) {
	switch p.node.kind {
	case constant:
		p.truth = p.node.truth
	case leaf:
		p.truth = p.node.test.match(m)
	default:
		p.truth = p.node.kind == and
		for _, k := range p.kids {
			if k.decide(m); k.truth != (p.node.kind == and) {
				p.truth = k.truth
			}
		}
	}
}

// look counts the parts that are looked at.
func (p *Part) look() {
	p.Looked++
	if p.truth {
		p.Held++
	}
	for _, k := range p.kids {
		k.look()
		if k.truth != (p.node.kind == and) {
			return
		}
	}
}

// matter counts the tests that alone decide the verdict of message number n, and
// reports whether there is one: in an "and" that is one whose neighbours all hold,
// in an "or" one whose neighbours all do not.
func (p *Part) matter(n uint64, verdict bool) bool {
	if p.node.kind == leaf {
		p.Mattered++
		if !verdict {
			p.NearMisses++
			if len(p.Samples) < nearMissSamples {
				p.Samples = append(p.Samples, n)
			}
		}
		return true
	}
	against := 0
	for _, k := range p.kids {
		if k.truth != (p.node.kind == and) {
			against++
		}
	}
	some := false
	for _, k := range p.kids {
		if against == 0 || against == 1 && k.truth != (p.node.kind == and) {
			some = k.matter(n, verdict) || some
		}
	}
	return some
}

// time measures the tests on a message.
func (p *Part) time(m *message.Message) {
	if p.node.kind == leaf {
		begin := time.Now()
		for range timedRuns {
			p.node.test.match(m)
		}
		p.spent += time.Since(begin)
		p.runs += timedRuns
		p.Cost = p.spent / time.Duration(p.runs)
	}
	for _, k := range p.kids {
		k.time(m)
	}
}
