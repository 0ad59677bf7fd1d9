package matcher

import (
	"math/bits"

	"github.com/hekad/heka/message"
)

// Set is many matchers compiled together. It never changes and may be used by any
// number of goroutines at once, each with its own Scratch.
type Set struct {
	// A matcher is evaluated only if both its guards hold. Layers has a bit per
	// matcher and guard, those of the first guards in front of those of the second;
	// set are the bits of guards that a matcher does not have.
	layers []uint64
	// Bits of the matchers that hold whenever their guards do. The others have a
	// program for what is left to evaluate.
	exact    []uint64
	programs []func(*Scratch) bool
	clauses  int // number of clauses with a place in Scratch.verdicts

	postings []posting // by claim
	headers  []headerIndex
	missing  []missingClaim
	names    *words // ids are positions in fields; nil if no field is looked at
	fields   []namedField
	slots    int
}

// posting is what follows from a claim that holds.
type posting struct {
	layers  []mask  // guards
	clauses []int32 // tests that hold
}

// mask is some bits of a bitmap.
type mask struct {
	word int32
	bits uint64
}

// headerIndex has the claims about a header.
type headerIndex struct {
	header header
	index  *index
}

// namedField is what matchers look at under one field name. A slot stands for one
// instance.
type namedField struct {
	first instance
	more  []instance // those that are not the first of their name
}

// instance is instance n of a field name, with the claims about its elements.
type instance struct {
	n        int
	slot     int32
	elements []element
}

// element has the claims about value i of a field.
type element struct {
	i     int
	index *index
}

// missingClaim is the claim that value i of a field does not exist.
type missingClaim struct {
	slot int32
	i    int
	id   int32
}

// Match appends to hits the positions, in the list given to NewSet, of the matchers
// that hold for m, in ascending order.
//
// hot: once per message. It allocates only to grow hits, and for its Scratch when
// that comes from another Set.
func (s *Set) Match(m *message.Message, hits []int32, sc *Scratch) []int32 {
	sc.begin(s, m)
	for i := range s.headers {
		if h := &s.headers[i]; h.header.numeric() {
			h.index.integers.mark(h.header.number(m), sc)
		} else {
			h.index.text(sc.text(h.header), sc)
		}
	}
	if s.names != nil {
		s.matchFields(m, sc)
	}
	second := sc.layers[len(s.exact):]
	for w, exact := range s.exact {
		for left := sc.layers[w] & second[w]; left != 0; left &= left - 1 {
			i := w<<6 + bits.TrailingZeros64(left)
			if exact&left&-left != 0 || s.programs[i](sc) {
				hits = append(hits, int32(i))
			}
		}
	}
	sc.m = nil
	return hits
}

// matchFields finds the fields that matchers look at and decides the claims about
// them.
//
// hot: once per message.
func (s *Set) matchFields(m *message.Message, sc *Scratch) {
	for i := range m.NumFields() {
		f := m.Field(i)
		id := s.names.find(f.Name())
		if id < 0 {
			continue
		}
		named := &s.fields[id]
		n := sc.seen(id)
		if n == 0 {
			sc.found(&named.first, i, f)
			continue
		}
		for k := range named.more {
			if named.more[k].n == n {
				sc.found(&named.more[k], i, f)
			}
		}
	}
	for i := range s.missing {
		c := &s.missing[i]
		if f := sc.field(c.slot); f == nil || c.i >= f.Len() {
			sc.mark(c.id)
		}
	}
}

// Len is the number of matchers.
func (s *Set) Len() int { return len(s.programs) }
