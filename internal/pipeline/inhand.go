package pipeline

import (
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/hekad/heka/internal/queue"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// inHand counts the records that the reader has handed out and that are not
// acknowledged. When drop_oldest passes over records it starts with these, which
// are going to be delivered all the same and must not count as dropped.
type inHand struct {
	mu     sync.Mutex // also held over Poll and DropOldest, whose results it counts
	n      int64
	passed int64 // of those in hand, by drop_oldest
}

// done takes n records off when they are acknowledged.
func (h *inHand) done(n int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	passed := min(n, h.passed)
	h.passed -= passed
	h.n -= n - passed
}

// acks turns tickets that come true, in order, into acknowledgements.
type acks struct {
	order
	reader *queue.Reader
	log    func(error)
	hand   *inHand

	mu    sync.Mutex // guards what follows; taken under order.mu, never the other way
	open  []handed   // of the open tickets
	first int64      // number of the ticket that open[0] belongs to
}

// handed is what one ticket acknowledges.
type handed struct {
	end queue.Position
	n   int64 // records
}

// mark notes that p, a message of the delivery at hand, is done with, should the
// reader have to go back to one before it.
func (s *spool) mark(packs []*plugin.Pack, p *plugin.Pack) {
	if i := slices.Index(packs, p); i >= 0 && i < len(s.ends) {
		s.markEnd(s.ends[i])
	}
}

// stand is where a message stands in the queue on disk: behind it.
type stand struct {
	id  message.UUID
	end queue.Position
}

// stand takes down where the messages of the delivery at hand stand, which an output
// keeps and may drop later.
func (s *spool) stand(packs []*plugin.Pack) []stand {
	all := make([]stand, 0, len(packs))
	for i, p := range packs[:min(len(packs), len(s.ends))] {
		if p.Message.HasUUID() {
			all = append(all, stand{p.Message.UUID(), s.ends[i]})
		}
	}
	return all
}

// markEnd is mark for the message in front of a position.
func (s *spool) markEnd(end queue.Position) {
	s.done[end] = true
	if len(s.done) < forgetMarks {
		return
	}
	acked := s.reader.Acked()
	maps.DeleteFunc(s.done, func(end queue.Position, _ bool) bool { return end.Compare(acked) <= 0 })
}

// leave marks the first n messages of the delivery at hand, which is given up.
func (s *spool) leave(packs []*plugin.Pack, n int) {
	for _, p := range packs[:n] {
		s.mark(packs, p)
	}
	if n > 0 {
		s.left = s.ends[n-1]
	}
}

// inHand is the number of messages that the reader has handed out and that are not
// acknowledged.
func (s *spool) inHand() int {
	s.hand.mu.Lock()
	defer s.hand.mu.Unlock()
	return int(s.hand.n)
}

// doneAhead is the number of messages that are done with but will come again, as
// they stand behind others that are not.
func (s *spool) doneAhead() (n int64) {
	acked := s.reader.Acked()
	for end := range s.done {
		if end.Compare(acked) > 0 {
			n++
		}
	}
	return n
}

// forgetMarks is the number of marks from which those that are not needed any
// more are looked for.
const forgetMarks = 1024

// issue makes the ticket of records that end at end. The consumer's goroutine
// alone calls it, so tickets are numbered in order although mu is not held until
// the ticket is there: ack is called under order.mu and takes mu.
func (a *acks) issue(end queue.Position, records int) *ticket {
	a.mu.Lock()
	a.open = append(a.open, handed{end, int64(records)})
	n := a.first + int64(len(a.open)) - 1
	a.mu.Unlock()
	return a.order.issue(n)
}

// ack acknowledges everything up to ticket number n.
func (a *acks) ack(n int64) {
	a.mu.Lock()
	done := a.open[:n-a.first+1]
	end, records := done[len(done)-1].end, int64(0)
	for _, h := range done {
		records += h.n
	}
	a.open = append(a.open[:0], a.open[len(done):]...)
	a.first = n + 1
	a.mu.Unlock()
	err := a.reader.Ack(end)
	if errors.Is(err, queue.ErrClosed) {
		return // rewound, or heka stopped: the records will come again
	}
	a.hand.done(records)
	if err != nil && !errors.Is(err, queue.ErrPassed) { // drop_oldest was faster
		a.log(err)
	}
}
