package tcp

import (
	"io"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/message"
)

// remembered is how many of its latest messages a receiver knows of a sender at
// least; it knows up to twice as many.
const remembered = 64 << 10

// recent is a window of the latest UUIDs.
type recent struct {
	now, before map[message.UUID]struct{}
}

// add adds u and reports whether it was there.
//
// hot: once per record of an acknowledged connection.
func (r *recent) add(u message.UUID) (repeat bool) {
	if _, ok := r.now[u]; ok {
		return true
	}
	if _, ok := r.before[u]; ok {
		return true
	}
	if len(r.now) >= remembered {
		r.now, r.before = r.before, r.now
		clear(r.now)
	}
	if r.now == nil {
		r.now = make(map[message.UUID]struct{})
	}
	r.now[u] = struct{}{}
	return false
}

// uuidTag is the tag of Uuid, with which a message nearly always begins, and its
// length.
const uuidField, uuidTag = 1, "\x0a\x10"

// uuidOf finds the UUID of an encoded message.
//
// hot: once per record of an acknowledged connection.
func uuidOf(body []byte) (u message.UUID, ok bool) {
	if len(body) >= len(uuidTag)+len(u) && string(body[:len(uuidTag)]) == uuidTag {
		return message.UUID(body[len(uuidTag):]), true
	}
	for len(body) > 0 {
		num, typ, n := protowire.ConsumeField(body)
		if n < 0 {
			return u, false
		}
		if num == uuidField && typ == protowire.BytesType {
			if v, m := protowire.ConsumeBytes(body[protowire.SizeTag(num):n]); m == len(u)+1 {
				return message.UUID(v), true
			}
		}
		body = body[n:]
	}
	return u, false
}

// sieve reads whole frames of an acknowledged connection and passes them on,
// without those that the sender has sent before.
type sieve struct {
	src     io.Reader
	link    *link
	maxBody int

	buf        []byte
	start, end int    // not yet looked through
	out        []byte // what goes on; part of buf
	err        error  // of src, for when buf has no whole frame
}

// sieveSize is the least size of a sieve's buffer, in bytes.
const sieveSize = 64 << 10

func newSieve(src io.Reader, l *link, maxBody int) *sieve {
	return &sieve{src: src, link: l, maxBody: maxBody, buf: make([]byte, max(sieveSize, framing.MaxRecord(maxBody)))}
}

// Read implements io.Reader. An unfinished frame at the end is passed on as it
// is; it is not acknowledged.
//
// hot: once per read.
func (s *sieve) Read(b []byte) (int, error) {
	for len(s.out) == 0 {
		if s.sift() {
			continue
		}
		if s.err != nil {
			if s.start == s.end {
				return 0, s.err
			}
			s.out, s.start = s.buf[s.start:s.end], s.end
			continue
		}
		s.fill()
	}
	n := copy(b, s.out)
	s.out = s.out[n:]
	return n, nil
}

// fill reads more. There is always room: a frame fits the buffer.
func (s *sieve) fill() {
	s.end = copy(s.buf, s.buf[s.start:s.end])
	s.start = 0
	n, err := s.src.Read(s.buf[s.end:])
	s.end += n
	s.err = err
}

// sift sets out to whole frames that are no repeats, and what is between them.
// It is false if there is no whole frame.
func (s *sieve) sift() bool {
	s.link.origin.mu.Lock()
	defer s.link.origin.mu.Unlock()
	at, behind := s.start, s.start // of what goes on, and of what was looked through
	for at == behind && at < s.end {
		advance, frame, _ := framing.Next(s.buf[at:s.end], s.maxBody, false)
		if advance == 0 {
			break
		}
		at, behind = at+advance, behind+advance
		if frame == nil {
			continue
		}
		if u, ok := uuidOf(frame.Body()); ok && s.link.origin.recent.add(u) {
			at -= len(frame)
			s.link.repeats++
		}
	}
	if behind == s.start {
		return false
	}
	s.link.passed(at-s.start, behind-s.start)
	s.out, s.start = s.buf[s.start:at], behind
	return true
}
