package queue

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/hekad/heka/internal/framing"
)

// segment is one file of records, "<id>.log".
type segment struct {
	id   uint64
	base int64 // bytes in all segments before it, counted from some past moment
	size int64 // bytes of whole records; nothing behind them is ever read
	kind segmentKind
	// delivered is when all readers were done with the segment; zero before.
	delivered time.Time
}

// segmentKind says by which rule the records of a segment are accepted.
type segmentKind uint8

const (
	unknownKind segmentKind = iota // not looked at yet
	sealedKind                     // ours: every record has a checksum
	plainKind                      // Heka 0.10's: frames without checksum
)

func (s *segment) end() int64 { return s.base + s.size }

const segmentSuffix = ".log"

func segmentName(id uint64) string { return strconv.FormatUint(id, 10) + segmentSuffix }

// segmentID returns the number in the name of a segment file.
func segmentID(name string) (id uint64, ok bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || id > maxSegment || segmentName(id) != name {
		return 0, false
	}
	return id, true
}

// kindProbe is how much of a file is searched for a record with a checksum when
// its first record is damaged.
const kindProbe = 1 << 20

// kindOf finds out who wrote a segment of the given size. The first record tells.
// If that is damaged, one record with a checksum further on is proof, and so are
// frames without one that follow one another for longer than a body can be. In
// doubt the segment is ours: what looks like frames may be inside of a body.
func kindOf(f io.ReaderAt, size int64, maxBody int) (segmentKind, error) {
	s := scanner{maxBody: maxBody}
	s.open(f, 0, size, true)
	first, _, good, err := s.try(0)
	if err != nil {
		return unknownKind, err
	}
	if good && first.sealed {
		return sealedKind, nil
	}
	if good && first.plain() {
		return plainKind, nil
	}
	s.open(f, 0, min(size, kindProbe), false)
	if _, _, err := s.next(); err != io.EOF {
		return sealedKind, err
	}
	s.open(f, 0, min(size, kindProbe), true)
	s.takeDamage()
	for row := 0; row <= 2*framing.MaxRecord(maxBody); {
		f, _, err := s.next()
		if err != nil {
			return sealedKind, nil
		}
		if skipped, _ := s.takeDamage(); skipped > 0 {
			row = 0
		}
		row += f.size
	}
	return plainKind, nil
}

// plain reports whether f's header is what Heka 0.10 wrote into queues: a length
// and nothing else. No damage of one byte makes that of a header with a checksum.
func (f *frame) plain() bool { return !f.sealed && f.body <= 3+6 }
