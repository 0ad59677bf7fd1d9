package queue

import (
	"errors"
	"fmt"
	"strconv"
)

// Rewritten tells what Rewrite did.
type Rewritten struct {
	// Files were written anew.
	Files int
	// Kept and Dropped count records, Damaged the bytes that were no records and
	// are gone.
	Kept, Dropped uint64
	Damaged       int64
}

// Rewrite goes through a directory that no queue has open (else ErrLocked) and
// writes the files anew that hold damage or records for which keep is false;
// nil keeps all. Checkpoints move along. A crash at any moment loses no record
// that is kept, but may let some be delivered again. Readers will count the
// dropped records as missing.
func Rewrite(fs FS, keep func(Record) bool) (done Rewritten, err error) {
	lock, err := fs.Lock()
	if err != nil {
		return done, fmt.Errorf("rewrite queue: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	d, err := Inspect(fs)
	if err != nil {
		return done, err
	}
	w := rewriter{dir: d, keep: keep, done: &done}
	for _, s := range d.Segments {
		if err := w.segment(s); err != nil {
			return done, fmt.Errorf("rewrite queue file %s: %w", s.Name, err)
		}
	}
	return done, nil
}

type rewriter struct {
	dir  *Directory
	keep func(Record) bool
	done *Rewritten
	scan scanner
}

// moved is a checkpoint in a segment that is being rewritten.
type moved struct {
	reader  string
	old     int64
	offset  int64 // where the first record at or behind old begins now
	decided bool
}

// segment rewrites one segment if there is need.
func (w *rewriter) segment(s SegmentInfo) error {
	dropped, damaged := uint64(0), int64(0)
	w.scan.maxBody = oldBody
	err := w.dir.walk(&w.scan, s, 0, func(it Item) error {
		damaged += it.Damaged
		if it.Record.Body != nil && !w.keeps(it.Record) {
			dropped++
		}
		return nil
	})
	if err != nil || dropped == 0 && damaged == 0 {
		return err
	}
	var marks []*moved
	for _, c := range w.dir.Checkpoints {
		if c.Err == nil && c.Position.Segment == s.ID && c.Position.Offset > 0 {
			marks = append(marks, &moved{reader: c.Reader, old: c.Position.Offset})
		}
	}
	temp := strconv.FormatUint(s.ID, 10) + tempSuffix
	if err := w.copy(s, temp, marks); err != nil {
		return errors.Join(err, w.dir.fs.Remove(temp))
	}
	// In between, the checkpoints stand at the start of the file, where they are
	// right whichever of the two files a crash leaves.
	if err := w.checkpoints(s, marks, func(*moved) int64 { return 0 }); err != nil {
		return err
	}
	if err := w.dir.fs.Rename(temp, s.Name); err != nil {
		return err
	}
	if err := w.checkpoints(s, marks, func(m *moved) int64 { return m.offset }); err != nil {
		return err
	}
	w.done.Files++
	w.done.Dropped += dropped
	w.done.Damaged += damaged
	return nil
}

func (w *rewriter) keeps(r Record) bool { return w.keep == nil || w.keep(r) }

// copy writes the records of s that are kept to a new file and finds out where
// the marks belong in it.
func (w *rewriter) copy(s SegmentInfo, temp string, marks []*moved) error {
	f, err := w.dir.fs.Create(temp)
	if err != nil {
		if w.dir.fs.Remove(temp) != nil { // left over from a crash
			return err
		}
		if f, err = w.dir.fs.Create(temp); err != nil {
			return err
		}
	}
	var buf []byte
	written, gap, told := int64(0), true, int64(0)
	flush := func(least int) error {
		if len(buf) <= least {
			return nil
		}
		n, err := f.Write(buf)
		written += int64(n)
		buf = buf[:0]
		return err
	}
	w.scan.seq, w.scan.time = 0, 0
	err = w.dir.walk(&w.scan, s, 0, func(it Item) error {
		at := written + int64(len(buf))
		for _, m := range marks {
			if !m.decided && it.Start.Offset >= m.old {
				m.offset, m.decided = at, true
			}
		}
		gap = gap || it.Damaged > 0
		if it.Record.Body == nil || !w.keeps(it.Record) {
			gap = true
			return nil
		}
		var l *lead
		if w.scan.seq > 0 && (gap || w.scan.time != told) { // as it was, and behind every gap
			l = &lead{seq: w.scan.seq - 1, time: w.scan.time}
		}
		gap, told = false, w.scan.time
		w.done.Kept++
		buf = appendSealed(buf, &it.Record, at, l)
		return flush(windowSize)
	})
	if err == nil {
		err = flush(0)
	}
	for _, m := range marks {
		if !m.decided {
			m.offset = written
		}
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// checkpoints puts the marked checkpoints at new offsets.
func (w *rewriter) checkpoints(s SegmentInfo, marks []*moved, offset func(*moved) int64) error {
	for _, m := range marks {
		if err := writeCheckpoint(w.dir.fs, m.reader, Position{s.ID, offset(m)}, true); err != nil {
			return err
		}
	}
	return w.dir.fs.Sync()
}
