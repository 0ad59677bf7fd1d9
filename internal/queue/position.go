package queue

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
)

// Position is a place between records: the number of a segment and an offset in
// bytes into its file. Positions grow in the order in which records were
// appended. The position of a record is the one right behind it, so that is
// what to acknowledge when the record is done with.
type Position struct {
	Segment uint64
	Offset  int64
}

// Compare returns -1, 0 or 1 as p lies before, at or behind o.
func (p Position) Compare(o Position) int {
	if c := cmp.Compare(p.Segment, o.Segment); c != 0 {
		return c
	}
	return cmp.Compare(p.Offset, o.Offset)
}

// String returns the form in which checkpoint files and queue cursors show p:
// "<segment> <offset>".
func (p Position) String() string {
	return strconv.FormatUint(p.Segment, 10) + " " + strconv.FormatInt(p.Offset, 10)
}

// Errors of ParsePosition.
var (
	errFormat = errors.New("invalid checkpoint format")
	errID     = errors.New("invalid checkpoint id")
	errOffset = errors.New("invalid checkpoint offset")
)

// ParsePosition reads the form that String writes. White space around the
// numbers is tolerated.
func ParsePosition(text string) (Position, error) {
	words := strings.Fields(text)
	if len(words) != 2 {
		return Position{}, errFormat
	}
	id, err := strconv.ParseUint(words[0], 10, 64)
	if err != nil || id > maxSegment/2 {
		return Position{}, errID
	}
	offset, err := strconv.ParseUint(words[1], 10, 63)
	if err != nil {
		return Position{}, errOffset
	}
	return Position{Segment: id, Offset: int64(offset)}, nil
}

// maxSegment is the highest number of a segment; Heka 0.10 counts in signed
// numbers. Checkpoints end at half of it, so that not even a damaged one uses up
// the numbers.
const maxSegment = 1<<62 - 1
