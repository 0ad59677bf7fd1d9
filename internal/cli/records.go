package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/message"
)

// recordKind is how messages lie in a file.
type recordKind uint8

const (
	framedRecords recordKind = iota // stream framing around protobuf
	jsonRecords                     // one JSON object a line
	textRecords                     // one payload a line, which keeps its line end
	queuedRecords                   // in a queue's directory
)

// readSize is the first size of the buffer, in bytes.
const readSize = 1 << 20

// records finds the messages of a source, one after the other.
type records struct {
	src  io.Reader
	kind recordKind
	max  int // bytes of a message
	diag *diagnosis
	// follow: the end of the source is not final, next may be called again.
	follow bool
	// beforeRead, if not nil, is called before the source is read.
	beforeRead func()

	buf        []byte
	start, end int   // unread part of buf
	base       int64 // offset of buf[0] in the source
	ended      bool
	garbageAt  int64 // offset of the garbage in front of start
	garbage    int64 // its length in bytes
	overlong   bool  // the rest of a line is to be skipped
	scanned    int   // bytes of the unread part that hold no line end
	parsed     message.Message

	// The current record, valid until the next call of next. message is nil
	// when it could not be decoded.
	record  []byte
	offset  int64
	message *message.Message
	// err is why the source could not be read to its end.
	err error
}

func newRecords(src io.Reader, kind recordKind, maxMessage int, diag *diagnosis) *records {
	return &records{src: src, kind: kind, max: maxMessage, diag: diag, buf: make([]byte, readSize)}
}

// next moves to the next record. It returns false at the end of the source.
//
// hot: once per record.
func (r *records) next() bool {
	for {
		found := false
		if r.kind == framedRecords {
			found = r.frame()
		} else {
			found = r.line()
		}
		if found {
			return true
		}
		if r.ended {
			r.finish()
			return false
		}
		if !r.fill() {
			return false
		}
	}
}

// frame takes the next whole frame of the buffer.
func (r *records) frame() bool {
	advance, frame, problem := framing.Next(r.buf[r.start:r.end], r.max, r.ended)
	if problem != nil {
		r.diag.say("Splitter 'HekaFramingSplitter' error: %v", problem)
	}
	r.skipped(advance - len(frame))
	r.start += advance
	if frame == nil {
		return false
	}
	r.reportGarbage()
	r.record, r.offset = frame, r.base+int64(r.start-len(frame))
	r.decoded(r.parsed.Parse(frame.Body()))
	return true
}

// line takes the next whole line of the buffer that is not blank.
func (r *records) line() bool {
	for r.start < r.end {
		line, whole := r.cut()
		if !whole {
			return false
		}
		r.offset = r.base + int64(r.start-len(line))
		if r.kind == textRecords && len(line) > 0 {
			r.record = line
			r.parsed.Reset()
			r.parsed.SetPayload(string(line))
			r.message = &r.parsed
			return true
		}
		if r.record = bytes.TrimSpace(line); len(r.record) > 0 {
			r.decoded(r.parsed.ParseJSON(r.record))
			return true
		}
	}
	return false
}

// cut takes a line off the buffer; the last one of a source needs no line end.
// What is left of a line that is too long counts as an empty one.
func (r *records) cut() (line []byte, whole bool) {
	// JSON is larger than protobuf, for bytes and numbers by factors that this
	// allows for.
	longest := 8*r.max + readSize
	data := r.buf[r.start:r.end]
	n := bytes.IndexByte(data[r.scanned:], '\n') + 1
	switch {
	case n > 0:
		n += r.scanned
	case r.ended:
		n = len(data)
	case r.overlong || len(data) > longest:
		if !r.overlong {
			r.diag.say("line at offset %d is too long", r.base+int64(r.start))
		}
		r.overlong, r.start, r.scanned = true, r.end, 0
		return nil, false
	default:
		r.scanned = len(data)
		return nil, false
	}
	r.start += n
	r.scanned = 0
	if r.overlong {
		r.overlong = false
		return nil, true
	}
	return data[:n], true
}

// decoded notes what became of the record's message.
func (r *records) decoded(err error) {
	r.message = &r.parsed
	if err != nil {
		r.message = nil
		r.diag.say("Error unmarshalling message at offset: %d error: %v", r.offset, err)
	}
}

// skipped counts bytes that belong to no record, at the start of the unread
// part.
func (r *records) skipped(n int) {
	if n == 0 {
		return
	}
	if r.garbage == 0 {
		r.garbageAt = r.base + int64(r.start)
	}
	r.garbage += int64(n)
}

// reportGarbage tells of the bytes that were skipped.
func (r *records) reportGarbage() {
	if r.garbage > 0 {
		r.diag.say("Corruption detected at offset: %d bytes: %d", r.garbageAt, r.garbage)
		r.garbage = 0
	}
}

// finish tells of what is left at the end of the source.
func (r *records) finish() {
	r.reportGarbage()
	if left := r.end - r.start; left > 0 {
		r.diag.say("Incomplete record at the end, at offset: %d bytes: %d", r.base+int64(r.start), left)
		r.start = r.end
	}
}

// fill reads more behind the unread part, for which it makes room. It returns
// false at an end that is not final.
func (r *records) fill() bool {
	if r.start > 0 {
		r.end = copy(r.buf, r.buf[r.start:r.end])
		r.base += int64(r.start)
		r.start = 0
	}
	if r.end == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	if r.beforeRead != nil {
		r.beforeRead()
	}
	n, err := r.src.Read(r.buf[r.end:])
	r.end += n
	switch {
	case err == nil:
		return true
	case errors.Is(err, io.EOF) && r.follow:
		return n > 0
	case !errors.Is(err, io.EOF):
		r.err = fmt.Errorf("read at offset %d: %w", r.base+int64(r.end), err)
	}
	r.ended = true
	return true
}

// restart goes on at the beginning of the source, which has become shorter.
func (r *records) restart() {
	r.start, r.end, r.base, r.garbage, r.overlong, r.scanned = 0, 0, 0, 0, false, 0
}

// place says where the current record stands, for messages about it; nothing when
// r is nil.
func (r *records) place() string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf(" at offset: %d", r.offset)
}
