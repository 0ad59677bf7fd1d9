package queue

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// Report tells what Open found.
type Report struct {
	// Segments is the number of files with records, Bytes their size, delivered
	// records included.
	Segments int
	Bytes    int64
	// Readers are the names of the readers that have a checkpoint; files are
	// kept until all of them are done.
	Readers []string
	// Torn is the number of bytes cut off the end of the newest file because
	// they were no whole record: a crash left them.
	Torn int64
	// Damaged is the number of other bytes in the newest file that are no
	// record. They are skipped, and counted again, when they are read.
	Damaged int64
	// Problems are sentences for the log: what was repaired, set aside or could
	// not be used.
	Problems []string
}

func (r *Report) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// Open opens the queue in the directory dir and makes it if there is none. A
// directory left by Heka 0.10, or by a crash, is taken as it is: Open repairs the
// end of the newest file, reads nothing of the others, and only fails if the
// directory cannot be used at all or is in use (ErrLocked). Close must be called.
func Open(dir string, opts Options) (*Queue, Report, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, Report{}, fmt.Errorf("open queue: %w", err)
	}
	return OpenFS(Dir(dir), opts)
}

// OpenFS is Open for a directory given as an FS.
func OpenFS(fs FS, opts Options) (*Queue, Report, error) {
	lock, err := fs.Lock()
	if err != nil {
		return nil, Report{}, fmt.Errorf("open queue: %w", err)
	}
	q := &Queue{
		fs: fs, lock: lock, opts: opts.withDefaults(),
		kick: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{}),
	}
	report, err := q.recover()
	if err != nil {
		return nil, report, errors.Join(fmt.Errorf("open queue: %w", err), lock.Close())
	}
	q.nudge() // there may be files to delete
	go q.keep()
	return q, report, nil
}

// recover brings the state of a new queue in line with its directory.
func (q *Queue) recover() (Report, error) {
	var report Report
	files, err := q.fs.List()
	if err != nil {
		return report, err
	}
	for _, f := range files {
		if id, ok := segmentID(f.Name); ok {
			q.segments = append(q.segments, &segment{id: id, size: f.Size, delivered: f.Changed})
			q.nextID = max(q.nextID, id+1)
		}
		if stem, ok := strings.CutSuffix(f.Name, tempSuffix); ok {
			_, segment := segmentID(stem + segmentSuffix)
			if _, checkpoint := checkpointReader(stem); segment || checkpoint {
				_ = q.fs.Remove(f.Name) // or it stays, which does no harm
			}
		}
	}
	slices.SortFunc(q.segments, func(a, b *segment) int { return cmp.Compare(a.id, b.id) })
	found := q.readCheckpoints(files, &report)
	q.repairEnd(found, &report)
	base := int64(0)
	for _, s := range q.segments {
		s.base = base
		base = s.end()
		report.Bytes += s.size
	}
	report.Segments = len(q.segments)
	q.durable = q.end()
	report.Readers = slices.Sorted(maps.Keys(found))
	for _, name := range report.Readers {
		q.restore(name, found[name], &report)
	}
	for _, s := range q.segments[len(q.delivered()):] { // the others were marked with the time by an earlier run
		s.delivered = time.Time{}
	}
	return report, nil
}

// nowhere is the position of a checkpoint that is not there or not to be used.
var nowhere = Position{Offset: -1}

// readCheckpoints returns the positions in all checkpoint files.
func (q *Queue) readCheckpoints(files []FileInfo, report *Report) map[string]Position {
	found := map[string]Position{}
	for _, f := range files {
		name, ok := checkpointReader(f.Name)
		if !ok {
			continue
		}
		pos, err := readCheckpoint(q.fs, name)
		if err != nil {
			report.problem("%s cannot be used and everything in the queue is delivered again: %v", f.Name, err)
			found[name] = nowhere
			continue
		}
		found[name] = pos
		q.nextID = max(q.nextID, min(pos.Segment, maxSegment-1)+1)
	}
	return found
}

// repairEnd finds the newest file with records in it, cuts off what a crash left
// behind its last record, and finds the number of the next record.
func (q *Queue) repairEnd(found map[string]Position, report *Report) {
	for len(q.segments) > 0 {
		s := q.segments[len(q.segments)-1]
		keep, err := q.repair(s, found, report)
		if err != nil {
			report.problem("%s cannot be checked: %v", segmentName(s.id), err)
		}
		if keep {
			break
		}
		q.segments = q.segments[:len(q.segments)-1]
	}
	for i := len(q.segments) - 2; i >= 0 && q.nextSeq == 0; i-- { // Heka 0.10 wrote last, without numbers
		s := q.segments[i]
		if kind, _ := q.classify(s); kind != sealedKind {
			continue
		}
		if m, err := q.measure(s, 0); err == nil {
			q.nextSeq = m.seq
		}
	}
	q.nextSeq = max(q.nextSeq, 1)
}

