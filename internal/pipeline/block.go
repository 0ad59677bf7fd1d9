package pipeline

import (
	"errors"
	"io"
	"slices"
	"time"
)

// SplitAll implements plugin.Stream.
func (s *stream) SplitAll(r io.Reader) error {
	var err error
	if s.split.oneRead {
		err = s.whole(r)
	} else {
		err = s.Split(r)
		s.finish()
	}
	s.leaveRest()
	s.Flush()
	return err
}

// WholeBodies implements plugin.WholeBodies.
func (s *stream) WholeBodies() bool { return s.split.oneRead }

// whole makes one record of all that r has. What fits the arena is not copied.
func (s *stream) whole(r io.Reader) error {
	s.makeRoom()
	body, err := readUpTo(r, s.ar.buf[s.end:s.end])
	inArena := len(body) < len(s.ar.buf)-s.end
	if !inArena && err == nil {
		s.size = min(2*s.size, maxArena/2)
		body, err = readRest(r, body)
	}
	s.now = time.Now().UnixNano()
	s.tally.bytes += uint64(len(body))
	s.stint.begin()
	defer s.stint.pause(&s.in.meter)
	if inArena {
		s.end += len(body)
	}
	if err != io.EOF {
		// Half a body is no record.
		if inArena {
			return err
		}
		s.consumed += int64(len(body))
		s.tally.received++
		s.tally.unfinished++
		return err
	}
	s.consumed += int64(len(body))
	s.start = s.end
	if len(body) > 0 {
		s.body(body)
	}
	return nil
}

// body is record with the protection that scanSome gives.
func (s *stream) body(b []byte) {
	defer func() {
		if r := recover(); r != nil {
			s.panicked(r)
		}
	}()
	s.record(b)
}

// readUpTo appends to b what r has until b's capacity is used up.
func readUpTo(r io.Reader, b []byte) ([]byte, error) {
	for len(b) < cap(b) {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// readRest appends to a copy of b all that r still has. A reader that knows how
// much that is, at most, says so with Len.
func readRest(r io.Reader, b []byte) ([]byte, error) {
	size := 4 * len(b)
	if l, ok := r.(interface{ Len() int }); ok {
		size = len(b) + min(l.Len(), maxHint) + 1
	}
	b = append(make([]byte, 0, size), b...)
	for {
		var err error
		if b, err = readUpTo(r, b); err != nil {
			return b, err
		}
		b = slices.Grow(b, len(b))
	}
}

// maxHint bounds the memory that is taken because a peer announces a long body.
const maxHint = 1 << 20

// leaveRest forgets an unfinished record.
func (s *stream) leaveRest() {
	if s.end > s.start && !s.skipping {
		s.tally.received++
		s.tally.unfinished++
	}
	s.consumed += int64(s.end - s.start)
	s.start, s.skipping = s.end, false
}

var errNoRecords = errors.New("no records")

// SplitBytes implements plugin.Stream.
func (s *stream) SplitBytes(block []byte, done func()) (int, error) {
	if done != nil {
		defer func() { s.done = append(s.done, done) }()
	}
	if s.end-s.start > 0 {
		s.start = s.end // a block never continues an earlier one
	}
	if s.ar != nil && len(s.ar.buf)-s.end < len(block) {
		s.ar.release()
		s.ar, s.start, s.end = nil, 0, 0
	}
	if s.ar == nil {
		s.ar, s.start, s.end = s.host.arenas.get(max(s.size, len(block))), 0, 0
	}
	s.now = time.Now().UnixNano()
	s.stint.begin()
	defer s.stint.pause(&s.in.meter)
	s.end += copy(s.ar.buf[s.end:], block)
	s.tally.bytes += uint64(len(block))
	before := s.tally
	s.scan(true)
	if s.split.deliverFinal && s.end > s.start {
		s.rest()
	}
	left := s.end - s.start
	s.start, s.skipping = s.end, false
	if before.received == s.tally.received && before.tooLong == s.tally.tooLong && before.unsigned == s.tally.unsigned {
		return len(block) - left, errNoRecords
	}
	return len(block) - left, nil
}
