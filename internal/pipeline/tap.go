package pipeline

import (
	"errors"
	"slices"
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
	tapTime   = 3 * time.Millisecond
	// maxTapDebt bounds how much more they may have to make up for.
	maxTapDebt = time.Second
	// maxTaps bounds how many there are. Up to maxTapQueue messages wait for the
	// reader of one: as many as it may get in a quarter of a second.
	maxTaps     = 256
	minTapQueue = 16
	maxTapQueue = MaxTapRate / 4
	// MaxTapRate is the most messages per second that one tap gets, maxTapRates what
	// all together get; what they want beyond that is cut down in proportion.
	MaxTapRate  = 1000
	maxTapRates = 2 * MaxTapRate
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

// Sample is a message that passed. All taps that show it share it.
type Sample struct {
	// From is the input or filter that sent it.
	From string
	// Wire is its encoded form.
	Wire []byte

	once sync.Once
	text []byte
}

// Text returns the form that render makes of the sample, which must be the same for
// all readers: it is made once.
func (s *Sample) Text(render func(s *Sample) []byte) []byte {
	s.once.Do(func() { s.text = render(s) })
	return s.text
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
	samples chan *Sample

	closed  atomic.Bool
	room    atomic.Int32 // messages that it may still get in this period
	credit  float64      // parts of messages, guarded by taps.mu
	looked  uint64       // of taps when it was opened
	passed  uint64
	shown   atomic.Uint64
	skipped atomic.Uint64
}

// taps are the open taps of a host.
type taps struct {
	mu    sync.Mutex
	open  []*Tap
	rates int           // of all open taps
	stale bool          // the set has closed taps, or more parts than it needs
	stop  chan struct{} // ends the goroutine of the periods
	now   atomic.Pointer[tapSet]

	looked atomic.Uint64
	begun  time.Time    // the period
	spent  atomic.Int64 // ns in this period
	hungry atomic.Int32 // taps that have room; exact after each refill
}

// tapSet are taps whose matchers are evaluated together. It does not change; one takes
// the place of another.
type tapSet struct {
	all   *taps
	parts []tapPart
	pool  *sync.Pool // *tapScratch
}

// tapPart is a part of a set. Compiling many matchers takes long, so taps that are
// opened in quick succession make small parts, which the next period makes one.
type tapPart struct {
	set  *matcher.Set
	taps []*Tap
}

// maxNewPart is how many taps there are in a part that grows.
const maxNewPart = 16

func newTapPart(open []*Tap) tapPart {
	part := tapPart{taps: slices.Clone(open)}
	matchers := make([]*matcher.Matcher, len(open))
	for i, t := range open {
		matchers[i] = t.opts.Matcher
	}
	part.set = matcher.NewSet(matchers)
	return part
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
	t := &Tap{opts: o, host: h, samples: make(chan *Sample, min(max(o.Rate, minTapQueue), maxTapQueue)), passed: h.passed()}
	ts := &h.taps
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if len(ts.open) >= maxTaps {
		return nil, ErrTooManyTaps
	}
	t.looked = ts.looked.Load()
	ts.open = append(ts.open, t)
	ts.rates += o.Rate
	t.room.Store(t.most(ts.share())) // the first ones at once
	ts.hungry.Add(1)
	ts.add(t)
	if ts.stop == nil {
		if time.Since(ts.begun) >= tapPeriod {
			ts.begun = time.Now()
			ts.spent.Store(0)
		}
		ts.stop = make(chan struct{})
		go ts.periods(ts.stop)
	}
	return t, nil
}

// Samples gives the messages; it is never closed.
func (t *Tap) Samples() <-chan *Sample { return t.samples }

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
	i := slices.Index(ts.open, t)
	ts.open = slices.Delete(ts.open, i, i+1)
	ts.rates -= t.opts.Rate
	t.closed.Store(true)
	ts.stale = true // until the next period
	if len(ts.open) == 0 {
		ts.now.Store(nil)
		ts.hungry.Store(0)
		close(ts.stop)
		ts.stop = nil
	}
}

// share is which part of its rate each tap gets; mu is held.
func (ts *taps) share() float64 { return min(1, maxTapRates/float64(max(ts.rates, 1))) }

// most is how many messages a tap may get at once, by its share.
func (t *Tap) most(share float64) int32 { return int32(max(1, float64(t.opts.Rate)*share)) }

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

// add puts a tap into the set; mu is held.
func (ts *taps) add(t *Tap) {
	s := &tapSet{all: ts}
	if old := ts.now.Load(); old != nil {
		s.parts, s.pool = slices.Clone(old.parts), old.pool
	} else {
		s.pool = &sync.Pool{New: func() any { return new(tapScratch) }}
	}
	if last := len(s.parts) - 1; last >= 0 && len(s.parts[last].taps) < maxNewPart {
		s.parts[last] = newTapPart(append(slices.Clone(s.parts[last].taps), t))
	} else {
		s.parts = append(s.parts, newTapPart([]*Tap{t}))
		ts.stale = ts.stale || last >= 0
	}
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
	if len(ts.open) == 0 {
		return
	}
	if ts.stale {
		ts.now.Store(&tapSet{all: ts, parts: []tapPart{newTapPart(ts.open)}, pool: ts.now.Load().pool})
		ts.stale = false
	}
	ts.begun = time.Now()
	// What was too much is made up for: one message and many costly expressions can
	// take more than a period's time.
	ts.spent.Store(min(max(ts.spent.Load()-int64(tapTime), 0), int64(maxTapDebt)))
	var hungry int32
	share := ts.share()
	for _, t := range ts.open {
		t.credit += float64(t.opts.Rate) * share * tapPeriod.Seconds()
		whole := int32(t.credit)
		t.credit -= float64(whole)
		if more := min(whole, t.most(share)-t.room.Load()); more > 0 {
			t.room.Add(more)
		}
		if t.room.Load() > 0 {
			hungry++
		}
	}
	ts.hungry.Store(hungry)
}

// see shows a message to the taps.
//
// hot: once per message while taps are open; allocates for messages shown.
func (s *tapSet) see(p *plugin.Pack, from string) {
	all := s.all
	if all.hungry.Load() <= 0 || all.spent.Load() > int64(tapTime) {
		return
	}
	begin := time.Now()
	sc := s.pool.Get().(*tapScratch)
	var sample *Sample
	for i := range s.parts {
		part := &s.parts[i]
		sc.hits = part.set.Match(&p.Message, sc.hits[:0], &sc.scratch)
		for _, hit := range sc.hits {
			sample = part.taps[hit].offer(all, p, from, sample)
		}
	}
	s.pool.Put(sc)
	all.looked.Add(1)
	all.spent.Add(int64(time.Since(begin)))
}

// offer hands a message over if there is room. sample is the message as it was
// handed to another tap, or nil, and the result the same.
func (t *Tap) offer(all *taps, p *plugin.Pack, from string, sample *Sample) *Sample {
	if t.opts.From != "" && t.opts.From != from || t.closed.Load() {
		return sample
	}
	left := t.room.Add(-1)
	if left < 0 {
		t.room.Add(1)
		t.skipped.Add(1)
		return sample
	}
	if left == 0 {
		all.hungry.Add(-1)
	}
	if sample == nil {
		sample = &Sample{From: from, Wire: p.Message.AppendWire(nil)}
	}
	select {
	case t.samples <- sample:
		t.shown.Add(1)
	default:
		t.skipped.Add(1)
	}
	return sample
}
