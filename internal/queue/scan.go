package queue

import (
	"bytes"
	"errors"
	"io"

	"github.com/hekad/heka/internal/framing"
)

// windowSize is how much of a file a scanner reads at once.
const windowSize = 256 << 10

// oldBody is the largest body that a scanner accepts in its place even if the
// limit of this run is lower: lowering max_message_size loses nothing.
const oldBody = 16 << 20

// A search for the next record can be made costly by bytes that look like one
// long record after the other. When so many of them had a wrong checksum, only
// short records are looked for.
const (
	searchLimit = 1 << 30
	searchBody  = 4 << 10
)

// scanner walks over the records of one segment after the other. What is
// damaged is skipped and counted.
//
// Records alias the scanner's window. They are valid until a call of next that
// may read (frozen is off), so a batch of records is taken by freezing the
// scanner behind the first one.
type scanner struct {
	src     io.ReaderAt
	pos     int64 // offset of the next byte to look at
	end     int64 // how many bytes of the file count
	lenient bool  // accept frames without checksum: the file is Heka 0.10's
	maxBody int   // largest body that this run writes

	window []byte
	base   int64 // offset of window[0]
	frozen bool
	lost   bool // pos was found by searching, not by following a record
	spent  int  // bytes whose checksum was wrong in this search

	skipped int64  // bytes of damage passed since takeDamage
	missing uint64 // records known to be lost since takeDamage
	seq     uint64 // number of the next record; 0 if not known
	time    int64  // of the newest leading record, ms since the epoch; 0 if not known
}

// errFrozen says that a frozen scanner would have to read.
var errFrozen = errors.New("window is used up")

// open points the scanner at another file. What is known of numbers and times
// stays, as files follow one another.
func (s *scanner) open(src io.ReaderAt, pos, end int64, lenient bool) {
	s.src, s.pos, s.end, s.lenient = src, pos, end, lenient
	s.window, s.base, s.lost, s.spent = s.window[:0], pos, false, 0
}

// takeDamage returns the bytes skipped and the records known to be missing since
// the last call.
func (s *scanner) takeDamage() (skipped int64, missing uint64) {
	skipped, missing = s.skipped, s.missing
	s.skipped, s.missing = 0, 0
	return skipped, missing
}

// next returns the next good record and its bytes. The error is io.EOF at the
// end, errFrozen if the scanner is frozen and would have to read, or the file's.
// After an error other than io.EOF the call can be repeated.
func (s *scanner) next() (frame, []byte, error) {
	for s.pos < s.end {
		f, data, good, err := s.try(s.pos)
		if err != nil {
			return frame{}, nil, err
		}
		if good {
			s.pos += int64(f.size)
			s.lost, s.spent = false, 0
			s.count(&f)
			return f, data, nil
		}
		if err := s.skip(); err != nil {
			return frame{}, nil, err
		}
	}
	return frame{}, nil, io.EOF
}

// count keeps track of record numbers. A number that is higher than expected
// tells how many records are gone.
func (s *scanner) count(f *frame) {
	if !f.sealed {
		return
	}
	if f.lead.seq != 0 {
		if s.seq != 0 && f.lead.seq > s.seq {
			s.missing += f.lead.seq - s.seq
		}
		s.seq, s.time = f.lead.seq, f.lead.time
	}
	if s.seq != 0 {
		s.seq++
	}
}

// try looks for a whole, good record at offset off.
func (s *scanner) try(off int64) (f frame, data []byte, good bool, err error) {
	left := s.end - off
	if data, err = s.view(off, min(left, framing.MaxOverhead)); err != nil {
		return frame{}, nil, false, err
	}
	f = parseFrame(data)
	limit := max(s.maxBody, oldBody)
	if s.lost {
		limit = s.maxBody
		if s.spent > searchLimit {
			limit = searchBody
		}
	}
	if f.size == 0 || int64(f.size) > left || f.size-f.body > limit || !f.sealed && !s.lenient {
		return frame{}, nil, false, nil
	}
	if data, err = s.view(off, int64(f.size)); err != nil {
		return frame{}, nil, false, err
	}
	if !f.sealed {
		return f, data, true, nil
	}
	if !intact(data, off) {
		s.spent += f.size
		return frame{}, nil, false, nil
	}
	if f.signer != nil { // its bytes may have moved
		f = parseFrame(data)
	}
	return f, data, true, nil
}

// skip steps over damage at pos, to the next byte that may begin a record. The
// damaged record's own length is not trusted: good ones may begin within.
func (s *scanner) skip() error {
	if _, err := s.view(s.pos, 1); err != nil {
		return err
	}
	data := s.window[s.pos-s.base:]
	n := 1 + bytes.IndexByte(data[1:], framing.RecordSeparator)
	if n == 0 {
		n = len(data)
	}
	s.pos, s.skipped, s.lost = s.pos+int64(n), s.skipped+int64(n), true
	return nil
}

// view returns n bytes at offset off, which lie between pos and end.
func (s *scanner) view(off, n int64) ([]byte, error) {
	if from := off - s.base; from >= 0 && from+n <= int64(len(s.window)) {
		return s.window[from : from+n], nil
	}
	if s.frozen {
		return nil, errFrozen
	}
	if err := s.load(off + n); err != nil {
		return nil, err
	}
	return s.window[off-s.base : off-s.base+n], nil
}

// load makes the window hold everything from pos to at least offset to.
func (s *scanner) load(to int64) error {
	keep := 0
	if from := s.pos - s.base; from >= 0 && from < int64(len(s.window)) {
		keep = copy(s.window, s.window[from:])
	}
	need := int(to - s.pos)
	switch {
	case need > cap(s.window):
		bigger := make([]byte, keep, max(need, windowSize))
		copy(bigger, s.window[:keep])
		s.window = bigger
	case cap(s.window) > windowSize && need <= windowSize && keep <= windowSize: // a huge record is over
		smaller := make([]byte, keep, windowSize)
		copy(smaller, s.window[:keep])
		s.window = smaller
	}
	s.base = s.pos
	s.window = s.window[:keep]
	full := s.window[:min(int64(cap(s.window)), s.end-s.pos)]
	for len(s.window) < need {
		n, err := s.src.ReadAt(full[len(s.window):], s.base+int64(len(s.window)))
		s.window = full[:len(s.window)+n]
		if len(s.window) >= need {
			break
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // the file is shorter than it was
		}
		if err != nil {
			return err
		}
	}
	return nil
}
