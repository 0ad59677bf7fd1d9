package logstreamer

import (
	"container/heap"
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// checksPerSecond is how many streams at rest are looked at in a second, in
	// all, once they have been quiet for a while.
	checksPerSecond = 500
	// roundOver makes checks that are far away fall due together.
	roundOver = 250 * time.Millisecond
	// heldUp is how long a stream waits for a goroutine before it gets one of its
	// own: the others are busy, or wait for a consumer that this stream may have
	// nothing to do with.
	heldUp = 20 * time.Millisecond
	// maxWorkers is how many goroutines read at a time.
	maxWorkers = 256
	// share is how many bytes a stream may read before others have their turn.
	share = 1 << 20
)

// A schedule lets a few goroutines read many streams. A stream has a goroutine
// only while there is something to read in it; otherwise it sleeps until it is
// due for a check or a hint wakes it. Streams with data take turns.
type schedule struct {
	few     int           // goroutines while none is held up
	waiting atomic.Int32  // streams in ready
	kicked  chan struct{} // told when run has to look again

	mu      sync.Mutex // guards the rest, and the turns of readers
	ready   []*reader
	asleep  sleepers
	workers int
	closed  bool           // there are to be no more workers
	working sync.WaitGroup // the workers
	live    int            // streams that are not over
	over    chan struct{}  // closed when live becomes 0, if not nil
}

// A turn is what the schedule knows of a reader; it is guarded by schedule.mu.
type turn struct {
	state turnState
	again bool      // woken while at work
	since time.Time // in ready
	due   time.Time // while asleep
	index int       // in asleep
}

type turnState int

const (
	atWork turnState = iota
	isReady
	isAsleep
)

func newSchedule() *schedule {
	return &schedule{few: max(2, runtime.GOMAXPROCS(0)), kicked: make(chan struct{}, 1)}
}

// contended reports whether others wait for a turn.
//
// hot: once per buffer.
func (s *schedule) contended() bool { return s.waiting.Load() > 0 }

// add gives a new reader its first turn.
func (s *schedule) add(ctx context.Context, r *reader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live++
	s.queue(ctx, r)
}

// wake ends the sleep of a reader.
func (s *schedule) wake(ctx context.Context, r *reader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.turn.state {
	case isAsleep:
		heap.Remove(&s.asleep, r.turn.index)
		s.queue(ctx, r)
	case atWork:
		r.turn.again = true
	}
}

// queue lets a reader wait for a goroutine. The caller holds mu.
func (s *schedule) queue(ctx context.Context, r *reader) {
	r.turn.state, r.turn.since = isReady, time.Now()
	s.ready = append(s.ready, r)
	s.waiting.Store(int32(len(s.ready)))
	if s.workers < s.few {
		s.hire(ctx)
	} else if len(s.ready) == 1 {
		s.kick() // run looks whether it is held up
	}
}

func (s *schedule) hire(ctx context.Context) {
	if s.closed {
		return
	}
	s.workers++
	s.working.Go(func() { s.work(ctx) })
}

func (s *schedule) kick() {
	select {
	case s.kicked <- struct{}{}:
	default:
	}
}

// work gives turns until nobody wants one.
func (s *schedule) work(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.ready) > 0 && ctx.Err() == nil {
		r := s.ready[0]
		s.ready[0] = nil
		s.ready = s.ready[1:]
		s.waiting.Store(int32(len(s.ready)))
		r.turn.state, r.turn.again = atWork, false
		crowd := len(s.asleep)
		s.mu.Unlock()
		pause, over := r.work(ctx, crowd)
		s.mu.Lock()
		switch {
		case over:
			s.leave()
		case pause == 0 || r.turn.again:
			s.queue(ctx, r)
		default:
			s.sleep(r, pause)
		}
	}
	s.workers--
}

func (s *schedule) leave() {
	s.live--
	if s.live == 0 && s.over != nil {
		close(s.over)
		s.over = nil
	}
}

// sleep puts a reader to sleep. The caller holds mu.
func (s *schedule) sleep(r *reader, pause time.Duration) {
	r.turn.state, r.turn.due = isAsleep, time.Now().Add(pause)
	if pause > 2*roundOver {
		r.turn.due = r.turn.due.Truncate(roundOver).Add(roundOver)
	}
	heap.Push(&s.asleep, r)
	if r.turn.index == 0 {
		s.kick()
	}
}

// run wakes readers when they are due, until ctx is done.
func (s *schedule) run(ctx context.Context) {
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-next.C:
		case <-s.kicked:
		case <-ctx.Done():
			return
		}
		next.Reset(s.advance(ctx))
	}
}

// advance gives those who are due to the workers, and hires more of them if the
// first in the queue has waited for too long. It returns when to call it again.
func (s *schedule) advance(ctx context.Context) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.asleep) > 0 && !s.asleep[0].turn.due.After(now) {
		s.queue(ctx, heap.Pop(&s.asleep).(*reader))
	}
	wait := time.Hour
	if len(s.asleep) > 0 {
		wait = s.asleep[0].turn.due.Sub(now)
	}
	if len(s.ready) == 0 || s.workers >= maxWorkers {
		return wait
	}
	held := heldUp - now.Sub(s.ready[0].turn.since)
	if held <= 0 {
		s.hire(ctx)
		held = heldUp
	}
	return min(wait, held)
}

// finished returns a channel that is closed when all readers are over.
func (s *schedule) finished() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := make(chan struct{})
	if s.live == 0 {
		close(c)
	} else {
		s.over = c
	}
	return c
}

// wait waits until no reader is at work, after ctx is done, and sees to it that
// none will be.
func (s *schedule) wait() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.working.Wait()
}

// sleepers is a heap of readers by the time when they are due.
type sleepers []*reader

func (h sleepers) Len() int           { return len(h) }
func (h sleepers) Less(i, j int) bool { return h[i].turn.due.Before(h[j].turn.due) }

func (h sleepers) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].turn.index, h[j].turn.index = i, j
}

// Push implements heap.Interface.
func (h *sleepers) Push(x any) {
	r := x.(*reader)
	r.turn.index = len(*h)
	*h = append(*h, r)
}

// Pop implements heap.Interface.
func (h *sleepers) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return r
}
