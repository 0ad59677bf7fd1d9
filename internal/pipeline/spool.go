package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/queue"
	"github.com/hekad/heka/plugin"
)

// spool is the queue on disk of a consumer with use_buffering. It stands behind
// the inbox: one goroutine moves what comes in to the disk, and a batch's ticket
// is settled when it is durable there; the consumer takes from the queue's
// reader instead of the inbox.
type spool struct {
	c    *consumer
	dir  string
	opts queue.Options

	q       *queue.Queue
	opened  atomic.Pointer[queue.Queue] // the same, for reports
	backlog atomic.Int64                // records that were waiting at the start
	stored  chan struct{}
	// staying is done when heka stops and everything that came in is on disk, where
	// it stays for the next start.
	staying context.Context

	// Of the moving goroutine:
	recs []queue.Record
	body []byte

	hand inHand

	// Of the consumer's goroutine:
	reader *queue.Reader
	rest   []queue.Record // of the reader's last batch
	acks   *acks
	ends   []queue.Position // behind each message of the delivery at hand
	left   queue.Position   // behind the last one that is done with of the delivery given up last
	// done are messages that will not be delivered when they are read again:
	// they stand behind others that have to be.
	done map[queue.Position]bool
}

// open opens the directory and starts moving.
func (s *spool) open(hard context.Context) error {
	if s.q != nil {
		return nil
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return fmt.Errorf("can't initialize buffer: %w", err)
	}
	s.opts.OnError = func(err error) { s.c.log.Error("buffer: " + err.Error()) }
	q, report, err := queue.Open(s.dir, s.opts)
	if err != nil {
		return fmt.Errorf("can't initialize buffer: %w", err)
	}
	for _, p := range report.Problems {
		s.c.log.Error("buffer: " + p)
	}
	s.q = q
	if err := s.rewind(); err != nil {
		return errors.Join(fmt.Errorf("can't initialize buffer: %w", err), q.Close())
	}
	s.opened.Store(q)
	s.backlog.Store(s.waiting())
	s.pending(s.backlog.Load())
	s.stored = make(chan struct{})
	staying, stay := context.WithCancel(hard)
	s.staying = staying
	go func() {
		defer close(s.stored)
		s.move(hard)
		if !s.c.host.once {
			stay()
		}
	}()
	return nil
}

// rewind makes the reader begin again with the first record that was not
// acknowledged.
func (s *spool) rewind() error {
	if s.reader != nil {
		s.reader.Close()
	}
	r, err := s.q.Reader("")
	if err != nil {
		return err
	}
	s.reader, s.rest, s.left = r, nil, queue.Position{}
	s.hand.mu.Lock()
	s.hand.n, s.hand.passed = 0, 0
	s.hand.mu.Unlock()
	a := &acks{reader: r, hand: &s.hand, log: func(err error) { s.c.log.Error(err.Error()) }}
	a.delivered = a.ack
	s.acks = a
	return nil
}

// waiting is the number of records that are not acknowledged.
func (s *spool) waiting() int64 { return int64(s.q.Stats().Records) }

// pending counts records that wait for a filter, so that a run to the end of its
// data waits for them.
func (s *spool) pending(n int64) {
	if s.c.kind == plugin.KindFilter && s.c.host.once {
		s.c.host.filterWork.add(n)
	}
}

// ready returns a channel that has a token when take may have something.
func (s *spool) ready() <-chan struct{} { return s.reader.Ready() }

// over reports whether the consumer is to end: everything that came in is on
// disk, and stays there for the next start, unless heka runs to the end of its
// data.
func (s *spool) over() bool {
	select {
	case <-s.stored:
		return !s.c.host.once || len(s.rest) == 0
	default:
		return false
	}
}

// move stores what comes into the inbox until it is closed and empty.
func (s *spool) move(hard context.Context) {
	for {
		d, _, ok := s.c.inbox.take()
		if !ok {
			if _, closed := s.c.inbox.state(); closed {
				return
			}
			select {
			case <-s.c.inbox.ready:
			case <-hard.Done():
				return
			}
			continue
		}
		s.store(hard, d)
	}
}

