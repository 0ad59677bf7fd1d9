package queue

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// maxWrite is how long a write may become before the rest of the records goes
// into another one.
const maxWrite = 1 << 20

// rollSize is the size from which a file whose records are all delivered is
// closed, so that it can be deleted. Smaller ones go on being used.
const rollSize = 16 << 20

// diskCheck is how many bytes are written at most before the disk is asked again
// how much room it has.
const diskCheck = 64 << 20

// Append writes recs to the end of the queue, many in one write. It returns the
// number of records written and the position behind the last of them. Their
// bodies are not kept.
//
// If not all were written, err says why recs[n] was not: ErrFull (perhaps
// wrapped) if there is no room; a *framing.BodyError or another error about the
// record itself, and then the caller can drop it and go on with recs[n+1:]; or
// the error of the disk, when trying again later makes sense. Records that are
// not reported as written will not be delivered, except that a crash may leave
// them behind.
//
// The records reach the readers at once. They survive a crash of the machine
// when Notify says so.
//
// hot: once per batch; allocates only buffers that are used again.
func (q *Queue) Append(recs []Record) (n int, end Position, err error) {
	q.writeMu.Lock()
	defer q.writeMu.Unlock()
	for n < len(recs) && err == nil {
		var m int
		var behind Position
		if m, behind, err = q.write(recs[n:]); m > 0 {
			n, end = n+m, behind
		}
	}
	if n == 0 {
		q.mu.Lock()
		end = q.end()
		q.mu.Unlock()
	}
	return n, end, err
}

// plan is what one write is going to hold.
type plan struct {
	records int
	size    int // bytes of the framed records
	lead    lead
	at      Position // where the first record will stand
	roll    bool     // a new file has to be begun first
}

// write writes as many of recs as go into one write. writeMu is held.
func (q *Queue) write(recs []Record) (n int, end Position, err error) {
	p, err := q.plan(recs)
	if p.roll {
		if err := q.roll(); err != nil {
			return 0, Position{}, err
		}
		p, err = q.plan(recs)
	}
	if p.records == 0 {
		return 0, Position{}, err
	}
	if err := q.checkDisk(p.size); err != nil {
		return 0, Position{}, err
	}
	if q.pending == nil {
		if err := q.create(p.at.Segment); err != nil {
			return 0, Position{}, err
		}
	}
	b := q.room(p)
	old := len(b.data)
	buf := b.data[:old]
	leading := &p.lead
	for i := range recs[:p.records] {
		buf = appendSealed(buf, &recs[i], b.start+int64(len(buf)), leading)
		leading = nil
	}
	if err := q.put(buf[old:], p.at.Offset); err != nil {
		return 0, Position{}, err
	}
	return p.records, q.publish(b, buf, p), nil
}

// plan finds out how many of recs go into the next write. If not even one does,
// err says why. writeMu is held.
func (q *Queue) plan(recs []Record) (p plan, err error) {
	q.mu.Lock()
	p.at, p.lead.seq = q.end(), q.nextSeq
	total, waiting, used := q.total(), q.waiting(), q.pending != nil
	switch {
	case q.failed != nil:
		err = q.failed
	case q.closed:
		err = ErrClosed
	}
	q.mu.Unlock()
	if err != nil {
		return p, err
	}
	if !used { // never go on in a file of an earlier run
		p.at = Position{Segment: q.nextID}
	}
	p.lead.time = time.Now().UnixMilli()
	if q.broken || waiting == 0 && total > 0 && p.at.Offset >= min(rollSize, q.opts.MaxFileSize) {
		p.roll = used
		return p, nil
	}
	l := &p.lead
	for i := range recs {
		r, body := &recs[i], int64(len(recs[i].Body))
		if err = checkRecord(r, q.opts.MaxBody); err != nil {
			break
		}
		if limit := q.opts.MaxBufferSize; limit > 0 && waiting+int64(p.size)+body > limit {
			err = ErrFull
			if body > limit {
				err = fmt.Errorf("message of %d bytes is larger than max_buffer_size", body)
			}
			break
		}
		if size := p.at.Offset + int64(p.size); size > 0 && size+body > q.opts.MaxFileSize {
			p.roll = p.records == 0
			break
		}
		if p.size >= maxWrite {
			break
		}
		p.size += sealedLen(r, l)
		p.records++
		l = nil
	}
	if p.records > 0 {
		err = nil // the next write will find it
	}
	return p, err
}

// room returns a block with room for the records of p behind its last one.
// writeMu is held, so the free capacity of the newest block is ours.
func (q *Queue) room(p plan) *block {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.tail.last()
	if b == nil || b.end() != p.at || cap(b.data)-len(b.data) < p.size {
		b = q.tail.grow(p.at, p.size)
	}
	return b
}

