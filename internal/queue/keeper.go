package queue

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// keep is the queue's own goroutine: it syncs what was appended, writes the
// checkpoints that are due and deletes files that nobody needs. It ends with
// Close.
func (q *Queue) keep() {
	defer close(q.ended)
	timer := time.NewTimer(q.opts.Interval)
	timer.Stop()
	defer timer.Stop()
	armed := false
	var expiry <-chan time.Time
	for {
		select {
		case <-q.kick:
			if q.opts.Fsync != Always {
				if !armed {
					timer.Reset(q.opts.Interval)
				}
				armed = true
				continue
			}
		case <-timer.C:
			armed = false
		case <-expiry:
		case <-q.stop:
			return
		}
		// A failure has been told to the waiters and to OnError. A checkpoint or a
		// file that is left will be tried again.
		if q.flush(false) != nil && !armed {
			timer.Reset(max(q.opts.Interval, time.Second))
			armed = true
		}
		expiry = q.expiry()
	}
}

// Sync makes everything appended so far durable, writes the checkpoints of all
// acknowledged positions and deletes files that are no longer needed, at once.
func (q *Queue) Sync() error {
	q.mu.Lock()
	closed := q.closed
	q.mu.Unlock()
	if closed {
		return ErrClosed
	}
	defer q.nudge() // files may have begun to be kept for a while
	return q.flush(true)
}

// flush does the keeper's work once. Unless all is set, only those checkpoints
// are written that are due.
func (q *Queue) flush(all bool) error {
	q.syncMu.Lock()
	defer q.syncMu.Unlock()
	err := q.sync()
	if e := q.saveCheckpoints(all); e != nil {
		q.opts.OnError(e)
		err = errors.Join(err, e)
	}
	q.deleteDelivered(false)
	return err
}

// sync makes everything appended so far durable and tells the waiters. syncMu is
// held, so that the newest file stays open.
func (q *Queue) sync() error {
	q.mu.Lock()
	end, f, unnamed, failed := q.end(), q.file, q.unnamed, q.failed
	done := end.Compare(q.durable) <= 0
	q.mu.Unlock()
	if failed != nil {
		return failed
	}
	if q.opts.Fsync != Never && !done {
		err := f.Sync()
		if err == nil && unnamed {
			err = q.fs.Sync()
		}
		if err != nil {
			err = q.fail(fmt.Errorf("sync queue: %w", err))
			q.opts.OnError(err)
			return err
		}
	}
	q.mu.Lock()
	if !done && q.opts.Fsync != Never {
		q.durable, q.unnamed = end, false
		q.counts.syncs++
	}
	q.mu.Unlock()
	q.settle(nil)
	return nil
}

// saveCheckpoints writes the checkpoints that are due, or all that have changed.
// syncMu is held.
func (q *Queue) saveCheckpoints(all bool) error {
	type save struct {
		c   *cursor
		pos Position
	}
	var saves []save
	q.mu.Lock()
	for _, c := range q.cursors {
		pos := c.acked
		if q.durable.Compare(pos) < 0 { // a checkpoint must not point to what a crash may undo
			pos = q.durable
		}
		if (c.due || all) && c.saved != pos {
			saves = append(saves, save{c, pos})
		}
	}
	q.mu.Unlock()
	if len(saves) == 0 {
		return nil
	}
	durable := q.opts.Fsync != Never
	for _, s := range saves {
		if err := writeCheckpoint(q.fs, s.c.name, s.pos, durable); err != nil {
			return fmt.Errorf("write checkpoint: %w", err)
		}
	}
	if durable {
		if err := q.fs.Sync(); err != nil {
			return fmt.Errorf("write checkpoint: %w", err)
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, s := range saves {
		s.c.saved = s.pos
		s.c.due = s.c.due && s.c.acked != s.pos
	}
	return nil
}

// deleteDelivered deletes files whose records all readers have, according to
// their checkpoints, once KeepDelivered is over, or at once. The newest file is
// never deleted: Heka 0.10 goes by the highest number it finds. syncMu is held.
func (q *Queue) deleteDelivered(atOnce bool) (deleted bool) {
	now := time.Now()
	var mark []*segment
	q.mu.Lock()
	for _, s := range q.delivered() {
		if s.delivered.IsZero() {
			s.delivered = now
			mark = append(mark, s)
		}
		if !atOnce && now.Sub(s.delivered) < q.opts.KeepDelivered {
			break
		}
		q.trash = append(q.trash, segmentName(s.id))
		q.segments = q.segments[1:]
		q.start = s.end()
	}
	q.mu.Unlock()
	for len(q.trash) > 0 { // in order, so that no gap is left when one cannot be deleted
		if err := q.fs.Remove(q.trash[0]); err != nil && !errors.Is(err, os.ErrNotExist) {
			q.opts.OnError(fmt.Errorf("delete delivered queue file: %w", err))
			break
		}
		q.trash = q.trash[1:]
		deleted = true
	}
	if q.opts.KeepDelivered > 0 {
		for _, s := range mark { // another run shall know when; if not, it keeps the file longer or less long
			_ = q.fs.Touch(segmentName(s.id), now)
		}
	}
	return deleted
}

// delivered returns the leading segments that all checkpoints have passed. mu is
// held.
func (q *Queue) delivered() []*segment {
	if len(q.cursors) == 0 {
		return nil
	}
	place := q.total()
	for _, c := range q.cursors {
		place = min(place, q.place(c.saved))
	}
	n := 0
	for n < len(q.segments)-1 && q.segments[n].end() <= place {
		n++
	}
	return q.segments[:n]
}

// purge deletes delivered files that are only kept for a while, and reports
// whether there were any.
func (q *Queue) purge() bool {
	q.syncMu.Lock()
	defer q.syncMu.Unlock()
	return q.deleteDelivered(true)
}

// expiry returns a channel that fires when the oldest delivered file has been
// kept long enough; nil if there is none.
func (q *Queue) expiry() <-chan time.Time {
	if q.opts.KeepDelivered == 0 {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	kept := q.delivered()
	if len(kept) == 0 || kept[0].delivered.IsZero() {
		return nil
	}
	return time.After(time.Until(kept[0].delivered.Add(q.opts.KeepDelivered)))
}