// store appends the messages of a delivery.
func (s *spool) store(hard context.Context, d delivery) {
	s.recs, s.body = s.recs[:0], s.body[:0]
	for _, p := range d.packs {
		wire := p.Message.Wire()
		if wire == nil {
			start := len(s.body)
			s.body = p.Message.AppendWire(s.body)
			wire = s.body[start:len(s.body):len(s.body)]
		}
		s.recs = append(s.recs, queue.Record{Body: wire, Loops: p.Loops, Signer: p.Signer})
	}
	end, complete := s.append(hard, s.recs)
	d.b.release()
	if s.c.kind == plugin.KindFilter {
		s.c.host.filterWork.add(-1)
	}
	if !complete {
		return // given up: the ticket stays open
	}
	t := d.t
	s.q.Notify(end, func(err error) {
		if err == nil {
			t.settle(1)
		}
	})
}

// append writes records, whatever it takes: by the policy for a full queue, again
// after errors of the disk, without those that are too big. It is false when heka
// stopped by force before all were written or dropped for a reason.
func (s *spool) append(hard context.Context, recs []queue.Record) (end queue.Position, ok bool) {
	back := newBackoff(messageRetries)
	for {
		n, e, err := s.q.Append(recs)
		end = e
		recs = recs[n:]
		s.pending(int64(n))
		var big *framing.BodyError
		switch {
		case err == nil:
			return end, true
		case errors.As(err, &big):
			s.drop("too_big", fmt.Errorf("can't deliver matched message: message framing error: %w", err), 1)
			recs = recs[1:]
			continue
		case errors.Is(err, queue.ErrFull):
			if s.c.opts.Buffering.FullAction == "drop" {
				s.drop("queue_full", fmt.Errorf("can't deliver matched message: %w", err), len(recs))
				return end, true
			}
			s.full(hard, err, len(recs[0].Body))
		default:
			s.c.log.Error("buffer: " + err.Error())
			back.wait(hard)
		}
		if hard.Err() != nil {
			s.c.books.dropped.add("shutdown", uint64(len(recs)))
			return end, false
		}
	}
}

func (s *spool) drop(reason string, cause error, n int) {
	s.c.log.Error(cause.Error())
	s.c.books.dropped.add(reason, uint64(n))
}

// full makes or waits for room.
func (s *spool) full(hard context.Context, cause error, size int) {
	switch s.c.opts.Buffering.FullAction {
	case "shutdown":
		s.c.log.Error("can't deliver matched message: " + cause.Error())
		s.c.host.Stop(1)
	case "drop_oldest":
		if n := s.dropOldest(size); n > 0 {
			s.drop("queue_full", fmt.Errorf("dropped the %d oldest messages: %w", n, cause), n)
			s.pending(-int64(n))
			return
		}
	default:
		s.c.log.Warn("waiting for room: " + cause.Error())
	}
	s.q.WaitSpace(hard, size)
}

// dropOldest makes room and returns the number of messages that are lost by it.
func (s *spool) dropOldest(size int) int {
	s.hand.mu.Lock()
	defer s.hand.mu.Unlock()
	n, _, err := s.q.DropOldest(size)
	if err != nil {
		return 0
	}
	kept := min(int64(n), s.hand.n)
	s.hand.n -= kept
	s.hand.passed += kept
	return n - int(kept)
}

// poll asks the reader for its next batch.
func (s *spool) poll() (queue.Batch, error) {
	s.hand.mu.Lock()
	defer s.hand.mu.Unlock()
	b, err := s.reader.Poll()
	s.hand.n += int64(len(b.Records))
	return b, err
}

