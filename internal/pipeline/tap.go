package pipeline

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/plugin"
)

// A tap shows people some of the messages that pass. It is not a consumer: it has
// no place in the books, nothing waits for it, and it may miss any message. All
// taps together may use a fixed part of the time; when that is used up, or all of
// them have seen what they may in this period, messages pass without a look.

const (
	// tapPeriod is how often taps get new time and new room for messages, tapTime is
	// how much time all of them together may use within it.
	tapPeriod = 100 * time.Millisecond
	tapTime   = 5 * time.Millisecond
	// maxTaps bounds how many there are, tapQueue how many messages wait for the
	// reader of one.
	maxTaps  = 256
	tapQueue = 64
	// MaxTapRate is the most messages per second that one tap gets.
	MaxTapRate = 1000
)

// ErrTooManyTaps is returned by Tap when all places are taken.
var ErrTooManyTaps = errors.New("too many taps are open")

// TapOptions say what a tap wants to see.
type TapOptions struct {
	// Matcher chooses messages; nil takes all.
	Matcher *matcher.Matcher
	// From chooses what one input or filter sends, or "hekad" for heka's own
	// messages; "" takes all.
	From string
	// Rate is how many messages per second it gets at most, 1 to MaxTapRate.
	Rate int
}

// Sample is a message that passed.
type Sample struct {
	// From is the input or filter that sent it.
	From string
	// Wire is its encoded form, owned by the reader.
	Wire []byte
}

// TapCounts are what a tap has done so far.
type TapCounts struct {
	// Looked is how many messages were looked at, of Passed; Shown is how many were
	// handed to the reader, and Skipped how many matched but were too many.
	Passed, Looked, Shown, Skipped uint64
}

// Tap is an open tap.
type Tap struct {
	opts    TapOptions
	host    *Host
	samples chan Sample

	room    atomic.Int32 // messages that it may still get in this period
	credit  float64      // parts of messages, guarded by taps.mu
	looked  uint64       // of taps when it was opened
	passed  uint64
	shown   atomic.Uint64
	skipped atomic.Uint64
}

// taps are the open taps of a host.
type taps struct {
	mu     sync.Mutex
	open   []*Tap
	stop   chan struct{} // ends the goroutine of the periods
	now    atomic.Pointer[tapSet]
	looked atomic.Uint64
}

// tapSet are taps whose matchers are evaluated together. It does not change but
// for its atomics; one takes the place of another.
type tapSet struct {
	set    *matcher.Set
	taps   []*Tap
	looked *atomic.Uint64
	spent  atomic.Int64 // ns in this period
	hungry atomic.Int32 // taps that have room; exact after each refill
	pool   sync.Pool    // *tapScratch
}

type tapScratch struct {
	scratch matcher.Scratch
	hits    []int32
}

// Tap opens a tap; the caller closes it.
func (h *Host) Tap(o TapOptions) (*Tap, error) {
	if o.Matcher == nil {
		all, err := matcher.Parse("TRUE")
		if err != nil {
			return nil, err
		}
		o.Matcher = all
	}
	o.Rate = min(max(o.Rate, 1), MaxTapRate)
	t := &Tap{opts: o, host: h, samples: make(chan Sample, tapQueue), passed: h.passed()}
	t.room.Store(int32(o.Rate)) // the first ones at once
	ts := &h.taps
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if len(ts.open) >= maxTaps {
		return nil, ErrTooManyTaps
	}
	t.looked = ts.looked.Load()
	ts.open = append(ts.open, t)
	ts.renew()
	if ts.stop == nil {
		ts.stop = make(chan struct{})
		go ts.periods(ts.stop)
	}
	return t, nil
}

// Samples gives the messages; it is never closed.
func (t *Tap) Samples() <-chan Sample { return t.samples }

// Counts says what has passed since the tap was opened.
func (t *Tap) Counts() TapCounts {
	c := TapCounts{Looked: t.host.taps.looked.Load() - t.looked, Shown: t.shown.Load(), Skipped: t.skipped.Load()}
	c.Passed = max(t.host.passed()-t.passed, c.Looked) // the books are kept once per batch
	return c
}

// Close ends the tap. It may be called once.
func (t *Tap) Close() {
	ts := &t.host.taps
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for i, o := range ts.open {
		if o == t {
			ts.open = append(ts.open[:i:i], ts.open[i+1:]...)
			break
		}
	}
	ts.renew()
	if len(ts.open) == 0 && ts.stop != nil {
		close(ts.stop)
		ts.stop = nil
	}
}

// passed is the number of messages that were routed.
func (h *Host) passed() uint64 {
	b := h.Books()
	n := b.Injected
	for _, in := range b.Inputs {
		n += in.Received
		for _, d := range in.Dropped {
			n -= d.N
		}
	}
	return n
}

// renew makes the set of the open taps; mu is held.
func (ts *taps) renew() {
	if len(ts.open) == 0 {
		ts.now.Store(nil)
		return
	}
	s := &tapSet{taps: append([]*Tap(nil), ts.open...), looked: &ts.looked}
	matchers := make([]*matcher.Matcher, len(s.taps))
	for i, t := range s.taps {
		matchers[i] = t.opts.Matcher
		if t.room.Load() > 0 {
			s.hungry.Add(1)
		}
	}
	s.set = matcher.NewSet(matchers)
	s.pool.New = func() any { return new(tapScratch) }
	ts.now.Store(s)
}

// periods gives taps new time and room until stop is closed.
func (ts *taps) periods(stop <-chan struct{}) {
	tick := time.NewTicker(tapPeriod)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			ts.refill()
		case <-stop:
			return
		}
	}
}

func (ts *taps) refill() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	s := ts.now.Load()
	if s == nil {
		return
	}
	s.spent.Store(0)
	var hungry int32
	for _, t := range ts.open {
		t.credit += float64(t.opts.Rate) * tapPeriod.Seconds()
		whole := int32(t.credit)
		t.credit -= float64(whole)
		if more := min(whole, int32(t.opts.Rate)-t.room.Load()); more > 0 {
			t.room.Add(more)
		}
		if t.room.Load() > 0 {
			hungry++
		}
	}
	s.hungry.Store(hungry)
}

// see shows a message to the taps.
//
// hot: once per message while taps are open; allocates for messages shown.
func (s *tapSet) see(p *plugin.Pack, from string) {
	if s.hungry.Load() <= 0 || s.spent.Load() > int64(tapTime) {
		return
	}
	begin := time.Now()
	sc := s.pool.Get().(*tapScratch)
	sc.hits = s.set.Match(&p.Message, sc.hits[:0], &sc.scratch)
	for _, i := range sc.hits {
		s.taps[i].offer(s, p, from)
	}
	s.pool.Put(sc)
	s.looked.Add(1)
	s.spent.Add(int64(time.Since(begin)))
}

// offer hands a message over if there is room.
func (t *Tap) offer(s *tapSet, p *plugin.Pack, from string) {
	if t.opts.From != "" && t.opts.From != from {
		return
	}
	left := t.room.Add(-1)
	if left < 0 {
		t.room.Add(1)
		t.skipped.Add(1)
		return
	}
	if left == 0 {
		s.hungry.Add(-1)
	}
	select {
	case t.samples <- Sample{From: from, Wire: p.Message.AppendWire(nil)}:
		t.shown.Add(1)
	default:
		t.skipped.Add(1)
	}
}
