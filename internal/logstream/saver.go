package logstream

import (
	"errors"
	"io/fs"
	"os"
	"slices"
)

// A Saver keeps the position of one stream in a journal up to date, cheaply and
// often with Note, durably and seldom with Save. It is for one goroutine at a time.
type Saver struct {
	journal *Journal
	stream  string

	saved Position // in the position file, if known is set
	known bool
	sum   uint32   // checksum of the position file
	noted int64    // seek of the last position that was noted or saved
	f     *os.File // progress file, or nil
	turn  int64    // slot to be written next
	slot  []byte
}

// Saver returns a saver for a stream. It opens nothing before it is used.
func (j *Journal) Saver(stream string) *Saver { return &Saver{journal: j, stream: stream} }

// Save is Journal.Save.
func (s *Saver) Save(p Position) error {
	s.known = false
	sum, err := s.journal.save(s.stream, p)
	if err != nil {
		return err
	}
	s.saved, s.known, s.sum, s.noted = p, true, sum, p.Seek
	return nil
}

// Note replaces the position so that it outlives the process; before the end of
// the system it should be saved. It is saved at once if it is in another file
// than the one saved last, or the first.
//
// hot: some hundred times a second; one write.
func (s *Saver) Note(p Position) error {
	if !s.CanNote(&p) {
		return s.Save(p)
	}
	if err := s.open(); err != nil {
		return s.journal.saveError(s.stream, err)
	}
	s.slot = appendSlot(s.slot[:0], &p, s.sum)
	if _, err := s.f.WriteAt(s.slot, s.turn*slotDistance); err != nil {
		return s.journal.saveError(s.stream, err)
	}
	s.turn, s.noted = 1-s.turn, p.Seek
	return nil
}

// CanNote reports whether Note is cheap for a position.
func (s *Saver) CanNote(p *Position) bool {
	return s.known && p.Seek >= s.noted && p.goesOn(&s.saved)
}

func (s *Saver) open() error {
	if s.f != nil {
		return nil
	}
	root := s.journal.current()
	f, err := root.OpenFile(journalName(root, s.stream)+progressSuffix, os.O_WRONLY|os.O_CREATE, journalMode)
	s.f = f
	return err
}

// Release closes what is open. A later Note opens it again.
func (s *Saver) Release() error {
	if s.f == nil {
		return nil
	}
	err := s.f.Close()
	s.f = nil
	return err
}

// Close ends the saver; if the last position was saved it leaves nothing but the
// position file.
func (s *Saver) Close() error {
	err := s.Release()
	if !s.known || s.noted != s.saved.Seek {
		return err
	}
	root := s.journal.current()
	gone := root.Remove(journalName(root, s.stream) + progressSuffix)
	if errors.Is(gone, fs.ErrNotExist) {
		gone = nil
	}
	return errors.Join(err, gone)
}

// Is reports whether two positions are the same place, with nothing of other
// files to remember.
func (p *Position) Is(o *Position) bool {
	return p.FileName == o.FileName && p.FileID == o.FileID && p.Seek == o.Seek && p.LastHash == o.LastHash &&
		p.After == nil && o.After == nil && len(p.Behind) == 0 && len(o.Behind) == 0
}

// goesOn reports whether p is the position o or a later one in the same file,
// with all else as it was.
func (p *Position) goesOn(o *Position) bool {
	if p.FileName != o.FileName || p.FileID != o.FileID || p.Seek < o.Seek || p.Seek == 0 || len(p.Behind) != len(o.Behind) ||
		!slices.Equal(p.Waiting, o.Waiting) {
		return false
	}
	if p.After != nil || o.After != nil && o.Seek > 0 {
		return false
	}
	return slices.EqualFunc(p.Behind, o.Behind, func(a, b Position) bool {
		return a.FileName == b.FileName && a.FileID == b.FileID && a.Seek == b.Seek && a.LastHash == b.LastHash
	})
}
