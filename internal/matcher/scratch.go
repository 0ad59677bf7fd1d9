package matcher

import "github.com/hekad/heka/message"

// Scratch is what a goroutine needs to run Sets: it remembers what was found out
// about the current message. The zero value is ready. It belongs to one goroutine,
// and adapts itself to the Set that it is used with; alternating between Sets costs
// an allocation each time.
//
// What is remembered carries the stamp of its message, so nothing is cleared between
// messages.
type Scratch struct {
	set      *Set
	m        *message.Message
	now      uint32   // stamp of the current message: even, never 0
	verdicts []uint32 // by clause: now if it fails, now+1 if it holds
	slots    []uint64 // by slot: stamp << 32 | position of the field in the message
	counts   []uint64 // by name: stamp << 32 | instances seen
	layers   []uint64 // as in Set: the guards that hold
	uuidAt   uint32   // stamp of uuid
	uuid     [36]byte
}

// begin turns to the next message.
func (sc *Scratch) begin(s *Set, m *message.Message) {
	sc.m = m
	if sc.set != s {
		*sc = Scratch{
			set:      s,
			m:        m,
			verdicts: make([]uint32, s.clauses),
			slots:    make([]uint64, s.slots),
			counts:   make([]uint64, len(s.fields)),
			layers:   make([]uint64, len(s.layers)),
		}
	}
	sc.now += 2
	if sc.now == 0 { // after two thousand million messages
		clear(sc.verdicts)
		clear(sc.slots)
		clear(sc.counts)
		sc.uuidAt = 0
		sc.now = 2
	}
	copy(sc.layers, s.layers)
}

// mark notes that a claim holds.
//
// hot: once per claim that holds.
func (sc *Scratch) mark(id int32) {
	p := &sc.set.postings[id]
	for _, k := range p.layers {
		sc.layers[k.word] |= k.bits
	}
	for _, c := range p.clauses {
		sc.verdicts[c] = sc.now + 1
	}
}

// holds reports whether a clause was marked.
func (sc *Scratch) holds(clause int32) bool { return sc.verdicts[clause] == sc.now+1 }

// once returns the verdict of test, which runs once per message for a clause.
func (sc *Scratch) once(clause int32, test func(*Scratch) bool) bool {
	if v := sc.verdicts[clause] - sc.now; v < 2 {
		return v == 1
	}
	holds := test(sc)
	sc.verdicts[clause] = sc.now
	if holds {
		sc.verdicts[clause]++
	}
	return holds
}

// seen counts an instance of a field name and returns how many came before it.
//
// hot: once per field that matchers look at.
func (sc *Scratch) seen(name int32) int {
	count := sc.counts[name]
	if uint32(count>>32) != sc.now {
		count = uint64(sc.now) << 32
	}
	sc.counts[name] = count + 1
	return int(uint32(count))
}

// found notes the place of a field and decides the claims about it.
//
// hot: once per field that matchers look at.
func (sc *Scratch) found(in *instance, place int, f *message.Field) {
	sc.slots[in.slot] = uint64(sc.now)<<32 | uint64(place)
	for i := range in.elements {
		if e := &in.elements[i]; e.i < f.Len() {
			e.index.element(f, e.i, sc)
		}
	}
}

// field returns the field of a slot, or nil.
func (sc *Scratch) field(slot int32) *message.Field {
	at := sc.slots[slot]
	if uint32(at>>32) != sc.now {
		return nil
	}
	return sc.m.Field(int(uint32(at)))
}

// uuidText returns the text of the message's identity, valid until the next message.
func (sc *Scratch) uuidText() string {
	if !sc.m.HasUUID() {
		return ""
	}
	if sc.uuidAt != sc.now {
		sc.uuidAt = sc.now
		sc.m.UUID().AppendText(sc.uuid[:0])
	}
	return message.View(sc.uuid[:])
}

// text returns the value of a textual header.
func (sc *Scratch) text(h header) string {
	if h == headerUUID {
		return sc.uuidText()
	}
	return h.text(sc.m)
}
