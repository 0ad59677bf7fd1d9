package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// What a batch of records may hold.
const (
	batchRecords = 256
	batchBytes   = 256 << 10
)

// Reader hands out the records of a queue in the order in which they were
// appended. Each reader has a position of its own, which it keeps across runs:
// what was not acknowledged is handed out again. Its methods may be called from
// any goroutine.
type Reader struct {
	queue  *Queue
	cursor *cursor
	ready  chan struct{}
	pos    Position // behind the last record handed out; guarded by Queue.mu

	mu      sync.Mutex // guards everything below: one batch is made at a time
	closed  bool
	file    File
	fileID  uint64
	plain   bool // file is Heka 0.10's
	scan    scanner
	block   *block // that records of the last batch are in
	records []Record
	signer  string // of the last record that had one
}

// Batch is what a reader hands out at once.
type Batch struct {
	// Records are valid until the reader's next call of Next, Poll or Close. There
	// are none if damage is all that was found.
	Records []Record
	// End is the position behind the batch, damage included: what to acknowledge
	// when all of it is done with.
	End Position
	// Damaged is the number of bytes before and between the records that are no
	// records; Missing is the number of records known to have been there. Missing
	// may turn up in a later batch than Damaged.
	Damaged int64
	Missing uint64
}

// Reader opens the reader of that name; only one can be open at a time. The one
// without a name is the reader that Heka 0.10 knows. A reader that the directory
// does not know yet begins with the oldest record. From then on records are kept
// until it has acknowledged them, in later runs too, until RemoveReader.
func (q *Queue) Reader(name string) (*Reader, error) {
	if err := checkReader(name); err != nil {
		return nil, err
	}
	q.mu.Lock()
	c, oldest := q.cursor(name), q.oldest()
	q.mu.Unlock()
	if c == nil {
		c = &cursor{name: name, acked: oldest, saved: nowhere, due: true}
		c.seq, c.oldest = q.peek(oldest)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, ErrClosed
	}
	if now := q.cursor(name); now != nil {
		c = now
	} else {
		c.place = q.place(c.acked)
		q.addCursor(c)
		q.nudge()
	}
	if c.reader != nil {
		return nil, fmt.Errorf("reader %q is open already", name)
	}
	r := &Reader{queue: q, cursor: c, ready: make(chan struct{}, 1), pos: c.acked}
	r.scan.maxBody = q.opts.MaxBody
	c.reader = r
	c.wake()
	return r, nil
}

