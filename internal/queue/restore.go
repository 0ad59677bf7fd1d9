package queue

import (
	"io"
	"slices"
	"time"
)

// recordAt reports whether an offset is one at which a record begins, or the end.
// It looks at the record there alone.
func (q *Queue) recordAt(s *segment, offset int64) bool {
	if offset == 0 || offset == s.size {
		return true
	}
	if offset > s.size {
		return false
	}
	kind, err := q.classify(s)
	if err != nil {
		return false
	}
	f, err := q.fs.Open(segmentName(s.id), false)
	if err != nil {
		return false
	}
	defer f.Close()
	scan := scanner{maxBody: q.opts.MaxBody}
	scan.open(f, offset, s.size, kind == plainKind)
	_, _, good, err := scan.try(offset)
	return good && err == nil
}

// recordEnds reports whether some record of a segment ends at an offset, by
// walking through the whole of it.
func (q *Queue) recordEnds(s *segment, offset int64) bool {
	kind, err := q.classify(s)
	if err != nil {
		return true // not to be told; reading will show
	}
	f, err := q.fs.Open(segmentName(s.id), false)
	if err != nil {
		return true
	}
	defer f.Close()
	scan := scanner{maxBody: q.opts.MaxBody}
	scan.open(f, 0, s.size, kind == plainKind)
	for scan.pos < offset {
		if _, _, err := scan.next(); err != nil {
			return err != io.EOF
		}
	}
	return scan.pos == offset
}

// restore makes the cursor of a reader with a checkpoint at pos. A checkpoint
// that does not fit the files cannot be trusted: rather than to lose records the
// reader starts at the oldest.
func (q *Queue) restore(name string, pos Position, report *Report) {
	file, saved := checkpointName(name), pos
	if pos == nowhere {
		pos = q.oldest()
	}
	distrust := func(why string) {
		report.problem("%s (%v) cannot be right and everything in the queue is delivered again: %s", file, pos, why)
		pos = q.oldest()
	}
	i, exact := q.find(pos.Segment)
	switch {
	case !exact && i == len(q.segments) && i > 0:
		distrust("there is no such file and none behind it")
	case !exact:
	case pos.Offset > q.segments[i].size:
		report.problem("%s (%v) is behind the end of its file", file, pos)
		pos.Offset = q.segments[i].size
	case !q.recordAt(q.segments[i], pos.Offset) && !q.recordEnds(q.segments[i], pos.Offset):
		distrust("no record ends there")
	}
	if pos != saved { // files must not be deleted for what that file says
		saved = nowhere
	}
	c := &cursor{name: name, acked: pos, saved: saved, place: q.place(pos), due: saved == nowhere}
	c.seq, c.oldest = q.peek(pos)
	q.addCursor(c)
}

// oldest returns the position before the oldest record. mu is held, or nobody
// else has the queue yet.
func (q *Queue) oldest() Position {
	if len(q.segments) > 0 {
		return Position{Segment: q.segments[0].id}
	}
	return q.end()
}

// peekLimit is how far from a position the next leading record is looked for;
// more than a write.
const peekLimit = maxWrite + oldBody

// peek finds the number and the time of the record behind pos, both zero if they
// are not known. The time may be that of a record shortly behind it.
func (q *Queue) peek(pos Position) (seq uint64, oldest time.Time) {
	q.mu.Lock()
	i, exact := q.find(pos.Segment)
	segments, end, next := slices.Clone(q.segments[i:]), q.end(), q.nextSeq
	q.mu.Unlock()
	passed := uint64(0)
	for i, s := range segments {
		from, size := int64(0), end.Offset // the last segment may be growing
		if s.id != end.Segment {
			size = s.size
		}
		if i == 0 && exact {
			from = pos.Offset
		}
		if from >= size {
			continue
		}
		if kind, err := q.classify(s); kind != sealedKind && err == nil {
			continue // Heka 0.10 gave no numbers
		}
		n, l, found := q.firstLead(s, from, min(size, from+peekLimit))
		passed += n
		switch {
		case found && l.seq > passed:
			return l.seq - passed, time.UnixMilli(l.time)
		case found || from+peekLimit < size:
			return 0, time.Time{}
		}
	}
	if passed < next {
		next -= passed
	}
	return next, time.Time{}
}

// firstLead looks for the first leading record between two offsets of a segment.
// It returns the number of records in front of it.
func (q *Queue) firstLead(s *segment, from, to int64) (passed uint64, l lead, found bool) {
	f, err := q.fs.Open(segmentName(s.id), false)
	if err != nil {
		return 0, lead{}, false
	}
	defer f.Close()
	scan := scanner{maxBody: q.opts.MaxBody}
	scan.open(f, from, to, false)
	for {
		f, _, err := scan.next()
		if err != nil {
			return passed, lead{}, false
		}
		if f.lead.seq > 0 {
			return passed, f.lead, true
		}
		passed++
	}
}
