package queue

import (
	"fmt"
	"io"
)

// leastDrop is how much DropOldest drops at least, so that it is not called for
// every record, unless that is more than an eighth of MaxBufferSize.
const leastDrop = 256 << 10

// DropOldest makes room for a body of size bytes under MaxBufferSize by passing
// over the oldest records that wait: every reader that is not yet behind them
// goes on there, and its acknowledgements for them are refused with ErrPassed.
// It returns how many records, and bytes of the files, the slowest reader loses;
// records that it had in hand but did not acknowledge are among them.
func (q *Queue) DropOldest(size int) (records int, bytes int64, err error) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return 0, 0, ErrClosed
	}
	limit, place := q.opts.MaxBufferSize, q.slowest()
	target := q.total() + int64(size) - limit
	if limit == 0 || target <= place {
		q.mu.Unlock()
		return 0, 0, nil
	}
	target = min(q.total(), max(target, place+min(leastDrop, limit/8)))
	var parts []part
	for _, s := range q.segments {
		if s.end() > place && s.base < target {
			parts = append(parts, part{s, max(0, place-s.base), min(s.size, target-s.base), s.size})
		}
	}
	q.mu.Unlock()

	var pos Position
	for _, p := range parts {
		n, end, err := q.pass(p)
		if err != nil {
			return 0, 0, err
		}
		records, pos = records+n, Position{p.segment.id, end}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range q.cursors {
		if c.acked.Compare(pos) < 0 {
			c.move(q, pos)
		}
	}
	return records, q.place(pos) - place, nil
}

// part is a stretch of a segment: records from one offset on up to the first that
// ends at or behind another.
type part struct {
	segment        *segment
	from, to, size int64
}

// pass counts the records of a part and returns the offset where they end.
func (q *Queue) pass(p part) (records int, end int64, err error) {
	kind, err := q.classify(p.segment)
	if err != nil {
		return 0, 0, fmt.Errorf("drop oldest records: %w", err)
	}
	f, err := q.fs.Open(segmentName(p.segment.id), false)
	if err != nil {
		return 0, 0, fmt.Errorf("drop oldest records: %w", err)
	}
	defer f.Close()
	scan := scanner{maxBody: q.opts.MaxBody}
	scan.open(f, p.from, p.size, kind == plainKind)
	for scan.pos < p.to {
		switch _, _, err := scan.next(); err {
		case nil:
			records++
		case io.EOF:
		default:
			return 0, 0, fmt.Errorf("drop oldest records: %w", err)
		}
	}
	return records, scan.pos, nil
}
