package circbuf

import "math"

// unchanged stands for no change. It is a NaN of its own; another NaN is a change
// to NaN, which is always stored as the one of math.NaN.
var unchanged = math.Float64frombits(0x7ff8_0000_0000_0f0f)

func isUnchanged(f float64) bool {
	return math.Float64bits(f) == math.Float64bits(unchanged)
}

// added records that v was added to the cell at i, which now is cell. An extremum
// changes to its latest value, others by the sum of what happened.
func (b *Buffer) added(i, c int, v, cell float64) {
	switch b.heads[c].aggregation {
	case sum:
		b.change(i, v)
	case none:
		b.change(i, cell)
	default:
		b.record(i, cell)
	}
}

// replaced records that the cell at i went from old to v.
func (b *Buffer) replaced(i, c int, old, v float64) {
	switch a := b.heads[c].aggregation; {
	case a == minimum || a == maximum:
		if old == old || v == v {
			b.record(i, v)
		}
	case old == v:
		b.change(i, 0)
	case old != old:
		b.change(i, v)
	default:
		b.change(i, v-old)
	}
}

// change adds v to the recorded change at i.
func (b *Buffer) change(i int, v float64) {
	if !isUnchanged(b.changes[i]) {
		v += b.changes[i]
	}
	b.record(i, v)
}

// record makes v the recorded change at i.
func (b *Buffer) record(i int, v float64) {
	if v != v {
		v = math.NaN()
	}
	b.changes[i] = v
}

// changed reports whether a change is recorded in the row stored at i.
func (b *Buffer) changed(i int) bool {
	for _, c := range b.changes[i : i+b.columns] {
		if !isUnchanged(c) {
			return true
		}
	}
	return false
}