// RemoveReader forgets a closed reader and its checkpoint; records are no longer
// kept for it.
func (q *Queue) RemoveReader(name string) error {
	q.syncMu.Lock()
	defer q.syncMu.Unlock()
	q.mu.Lock()
	c := q.cursor(name)
	if c == nil || c.reader != nil || q.closed {
		q.mu.Unlock()
		if c == nil {
			return fmt.Errorf("reader %q is not known", name)
		}
		return fmt.Errorf("reader %q is open", name)
	}
	q.cursors = slices.DeleteFunc(q.cursors, func(other *cursor) bool { return other == c })
	q.freeSpace()
	q.mu.Unlock()
	q.nudge()
	if err := q.fs.Remove(checkpointName(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove reader %q: %w", name, err)
	}
	return nil
}

// Next returns the next batch. It waits until there is one, the context is done
// or the queue closed.
func (r *Reader) Next(ctx context.Context) (Batch, error) {
	for {
		b, err := r.Poll()
		if err != nil || len(b.Records) > 0 || b.Damaged > 0 {
			return b, err
		}
		select {
		case <-r.ready:
		case <-ctx.Done():
			return Batch{}, ctx.Err()
		}
	}
}

// Ready returns a channel that delivers a value when Poll may have something. It
// can deliver one although there is nothing.
func (r *Reader) Ready() <-chan struct{} { return r.ready }

// Poll returns the next batch, which is empty if there are no more records now.
// The error is ErrClosed or the disk's; after the latter the call can be
// repeated.
//
// hot: once per batch; allocates nothing while the reader keeps up.
func (r *Reader) Poll() (Batch, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = r.records[:0]
	for {
		src, err := r.next()
		if err != nil || src.segment == nil && src.data == nil {
			return Batch{End: src.pos}, err
		}
		behind := src.pos
		if src.data != nil {
			behind.Offset += r.takeMemory(src.data, src.pos)
		} else if behind.Offset, err = r.takeFile(src); err != nil {
			return Batch{End: src.pos}, err
		}
		if b := r.hand(behind); len(b.Records) > 0 || b.Damaged > 0 {
			return b, nil
		}
	}
}

// source is where the next records are: in memory or in a file.
type source struct {
	pos     Position
	data    []byte // from pos on, if in memory
	segment *segment
	size    int64
}

// next finds out where the next records are. There is no source if the reader
// has everything.
func (r *Reader) next() (source, error) {
	q := r.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if r.closed || q.closed {
		return source{}, ErrClosed
	}
	r.putBack()
	if r.pos.Compare(r.cursor.acked) < 0 { // records were dropped, which are not missing
		r.pos, r.scan.seq = r.cursor.acked, 0
	}
	i, exact := q.find(r.pos.Segment)
	if exact && r.pos.Offset >= q.segments[i].size {
		i, exact = i+1, false
	}
	for i < len(q.segments) && !exact && q.segments[i].size == 0 { // a first write failed
		i++
	}
	if i == len(q.segments) {
		return source{pos: r.pos}, nil
	}
	s := q.segments[i]
	if !exact {
		r.pos = Position{Segment: s.id}
	}
	if b := q.tail.find(r.pos); b != nil {
		q.tail.retain(b)
		r.block = b
		return source{pos: r.pos, data: b.data[r.pos.Offset-b.start:]}, nil
	}
	return source{pos: r.pos, segment: s, size: s.size}, nil
}

// putBack gives back the block of the last batch. Queue.mu is held.
func (r *Reader) putBack() {
	if r.block != nil {
		r.queue.tail.release(r.block)
		r.block = nil
	}
}

// takeMemory takes records from data, which begins at pos, and returns how many
// bytes they have.
func (r *Reader) takeMemory(data []byte, pos Position) int64 {
	taken := 0
	for taken < len(data) && len(r.records) < batchRecords && taken < batchBytes {
		f := parseFrame(data[taken:])
		if f.size == 0 {
			panic("queue: records in memory were overwritten")
		}
		r.scan.count(&f)
		taken += f.size
		r.add(&f, data[taken-f.size:taken], Position{pos.Segment, pos.Offset + int64(taken)})
	}
	return int64(taken)
}

// takeFile takes records from a file and returns the offset behind them.
func (r *Reader) takeFile(src source) (int64, error) {
	lost, err := r.openFile(src)
	if lost || err != nil {
		return src.size, err
	}
	s := &r.scan
	if s.src != r.file || s.pos != src.pos.Offset {
		s.open(r.file, src.pos.Offset, src.size, r.plain)
	}
	s.end = src.size
	defer func() { s.frozen = false }()
	for len(r.records) < batchRecords && s.pos-src.pos.Offset < batchBytes {
		f, data, err := s.next()
		if err == io.EOF || err == errFrozen {
			break
		}
		if err != nil {
			if len(r.records) > 0 {
				break // it comes back with the next batch
			}
			return 0, fmt.Errorf("read queue file %s: %w", segmentName(src.pos.Segment), err)
		}
		r.add(&f, data, Position{src.pos.Segment, s.pos})
		s.frozen = true
	}
	return s.pos, nil
}

// openFile makes file that of the source's segment. If the file has vanished it
// counts as damage.
func (r *Reader) openFile(src source) (lost bool, err error) {
	if r.file != nil && r.fileID == src.pos.Segment {
		return false, nil
	}
	r.closeFile()
	name := segmentName(src.pos.Segment)
	f, err := r.queue.fs.Open(name, false)
	if errors.Is(err, os.ErrNotExist) {
		r.scan.skipped += src.size - src.pos.Offset
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("read queue: %w", err)
	}
	kind, err := r.queue.classify(src.segment)
	if err != nil {
		f.Close() // it was only read
		return false, fmt.Errorf("read queue file %s: %w", name, err)
	}
	r.file, r.fileID, r.plain = f, src.pos.Segment, kind == plainKind
	return false, nil
}

func (r *Reader) closeFile() {
	if r.file != nil {
		r.file.Close() // it was only read
		r.file = nil
	}
}

// add puts a record on the batch.
func (r *Reader) add(f *frame, data []byte, end Position) {
	rec := Record{Body: data[f.body:len(data):len(data)], Loops: f.loops, End: end}
	if len(f.signer) > 0 {
		if string(f.signer) != r.signer {
			r.signer = string(f.signer)
		}
		rec.Signer = r.signer
	}
	if f.sealed && r.scan.time != 0 {
		rec.Time = time.UnixMilli(r.scan.time)
	}
	r.records = append(r.records, rec)
}

// hand notes that the records taken are going out and returns them as a batch
// that ends at behind.
func (r *Reader) hand(behind Position) Batch {
	b := Batch{Records: r.records, End: behind}
	b.Damaged, b.Missing = r.scan.takeDamage()
	q, c := r.queue, r.cursor
	q.mu.Lock()
	defer q.mu.Unlock()
	r.pos = behind
	c.damaged += b.Damaged
	c.missing += b.Missing
	h := handed{end: behind, seq: r.scan.seq}
	if n := len(b.Records); n > 0 {
		h.time = b.Records[n-1].Time
	}
	c.out = append(c.out, h)
	q.forget()
	return b
}

// Ack notes that everything up to pos, the End of a record or of a batch that
// was handed out, is done with. ErrPassed and ErrUnread refuse positions outside
// of what is in the caller's hands; acknowledging a position twice is fine. When
// the checkpoint is written is said at Options.CheckpointEvery.
func (r *Reader) Ack(pos Position) error {
	q, c := r.queue, r.cursor
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed || c.reader != r:
		return ErrClosed
	case pos == c.acked:
		return nil
	case pos.Compare(c.acked) < 0:
		return ErrPassed
	case pos.Compare(r.pos) > 0:
		return ErrUnread
	}
	c.move(q, pos)
	return nil
}

// Acked returns the position behind the last acknowledged record.
func (r *Reader) Acked() Position {
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	return r.cursor.acked
}

// Close ends the use of the reader. Opened again, it begins with the first
// record that was not acknowledged.
func (r *Reader) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue.mu.Lock()
	if !r.closed {
		r.closed = true
		r.putBack()
		r.cursor.reader, r.cursor.out = nil, nil
	}
	r.queue.mu.Unlock()
	r.closeFile()
}
