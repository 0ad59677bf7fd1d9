package framing

import (
	"bytes"
	"fmt"
)

// Frame is one whole, well-formed frame from its record separator to the last
// byte of its body. It aliases the buffer it was found in and is valid as long
// as that is.
type Frame []byte

// Body returns the bytes that were framed.
func (f Frame) Body() []byte { return f[3+int(f[1]):] }

// Header decodes the frame's header.
func (f Frame) Header() (Header, error) { return ParseHeader(f[2 : 2+int(f[1])]) }

// Problem describes what made Next step over something that began like a frame.
// It is an error only in order to be logged: reading goes on behind it.
type Problem struct {
	// Count is the number of headers refused; the other fields tell of the first.
	Count int
	// Offset is where its record separator stands in the data given to Next.
	Offset int
	// Reason is a HeaderError, or nil if the claimed body is too long.
	Reason error
	// Length is the claimed length of a body that is longer than Max bytes.
	Length uint32
	Max    int
}

func (p *Problem) Error() string {
	if p.Reason != nil {
		return "error unmarshaling header: " + p.Reason.Error()
	}
	return fmt.Sprintf("message exceeds the maximum length [%d bytes] len: %d", p.Max, p.Length)
}

// Next finds the first frame in data, the unread bytes of a stream.
//
// With a frame, advance counts the bytes up to its end, so advance-len(frame)
// bytes of garbage stood before it. Without one (frame is nil) advance bytes are
// garbage and the rest, if any, is the beginning of a frame that needs more
// bytes. Bodies of more than maxBody bytes are refused.
//
// atEOF says that no more bytes will come. A frame that is cut short then no
// longer hides whole ones behind its beginning; if there are none, the rest
// behind advance is that incomplete frame.
//
// problem is nil unless headers were refused for a reason worth a log line.
//
// hot: once per record; a well-formed stream costs no allocation and a few
// nanoseconds a record whatever its size.
func Next(data []byte, maxBody int, atEOF bool) (advance int, frame Frame, problem *Problem) {
	if n := plainLen(data, maxBody); n != 0 && n <= len(data) {
		return n, Frame(data[:n:n]), nil
	}
	return search(data, maxBody, atEOF)
}

// plainLen returns the length of the frame that data begins with if its header
// is complete, holds message_length alone, and allows at most maxBody bytes;
// else 0. The body need not be complete.
func plainLen(data []byte, maxBody int) int {
	if len(data) < 5 || data[0] != RecordSeparator || data[2] != tagLength {
		return 0
	}
	h := int(data[1])
	if h < 2 || h > 6 || len(data) < h+3 || data[h+2] != UnitSeparator {
		return 0
	}
	size := uint64(data[3])
	if h == 2 {
		if size >= 0x80 {
			return 0
		}
	} else {
		varint := data[3 : h+2]
		size &= 0x7F
		for i := 1; i < len(varint); i++ {
			if varint[i-1] < 0x80 {
				return 0
			}
			size |= uint64(varint[i]&0x7F) << (7 * i)
		}
		if varint[len(varint)-1] >= 0x80 {
			return 0
		}
	}
	if size > uint64(maxBody) {
		return 0
	}
	return h + 3 + int(size)
}

// search is Next for everything that is not a plain frame at the very start.
func search(data []byte, maxBody int, atEOF bool) (advance int, frame Frame, problem *Problem) {
	pending := -1 // first incomplete frame, at the end of a stream
	for at := 0; ; at++ {
		i := bytes.IndexByte(data[at:], RecordSeparator)
		if i < 0 {
			if pending >= 0 {
				return pending, nil, problem
			}
			return len(data), nil, problem
		}
		at += i
		size, refused := measure(data[at:], maxBody)
		switch {
		case refused != nil && problem == nil:
			refused.Count, refused.Offset = 1, at
			problem = refused
		case refused != nil:
			problem.Count++
		case size > len(data)-at && !atEOF:
			return at, nil, problem
		case size > len(data)-at:
			if pending < 0 {
				pending = at
			}
		case size > 0:
			return at + size, Frame(data[at : at+size : at+size]), problem
		}
	}
}

// measure returns the length of the frame that data, which starts with a record
// separator, claims to begin with. It is more than len(data) if more bytes are
// needed, perhaps only to know, and 0 if there is no frame. refused is not nil
// if that is worth a log line.
func measure(data []byte, maxBody int) (size int, refused *Problem) {
	if len(data) < 2 {
		return len(data) + 1, nil
	}
	h := int(data[1])
	if len(data) < h+3 {
		return h + 3, nil
	}
	if data[h+2] != UnitSeparator {
		return 0, nil
	}
	head, err := ParseHeader(data[2 : h+2])
	if err != nil {
		return 0, &Problem{Reason: err}
	}
	if uint64(head.Length) > uint64(maxBody) {
		return 0, &Problem{Length: head.Length, Max: maxBody}
	}
	return h + 3 + int(head.Length), nil
}
