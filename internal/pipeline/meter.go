package pipeline

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// meter says how long the calls of one plugin take, and how much of the time it
// works. Clocks are read once per delivery or read, not once per message: of each
// delivery one call is timed.
type meter struct {
	busy  atomic.Int64 // ns
	calls atomic.Pointer[Durations]
}

// took enters the duration of a call.
func (m *meter) took(d time.Duration) {
	h := m.calls.Load()
	if h == nil { // most of many plugins have nothing to do
		h = new(Durations)
		if !m.calls.CompareAndSwap(nil, h) {
			h = m.calls.Load()
		}
	}
	h.add(d)
}

// Durations counts durations by size: four classes to each power of two, so that a
// quantile is right within an eighth.
type Durations struct {
	classes [classes]atomic.Uint64
	sum     atomic.Int64 // ns
}

const (
	// durationBits is the longest duration told apart: 2^40 ns are 18 minutes.
	durationBits = 40
	classes      = (durationBits - 1) * 4
)

// class is the one that a duration of ns belongs to.
func class(ns int64) int {
	if ns < 4 {
		return int(max(ns, 0))
	}
	n := bits.Len64(uint64(ns)) // at least 3
	return min((n-2)*4+int(ns>>(n-3)&3), classes-1)
}

// classEnd is the first ns behind a class.
func classEnd(i int) int64 {
	if i < 4 {
		return int64(i) + 1
	}
	return int64(i&3+5) << (i/4 - 1)
}

func (d *Durations) add(t time.Duration) {
	d.classes[class(int64(t))].Add(1)
	d.sum.Add(int64(t))
}

// Tally is a Durations at one moment.
type Tally struct {
	classes [classes]uint64
	// Sum is all durations together; Count is how many there are.
	Sum   time.Duration
	Count uint64
}

// read takes the counts of this moment.
func (d *Durations) read(t *Tally) {
	*t = Tally{Sum: time.Duration(d.sum.Load())}
	for i := range d.classes {
		t.classes[i] = d.classes[i].Load()
		t.Count += t.classes[i]
	}
}

// Since returns what came to a tally after an earlier one of the same plugin, which
// may be nil.
func (t *Tally) Since(before *Tally) Tally {
	if before == nil || before.Count > t.Count { // or it was started anew
		return *t
	}
	d := Tally{Sum: t.Sum - before.Sum, Count: t.Count - before.Count}
	for i := range d.classes {
		d.classes[i] = t.classes[i] - before.classes[i]
	}
	return d
}

// Quantile is a duration that the part q of all do not exceed; 0 without any.
func (t *Tally) Quantile(q float64) time.Duration {
	rank := uint64(q * float64(t.Count))
	var seen uint64
	for i, n := range t.classes {
		if seen += n; seen > rank || seen == t.Count && seen > 0 {
			begin := int64(0)
			if i > 0 {
				begin = classEnd(i - 1)
			}
			return time.Duration((begin + classEnd(i)) / 2)
		}
	}
	return 0
}

// Below is how many durations are shorter than a limit, which should be a power of
// two in ns.
func (t *Tally) Below(limit time.Duration) uint64 {
	var n uint64
	for i := range t.classes {
		if classEnd(i) > int64(limit) {
			break
		}
		n += t.classes[i]
	}
	return n
}

// Work is how much a plugin does.
type Work struct {
	Name string
	// Busy is how long it has worked: an input on what it had read, a filter or
	// output on what it was given, waiting for the other side included.
	Busy time.Duration
	// Calls are durations of its calls, sampled: of an input those of its decoder. It
	// is nil where there were none.
	Calls *Tally
}

// Work takes stock of how much inputs, filters and outputs do.
func (h *Host) Work() []Work {
	inputs, consumers := h.inputs(), h.consumers()
	all := make([]Work, 0, len(inputs)+len(consumers))
	for _, in := range inputs {
		all = append(all, in.meter.work(in.name, 0))
	}
	for _, c := range consumers {
		all = append(all, c.meter.work(c.name, c.since.Load()))
	}
	return all
}

// work takes stock of one plugin; since is when it began what it is at, in ns since
// the epoch, or 0.
func (m *meter) work(name string, since int64) Work {
	w := Work{Name: name, Busy: time.Duration(m.busy.Load())}
	if since > 0 {
		w.Busy += max(time.Since(time.Unix(0, since)), 0)
	}
	if d := m.calls.Load(); d != nil {
		w.Calls = new(Tally)
		d.read(w.Calls)
	}
	return w
}
