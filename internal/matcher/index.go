package matcher

import (
	"strings"

	"github.com/hekad/heka/message"
)

// index holds all claims about one variable.
type index struct {
	words    *words     // equality, when there are many words
	prefixes *prefixes  // when there are many
	needles  *needles   // when there are many
	few      []wordTest // the other claims about texts
	integers bounds[int64]
	floats   bounds[float64]
	truth    [2]int32 // ids of "is FALSE", "is TRUE"; -1 if not claimed
	present  int32    // id of "exists"; -1 if not claimed
}

// wordTest is a claim that is tested by itself.
type wordTest struct {
	kind   atomKind
	needle needle
	id     int32 // what to mark
}

// many is the number of words from which on deciding them together is faster.
const many = 4

// newIndex makes the index of claims about the same variable, with their ids.
func newIndex(atoms []atom, ids []int32) *index {
	x := &index{truth: [2]int32{-1, -1}, present: -1}
	var lists [atomContains + 1]wordList
	for i, a := range atoms {
		id := ids[i]
		switch a.kind {
		case atomEqual, atomBegin, atomEnd, atomContains:
			lists[a.kind].add(a.word, id)
		case atomPoint, atomLeast, atomMost:
			x.integers.add(a.kind, a.integers, id)
			x.floats.add(a.kind, a.floats, id)
		case atomFalse:
			x.truth[0] = id
		case atomTrue:
			x.truth[1] = id
		case atomPresent:
			x.present = id
		}
	}
	x.integers.sort()
	x.floats.sort()
	if l := lists[atomEqual].take(0); l != nil {
		x.words = newWords(l.words, l.ids)
	}
	if l := lists[atomBegin].take(0); l != nil {
		x.prefixes = newPrefixes(l.words, l.ids)
	}
	if l := lists[atomContains].take(minNeedle); l != nil {
		x.needles = newNeedles(l.words, l.ids)
	}
	for kind, l := range lists {
		for i, w := range l.words {
			x.few = append(x.few, wordTest{atomKind(kind), newNeedle(w), l.ids[i]})
		}
	}
	return x
}

// wordList is words and the ids of claims about them.
type wordList struct {
	words []string
	ids   []int32
}

func (l *wordList) add(word string, id int32) {
	l.words = append(l.words, word)
	l.ids = append(l.ids, id)
}

// take removes the words of at least the given length if they are many, or returns
// nil.
func (l *wordList) take(length int) *wordList {
	var long, short wordList
	for i, w := range l.words {
		if len(w) >= length {
			long.add(w, l.ids[i])
		} else {
			short.add(w, l.ids[i])
		}
	}
	if len(long.words) < many {
		return nil
	}
	*l = short
	return &long
}

// text marks the claims that hold for a text.
//
// hot: once per text with claims; allocates nothing.
func (x *index) text(s string, sc *Scratch) {
	for i := range x.few {
		if t := &x.few[i]; t.holds(s) {
			sc.mark(t.id)
		}
	}
	if x.words != nil {
		if id := x.words.find(s); id >= 0 {
			sc.mark(id)
		}
	}
	if x.prefixes != nil {
		x.prefixes.mark(s, sc)
	}
	if x.needles != nil {
		x.needles.mark(s, sc)
	}
}

func (t *wordTest) holds(s string) bool {
	switch t.kind {
	case atomEqual:
		return s == t.needle.word
	case atomBegin:
		return strings.HasPrefix(s, t.needle.word)
	case atomEnd:
		return strings.HasSuffix(s, t.needle.word)
	}
	return t.needle.in(s)
}

// element marks the claims that hold for value i, which exists, of a field.
//
// hot: once per field element with claims; allocates nothing.
func (x *index) element(f *message.Field, i int, sc *Scratch) {
	if x.present >= 0 {
		sc.mark(x.present)
	}
	switch f.Type() {
	case message.String, message.Bytes:
		s, _ := f.Text(i)
		x.text(s, sc)
	case message.Integer:
		n, _ := f.Integer(i)
		x.integers.mark(n, sc)
	case message.Double:
		v, _ := f.Double(i)
		x.floats.mark(v, sc)
	case message.Bool:
		v, _ := f.Bool(i)
		id := x.truth[0]
		if v {
			id = x.truth[1]
		}
		if id >= 0 {
			sc.mark(id)
		}
	}
}