// take returns the next messages from the queue.
func (s *spool) take() (d delivery, more, ok bool) {
	for len(s.rest) == 0 {
		b, err := s.poll()
		if err != nil {
			s.c.log.Error("buffer: " + err.Error())
			return delivery{}, false, false
		}
		if b.Damaged > 0 {
			s.c.log.Error(fmt.Sprintf("buffer: skipped %d damaged bytes, %d messages are missing", b.Damaged, b.Missing))
			s.c.books.dropped.add("damaged", uint64(b.Missing))
			s.pending(-int64(b.Missing))
		}
		if len(b.Records) == 0 && b.Damaged == 0 {
			return delivery{}, false, false
		}
		s.rest = b.Records
		if len(b.Records) == 0 {
			s.acks.issue(b.End, 0).settle(1)
		}
	}
	n := min(len(s.rest), maxPacks)
	d = s.unpack(s.rest[:n])
	s.rest = s.rest[n:]
	return d, len(s.rest) > 0, true
}

// unpack makes a delivery of records, whose bytes it copies.
func (s *spool) unpack(recs []queue.Record) delivery {
	size := 0
	for _, r := range recs {
		size += len(r.Body)
	}
	h := s.c.host
	b := h.batches.get(1)
	ar := h.arenas.get(max(size, 1))
	b.uses(ar)
	ar.release() // the batch keeps it
	at := 0
	s.ends = s.ends[:0]
	for _, r := range recs {
		if s.done[r.End] {
			continue
		}
		body := ar.buf[at : at+copy(ar.buf[at:], r.Body)]
		at += len(body)
		p := b.next()
		p.Loops, p.Signer = r.Loops, r.Signer
		if err := p.Message.Parse(body); err != nil {
			b.back()
			s.drop("damaged", fmt.Errorf("can't unmarshal record: %w", err), 1)
			s.pending(-1)
			s.done[r.End] = true
			continue
		}
		s.ends = append(s.ends, r.End)
		b.hit(0, p)
	}
	b.mem.Store(1)
	return delivery{b, b.hits[0], s.acks.issue(recs[len(recs)-1].End, len(recs))}
}

// almostFull reports whether nine tenths of the queue's bound are used.
func (s *spool) almostFull() bool {
	q, limit := s.opened.Load(), s.opts.MaxBufferSize
	return q != nil && limit > 0 && q.Stats().Bytes >= limit/10*9
}

// report adds the state of the queue.
func (s *spool) report(m *Member) {
	q := s.opened.Load()
	if q == nil {
		return
	}
	st := q.Stats()
	m.Add("QueuedMessageCount", st.Records, "count")
	m.Add("QueuedBytes", st.Bytes, "B")
	if !st.Oldest.IsZero() {
		m.Add("QueuedOldestAge", int64(time.Since(st.Oldest)), "ns")
	}
}

// close ends the queue; what was not acknowledged stays for the next start.
func (s *spool) close() {
	if s.q == nil {
		return
	}
	<-s.stored
	s.c.left.Store(s.waiting() - s.doneAhead())
	if s.c.letters.open.n.Load() == 0 && s.acks.order.waiting() == 1 && s.left.Compare(s.reader.Acked()) > 0 {
		// All before is acknowledged, so the part that was done of the last delivery
		// can be, too.
		if err := s.reader.Ack(s.left); err != nil {
			s.c.log.Error("buffer: " + err.Error())
		}
	}
	if n := s.c.left.Load(); n > 0 {
		s.c.log.Info(fmt.Sprintf("%d %s in the queue on disk for the next start", n, plural(uint64(n), "message")))
	}
	s.reader.Close()
	if err := s.q.Close(); err != nil {
		s.c.log.Error("buffer: " + err.Error())
	}
}

// queueDir is the directory of a consumer's queue: characters of its name other
// than letters, digits and _ become _.
func queueDir(base, name string) string {
	safe := []byte(name)
	for i, c := range safe {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_') {
			safe[i] = '_'
		}
	}
	return filepath.Join(base, "output_queue", string(safe))
}
