package pipeline

import (
	"fmt"
	"io"
	"time"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// hot: everything in this file but open, Close and the error paths runs for
// every read or record; nothing here may allocate in the steady state.

// stream is one ordered sequence of records: it reads, splits, decodes and
// routes on the goroutine that calls it. It implements plugin.Stream.
type stream struct {
	in       *input
	host     *Host
	opts     plugin.StreamOptions
	logger   string
	split    splitting
	decoder  *decoding // nil without a decoder
	workers  *workers  // nil unless decoder_workers > 1
	order    *order    // nil while nobody asks for delivery
	kit      *kit      // nil while it rests
	hits     []int32
	tally    tally
	consumed int64 // bytes that became records or were skipped
	began    int64 // consumed before the record at hand
	held     held
	ticketed int64 // consumed at the last ticket

	ar         *arena
	start, end int  // unconsumed bytes in ar
	size       int  // of the next arena
	skipping   bool // inside the tail of an over-long record
	splitting  bool // inside Split
	stuck      bool // the decoder has ended: nothing more is acknowledged

	b    *batch
	done []func() // callbacks waiting for the batch's ticket
	now  int64    // time stamp of new messages

	stint stint

	unsampled  int   // messages until the next one whose matching is timed
	nextRecent int64 // when the next message is offered to host.recent, as now
}

// tally counts on the stream's goroutine; flush adds it to the input's books.
type tally struct {
	received, unmatched, failed, skipped, truncated, tooLong, unsigned, unfinished, bytes uint64
}

// Split implements plugin.Stream.
func (s *stream) Split(r io.Reader) error {
	waiter, _ := r.(plugin.Waiter)
	if s.split.oneRead {
		waiter = nil // a part of a record might be read while it waits
	}
	burst := 0 // bytes since the last pause
	pause := func() { s.pause(burst); burst = 0 }
	for more := false; ; {
		if waiter != nil && !more {
			waiter.Wait(pause)
		}
		s.makeRoom()
		n, err := r.Read(s.window())
		s.now = time.Now().UnixNano()
		s.stint.begin()
		more = err == nil && s.end+n == len(s.ar.buf)
		s.end += n
		s.tally.bytes += uint64(n)
		burst += n
		s.scan(false)
		if more {
			s.stint.pause(&s.in.meter)
			s.size = min(2*s.size, maxArena/2)
			continue
		}
		if err == io.EOF {
			err = nil
			if s.split.deliverFinal {
				s.finish()
			}
			s.Flush()
			s.stint.pause(&s.in.meter)
			s.letGo()
			return nil
		}
		s.Flush()
		s.stint.pause(&s.in.meter)
		if err != nil {
			s.letGo()
			return err
		}
	}
}

// pause is the time between two bursts of bytes. The next one finds room for as much
// as the last one brought.
func (s *stream) pause(burst int) {
	s.letGo()
	s.size = min(s.size, max(burst, s.split.minBuffer, minArena))
}

// letGo lets go of the arena if nothing in it is unfinished: the next data may be
// long in coming, and streams may be many.
func (s *stream) letGo() {
	if s.start == s.end {
		if s.ar != nil {
			s.ar.release()
			s.ar, s.start, s.end = nil, 0, 0
		}
		if s.kit != nil {
			s.host.kits.Put(s.kit)
			s.kit = nil
		}
	}
}

// A kit is what a stream works with and need not keep while it rests.
type kit struct {
	uuids   *message.UUIDSource
	scratch matcher.Scratch
}

func newKit() *kit { return &kit{uuids: message.NewUUIDSource()} }

// begin sees to it that the stream has a batch, and a kit.
func (s *stream) begin() {
	if s.b != nil {
		return
	}
	s.b = s.host.begin()
	if s.kit != nil {
		return
	}
	if s.kit, _ = s.host.kits.Get().(*kit); s.kit == nil {
		s.kit = newKit()
	}
}

// window is the part of the arena that the next read may fill.
func (s *stream) window() []byte {
	w := s.ar.buf[s.end:]
	if s.split.oneRead && len(w) > s.split.minBuffer {
		w = w[:s.split.minBuffer]
	}
	return w
}

// Settle implements plugin.Stream.
func (s *stream) Settle() {
	if s.end > s.start {
		s.now = time.Now().UnixNano()
		s.scan(true)
		s.Flush()
	}
}

// Consumed implements plugin.Stream.
func (s *stream) Consumed() int64 { return s.held.before(s.consumed) }

// makeRoom sees to it that there is a good part of an arena to read into.
func (s *stream) makeRoom() {
	if s.ar == nil {
		s.ar, s.start, s.end = s.host.arenas.get(s.size), 0, 0
		return
	}
	left := s.end - s.start
	if left == 0 && s.ar.refs.Load() == 1 && len(s.ar.buf) >= s.size {
		s.start, s.end = 0, 0
		return
	}
	if free := len(s.ar.buf) - s.end; free >= len(s.ar.buf)/4 && free > 0 {
		return
	}
	size := s.size
	for left > size/2 {
		size *= 2
	}
	old := s.ar
	s.ar = s.host.arenas.get(size)
	copy(s.ar.buf, old.buf[s.start:s.end])
	s.start, s.end = 0, left
	old.release()
}

// scan takes all complete records off the unconsumed bytes.
func (s *stream) scan(final bool) {
	for s.scanSome(final) {
	}
	if s.end-s.start >= s.split.maxRecord {
		s.overlong()
	}
}

// scanSome is the loop of scan. A panic of a plugin costs the record at hand:
// it counts as a decode failure, and true asks for another round.
func (s *stream) scanSome(final bool) (again bool) {
	defer func() {
		if r := recover(); r != nil {
			s.panicked(r)
			again = true
		}
	}()
	for s.start < s.end {
		s.splitting = true
		n, rec := s.split.Split(s.ar.buf[s.start:s.end], final)
		s.splitting = false
		if n == 0 && rec == nil {
			return false
		}
		s.start += n
		s.began = s.consumed
		s.consumed += int64(n)
		if len(rec) == 0 {
			continue
		}
		if s.skipping {
			s.skipping = false
			continue
		}
		if len(rec) > s.split.maxRecord {
			if rec = s.cut(rec); rec == nil {
				continue
			}
		}
		s.record(rec)
	}
	return false
}

// overlong handles a buffer that has reached the largest record without one: the
// record is cut or dropped, and its tail is skipped.
func (s *stream) overlong() {
	limit := s.split.maxRecord
	for s.end-s.start >= limit {
		piece := s.ar.buf[s.start : s.start+limit]
		s.start += limit
		s.began = s.consumed
		s.consumed += int64(limit)
		if s.skipping {
			continue
		}
		s.skipping = true
		if piece = s.cut(piece); piece != nil {
			s.record(piece)
		}
	}
}

// cut shortens an over-long record, or returns nil when it is to be dropped.
func (s *stream) cut(rec []byte) []byte {
	if s.split.keepTruncated {
		s.tally.truncated++
		s.in.log.Error(fmt.Sprintf("record exceeded MAX_RECORD_SIZE %d and was truncated", s.split.maxRecord))
		return rec[:s.split.maxRecord]
	}
	s.tally.tooLong++
	s.in.log.Error(fmt.Sprintf("record exceeded MAX_RECORD_SIZE %d and was dropped", s.split.maxRecord))
	return nil
}

// finish ends what the stream has: complete records, then with
// deliver_incomplete_final the rest.
func (s *stream) finish() {
	if s.end == s.start {
		return
	}
	s.scan(true)
	if s.split.deliverFinal && s.end > s.start {
		s.rest()
	}
}

// rest delivers the unconsumed bytes as one record.
func (s *stream) rest() {
	rec := s.ar.buf[s.start:s.end]
	s.began = s.consumed
	s.consumed += int64(len(rec))
	s.start = s.end
	if s.skipping {
		s.skipping = false
		return
	}
	s.record(rec)
}

// Flush implements plugin.Stream.
func (s *stream) Flush() {
	s.in.books.add(&s.tally)
	b := s.b
	s.b = nil
	var t *ticket
	if s.order == nil && len(s.done) > 0 {
		s.order = &order{open: s.in.unacked}
	}
	pos := s.held.before(s.consumed)
	if s.order != nil && (b != nil || pos != s.ticketed || len(s.done) > 0) {
		t = s.order.issue(pos)
		t.done = append(t.done, s.done...)
		clear(s.done)
		s.done = s.done[:0]
		s.ticketed = pos
		if s.stuck {
			t.left.Add(1) // for good
		}
	}
	if b == nil {
		t.settle(1)
		return
	}
	measured := s.stint.pause(&s.in.meter)
	if s.workers != nil {
		s.workers.hand(b, t)
	} else {
		s.host.dispatch(&s.in.flows, b, t, false)
	}
	s.stint.resume(measured)
}

// Close implements plugin.Stream.
func (s *stream) Close() {
	s.now = time.Now().UnixNano()
	s.finish()
	if s.end > s.start && !s.skipping {
		s.tally.received++
		s.tally.unfinished++
	}
	s.Flush()
	if s.workers != nil {
		s.workers.close()
	}
	if s.ar != nil {
		s.ar.release()
		s.ar = nil
	}
	if s.decoder != nil {
		s.decoder.close()
	}
	closeHelper(s.split.Splitter, s.in.log)
	s.in.closed(s)
}
