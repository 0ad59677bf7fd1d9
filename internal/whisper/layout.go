package whisper

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

const (
	metaSize    = 16
	archiveSize = 12
	pointSize   = 12
	// maxArchives bounds what a damaged header can ask for.
	maxArchives = 1 << 10
	// maxFile is the largest file whose offsets fit into the header.
	maxFile = math.MaxUint32
)

// Archive is one resolution of a file.
type Archive struct {
	// Step is the seconds for which a point stands; Points is how many there are.
	Step, Points uint32
}

// retention is how far the archive reaches back, in seconds.
func (a Archive) retention() int64 { return int64(a.Step) * int64(a.Points) }

// Layout is what a file is created with.
type Layout struct {
	// Archives, the finest first.
	Archives []Archive
	// Method makes one point of several for coarser archives.
	Method Method
	// XFilesFactor is the part of an interval's points that must be known for an
	// aggregate, from 0 to 1.
	XFilesFactor float32
}

// Check says what is wrong with the layout: archives must become coarser, each step
// must divide the next one, and an archive must have all the points that one of the
// next archive is made of. An archive that reaches back no further than the one
// before is of no use, but Heka's default has one.
func (l *Layout) Check() error {
	if len(l.Archives) == 0 {
		return errors.New("there must be at least one archive")
	}
	if len(l.Archives) > maxArchives {
		return fmt.Errorf("there are %d archives; there may be %d", len(l.Archives), maxArchives)
	}
	if !l.Method.known() {
		return fmt.Errorf("aggregation method %d is unknown", l.Method)
	}
	if !(l.XFilesFactor >= 0 && l.XFilesFactor <= 1) {
		return fmt.Errorf("the x-files factor is %v; it must be from 0 to 1", l.XFilesFactor)
	}
	for i, a := range l.Archives {
		if a.Step == 0 || a.Points == 0 {
			return fmt.Errorf("archive %d has %d points of %d seconds; both must be greater than 0", i, a.Points, a.Step)
		}
		if a.retention() > math.MaxUint32 {
			return fmt.Errorf("archive %d reaches back too far", i)
		}
		if i == 0 {
			continue
		}
		switch fine := l.Archives[i-1]; {
		case fine.Step >= a.Step:
			return fmt.Errorf("archive %d has points of %d seconds; it must be coarser than the one before, of %d", i, a.Step, fine.Step)
		case a.Step%fine.Step != 0:
			return fmt.Errorf("archive %d has points of %d seconds, which is no multiple of the %d before", i, a.Step, fine.Step)
		case fine.Points < a.Step/fine.Step:
			return fmt.Errorf("archive %d has %d points; one of the next archive is made of %d", i-1, fine.Points, a.Step/fine.Step)
		}
	}
	if l.size() > maxFile {
		return fmt.Errorf("the file would have %d bytes; it may have %d", l.size(), int64(maxFile))
	}
	return nil
}

// size is that of the whole file in bytes.
func (l *Layout) size() int64 {
	n := l.headerSize()
	for _, a := range l.Archives {
		n += int64(a.Points) * pointSize
	}
	return n
}

func (l *Layout) headerSize() int64 { return metaSize + archiveSize*int64(len(l.Archives)) }

func (l *Layout) maxRetention() int64 {
	longest := int64(0)
	for _, a := range l.Archives {
		longest = max(longest, a.retention())
	}
	return longest
}

// header is the beginning of the file.
func (l *Layout) header() []byte {
	b := make([]byte, 0, l.headerSize())
	b = binary.BigEndian.AppendUint32(b, uint32(l.Method))
	b = binary.BigEndian.AppendUint32(b, uint32(l.maxRetention()))
	b = binary.BigEndian.AppendUint32(b, math.Float32bits(l.XFilesFactor))
	b = binary.BigEndian.AppendUint32(b, uint32(len(l.Archives)))
	offset := uint32(l.headerSize())
	for _, a := range l.Archives {
		b = binary.BigEndian.AppendUint32(b, offset)
		b = binary.BigEndian.AppendUint32(b, a.Step)
		b = binary.BigEndian.AppendUint32(b, a.Points)
		offset += a.Points * pointSize
	}
	return b
}

// Point is a value at a time, in Unix seconds.
type Point struct {
	Time  uint32
	Value float64
}

func appendPoint(b []byte, p Point) []byte {
	b = binary.BigEndian.AppendUint32(b, p.Time)
	return binary.BigEndian.AppendUint64(b, math.Float64bits(p.Value))
}

func pointAt(b []byte, i int) Point {
	b = b[i*pointSize:]
	return Point{binary.BigEndian.Uint32(b), math.Float64frombits(binary.BigEndian.Uint64(b[4:]))}
}