// repair checks the newest file and reports whether it is to be kept.
func (q *Queue) repair(s *segment, found map[string]Position, report *Report) (keep bool, err error) {
	name := segmentName(s.id)
	if s.size == 0 {
		return false, q.fs.Remove(name)
	}
	if _, err := q.classify(s); err != nil {
		return true, err
	}
	from := s.size
	for _, pos := range found {
		if pos.Segment != s.id || pos.Offset > s.size {
			from = 0
		}
		from = max(0, min(from, pos.Offset))
	}
	if len(found) == 0 || !q.recordAt(s, from) {
		from = 0
	}
	m, err := q.measure(s, from)
	if err != nil {
		return true, err
	}
	if q.nextSeq = m.seq; m.seq == 0 { // look behind the records that are not needed
		if m, err := q.measure(s, max(0, from-peekLimit)); err == nil {
			q.nextSeq = m.seq
		}
	}
	torn := s.size - m.end
	report.Damaged += m.damaged - torn
	if m.end == 0 {
		return false, q.setAside(s, report)
	}
	if torn > 0 {
		report.Torn = torn
		report.problem("%d bytes behind the last whole record of %s were cut off", torn, name)
	}
	s.size = m.end
	return true, q.secure(s, torn > 0)
}

// secure cuts the file of s to its size, if it is torn, and makes it durable: a
// process that was killed has not, and records in it may be acknowledged now.
func (q *Queue) secure(s *segment, torn bool) error {
	f, err := q.fs.Open(segmentName(s.id), true)
	if err != nil {
		return err
	}
	if torn {
		err = f.Truncate(s.size)
	}
	if err == nil && q.opts.Fsync != Never {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// setAside renames a file in which no record was found, so that nothing is lost
// that somebody may still know how to read. A file of zeros, which is what a
// crash leaves, is deleted.
func (q *Queue) setAside(s *segment, report *Report) error {
	name := segmentName(s.id)
	f, err := q.fs.Open(name, false)
	if err != nil {
		return err
	}
	var start [4096]byte
	n, _ := f.ReadAt(start[:], 0)
	if err := f.Close(); err != nil {
		return err
	}
	if len(bytes.Trim(start[:n], "\x00")) == 0 {
		report.Torn += s.size
		report.problem("%s held nothing but zeros and was deleted", name)
		return q.fs.Remove(name)
	}
	aside := strings.TrimSuffix(name, segmentSuffix) + ".damaged"
	report.problem("%s holds no record and was renamed to %s", name, aside)
	return q.fs.Rename(name, aside)
}

// measured is what a walk through a segment found.
type measured struct {
	end     int64  // behind the last record
	damaged int64  // bytes that are no record, at the end too
	seq     uint64 // number of the record after the last; 0 if not known
}

// measure walks through a segment from an offset at which a record begins.
func (q *Queue) measure(s *segment, from int64) (m measured, err error) {
	f, err := q.fs.Open(segmentName(s.id), false)
	if err != nil {
		return m, err
	}
	defer f.Close()
	scan := scanner{maxBody: q.opts.MaxBody}
	scan.open(f, from, s.size, s.kind == plainKind)
	m.end = from
	for {
		switch _, _, err := scan.next(); err {
		case nil:
			m.end = scan.pos
		case io.EOF:
			m.damaged, _ = scan.takeDamage()
			m.seq = scan.seq
			return m, nil
		default:
			return m, err
		}
	}
}

// classify returns the kind of a segment, which it finds out if need be. mu is
// not held.
func (q *Queue) classify(s *segment) (segmentKind, error) {
	q.mu.Lock()
	kind := s.kind
	q.mu.Unlock()
	if kind != unknownKind {
		return kind, nil
	}
	f, err := q.fs.Open(segmentName(s.id), false)
	if err != nil {
		return unknownKind, err
	}
	defer f.Close()
	if kind, err = kindOf(f, s.size, q.opts.MaxBody); err != nil {
		return unknownKind, err
	}
	q.mu.Lock()
	s.kind = kind
	q.mu.Unlock()
	return kind, nil
}