// create begins the segment with number id. writeMu is held.
func (q *Queue) create(id uint64) error {
	if id > maxSegment {
		return errors.New("begin queue file: no number is left for it")
	}
	f, err := q.fs.Create(segmentName(id))
	if err != nil {
		if noSpace(err) {
			return q.full()
		}
		return fmt.Errorf("begin queue file: %w", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.segments = append(q.segments, &segment{id: id, base: q.total(), kind: sealedKind})
	q.nextID = id + 1
	q.pending, q.file, q.unnamed = f, f, true
	return nil
}

// put writes data to the end of the newest file, which is at offset. After a
// failure the file is as it was, or will not be written to again.
func (q *Queue) put(data []byte, offset int64) error {
	n, err := q.pending.Write(data)
	if err == nil && n == len(data) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("short write of %d bytes instead of %d", n, len(data))
	}
	q.broken = q.pending.Truncate(offset) != nil
	if noSpace(err) {
		return q.full()
	}
	return fmt.Errorf("append to queue: %w", err)
}

// publish makes the records of p, framed in buf, known to readers.
func (q *Queue) publish(b *block, buf []byte, p plan) Position {
	q.mu.Lock()
	defer q.mu.Unlock()
	b.data = buf
	for _, c := range q.cursors {
		if c.place == q.total() { // nothing waits for it
			c.seq, c.oldest = p.lead.seq, time.UnixMilli(p.lead.time)
		}
	}
	q.segments[len(q.segments)-1].size += int64(p.size)
	q.nextSeq += uint64(p.records)
	q.counts.appended += uint64(p.records)
	q.diskFull = false
	end := q.end()
	if q.opts.Fsync == Never {
		q.durable = end
	} else {
		q.nudge()
	}
	q.forget()
	for _, c := range q.cursors {
		c.wake()
	}
	return end
}

// forget drops blocks that no open reader needs. mu is held.
func (q *Queue) forget() {
	passed := q.end()
	for _, c := range q.cursors {
		if c.reader != nil && c.reader.pos.Compare(passed) < 0 {
			passed = c.reader.pos
		}
	}
	q.tail.trim(q.opts.Memory, passed)
}

// nudge tells the keeper that there is something to do.
func (q *Queue) nudge() {
	select {
	case q.kick <- struct{}{}:
	default:
	}
}

// roll closes the newest file, so that the next record begins another one. What
// it holds is durable then. writeMu is held.
func (q *Queue) roll() error {
	q.syncMu.Lock()
	err := q.sync()
	q.mu.Lock()
	q.file = nil
	q.mu.Unlock()
	f := q.pending
	q.pending, q.broken = nil, false
	q.syncMu.Unlock()
	if err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil && q.opts.Fsync != Never {
		q.opts.OnError(fmt.Errorf("close queue file: %w", err)) // it was synced
	}
	return nil
}

// full notes that the disk is full.
func (q *Queue) full() error {
	q.budget = 0
	q.mu.Lock()
	q.diskFull = true
	q.mu.Unlock()
	return errDiskFull
}

// checkDisk refuses a write of size bytes that would leave the disk less than
// MinFree. Delivered files give way first. writeMu is held.
func (q *Queue) checkDisk(size int) error {
	if q.opts.MinFree == 0 {
		return nil
	}
	need := uint64(size)
	if need > q.budget {
		spare, err := q.spareDisk()
		if err == nil && spare < need && q.purge() {
			spare, err = q.spareDisk()
		}
		if err != nil {
			return err
		}
		if spare < need {
			q.budget = 0
			q.mu.Lock()
			q.diskFull = true
			q.mu.Unlock()
			return errDiskLow
		}
		// Others write to the disk too, so only part of the room is ours unasked.
		q.budget = max(need, min(spare/4, diskCheck))
	}
	q.budget -= need
	return nil
}

// spareDisk returns how many bytes may be written until the disk has MinFree
// left.
func (q *Queue) spareDisk() (uint64, error) {
	free, err := q.fs.Free()
	if err != nil {
		return 0, fmt.Errorf("ask for free space: %w", err)
	}
	return free - min(free, q.opts.MinFree), nil
}

// diskPoll is how often a full disk is asked for room.
const diskPoll = 250 * time.Millisecond

// WaitSpace waits until a record with a body of size bytes may fit, for use
// after ErrFull. It returns early with the context's error, ErrClosed, or the
// reason for which the queue takes no more records at all.
func (q *Queue) WaitSpace(ctx context.Context, size int) error {
	for {
		q.mu.Lock()
		limit := q.opts.MaxBufferSize
		fits := limit == 0 || q.waiting()+int64(size) <= limit
		disk := q.diskFull
		err := q.failed
		if q.closed {
			err = ErrClosed
		}
		if q.space == nil {
			q.space = make(chan struct{})
		}
		space := q.space
		q.mu.Unlock()
		if err != nil {
			return err
		}
		if fits && !disk {
			return nil
		}
		var poll <-chan time.Time
		if fits { // somebody else has to delete something
			poll = time.After(diskPoll)
		}
		select {
		case <-space:
		case <-poll:
			spare, err := q.spareDisk()
			if err != nil {
				return err
			}
			if spare > uint64(size) {
				q.mu.Lock()
				q.diskFull = false
				q.mu.Unlock()
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
