package queue

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Queue is an open queue. Its methods may be called from any goroutine.
//
// Lock order: writeMu, syncMu, Reader.mu, mu.
type Queue struct {
	fs   FS
	opts Options
	lock io.Closer

	writeMu sync.Mutex // guards the fields up to the next lock: one writer at a time
	pending File       // the newest segment's file, nil before the first record
	broken  bool       // pending may end in half a record: go on in another file
	budget  uint64     // bytes that may be written before the disk is asked again

	syncMu sync.Mutex // guards the fields up to the next lock: one sync, checkpoint or roll at a time
	trash  []string   // files that could not be deleted yet

	mu       sync.Mutex // guards everything below
	segments []*segment // by number; the last one may grow
	nextID   uint64     // of the segment after the last
	nextSeq  uint64     // of the next record
	start    int64      // base of the next segment, if there is none
	file     File       // pending, for syncing
	unnamed  bool       // a segment's name is not yet synced
	durable  Position
	waiters  []waiter
	cursors  []*cursor // by name
	tail     tail
	failed   error // a sync failed: nothing more can be appended
	closed   bool
	diskFull bool          // the last write found no room
	space    chan struct{} // closed when room may have become free; nil if nobody waits
	counts   counts

	kick   chan struct{} // tells the keeper that there is something to do
	stop   chan struct{} // closed by Close
	ended  chan struct{} // closed when the keeper has ended
	closer sync.Once
	gone   atomic.Pointer[error] // what Close returned
}

// counts are totals since Open.
type counts struct {
	appended, syncs uint64
}

// waiter is a function to call when everything up to a position is durable.
type waiter struct {
	pos  Position
	call func(error)
}

// Stats tells how a queue is doing. Sizes are in bytes.
type Stats struct {
	// Bytes and Records wait for the slowest reader. Records that Heka 0.10 left
	// are not counted in Records.
	Bytes   int64
	Records uint64
	// Oldest is the time of the oldest record that waits, as exact as the write
	// it came in; zero if none does or it is not known.
	Oldest time.Time
	// OnDisk is the size of all files with records, delivered ones included.
	OnDisk int64
	// Segments is the number of these files.
	Segments int
	// InMemory is the size of the buffers with the newest records.
	InMemory int
	// End is the position behind the newest record, Durable behind the newest
	// that survives a crash.
	End, Durable Position
	// Appended counts records since Open, Syncs the syncs of record files.
	Appended, Syncs uint64
	// Readers are the known readers by name, open or not.
	Readers []ReaderStats
}

// ReaderStats tells how one reader is doing.
type ReaderStats struct {
	Name string
	// Acked is the position behind the last acknowledged record.
	Acked Position
	// Bytes, Records and Oldest are what waits for this reader, as in Stats.
	// Records and Oldest move when the last record of a batch is acknowledged.
	Bytes   int64
	Records uint64
	Oldest  time.Time
	// Damaged is the number of bytes that could not be read as records since
	// Open, Missing the number of records known to have been in them.
	Damaged int64
	Missing uint64
}

// end returns the position behind the newest record. mu is held.
func (q *Queue) end() Position {
	if n := len(q.segments); n > 0 {
		return Position{q.segments[n-1].id, q.segments[n-1].size}
	}
	return Position{q.nextID, 0}
}

// total returns the end as a count of bytes, to compare with place. mu is held.
func (q *Queue) total() int64 {
	if n := len(q.segments); n > 0 {
		return q.segments[n-1].end()
	}
	return q.start
}

// find returns the index of the segment with number id, or of the next higher
// one. mu is held.
func (q *Queue) find(id uint64) (i int, exact bool) {
	return slices.BinarySearchFunc(q.segments, id, func(s *segment, id uint64) int {
		return cmp.Compare(s.id, id)
	})
}

// cursor returns the cursor of a reader, nil if it is not known. mu is held.
func (q *Queue) cursor(name string) *cursor {
	for _, c := range q.cursors {
		if c.name == name {
			return c
		}
	}
	return nil
}

// addCursor adds the cursor of a reader that is not known. mu is held.
func (q *Queue) addCursor(c *cursor) {
	q.cursors = append(q.cursors, c)
	slices.SortFunc(q.cursors, func(a, b *cursor) int { return cmp.Compare(a.name, b.name) })
}

// place turns a position into a count of bytes. mu is held.
func (q *Queue) place(p Position) int64 {
	i, exact := q.find(p.Segment)
	switch {
	case exact:
		return q.segments[i].base + min(p.Offset, q.segments[i].size)
	case i < len(q.segments):
		return q.segments[i].base
	}
	return q.total()
}

// slowest returns the place up to which all readers are done. Without readers it
// is the beginning. mu is held.
func (q *Queue) slowest() int64 {
	if len(q.cursors) == 0 {
		if len(q.segments) > 0 {
			return q.segments[0].base
		}
		return q.start
	}
	least := q.total()
	for _, c := range q.cursors {
		least = min(least, c.place)
	}
	return least
}

// waiting returns the number of bytes that wait for the slowest reader. mu is
// held.
func (q *Queue) waiting() int64 { return q.total() - q.slowest() }

// Stats returns how the queue is doing.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	st := Stats{
		Bytes: q.waiting(), Segments: len(q.segments), InMemory: q.tail.size,
		End: q.end(), Durable: q.durable,
		Appended: q.counts.appended, Syncs: q.counts.syncs,
	}
	if len(q.segments) > 0 {
		st.OnDisk = q.total() - q.segments[0].base
	}
	for _, c := range q.cursors {
		r := c.stats(q)
		st.Readers = append(st.Readers, r)
		if r.Bytes == st.Bytes {
			st.Records, st.Oldest = r.Records, r.Oldest
		}
	}
	return st
}

// Notify calls f once everything up to pos, a position that Append returned, is
// durable, or with an error when it will never be known to be. f must be short
// and must not call the queue. It is called at once if pos is durable already.
func (q *Queue) Notify(pos Position, f func(error)) {
	q.mu.Lock()
	var err error
	switch {
	case pos.Compare(q.durable) <= 0:
	case q.failed != nil:
		err = q.failed
	case q.closed:
		err = ErrClosed
	default:
		q.waiters = append(q.waiters, waiter{pos, f})
		q.mu.Unlock()
		return
	}
	q.mu.Unlock()
	f(err)
}

// settle calls the waiters whose records are durable, and with the error all
// others if there is one.
func (q *Queue) settle(err error) {
	q.mu.Lock()
	var due []waiter
	kept := q.waiters[:0]
	for _, w := range q.waiters {
		if err != nil || w.pos.Compare(q.durable) <= 0 {
			due = append(due, w)
		} else {
			kept = append(kept, w)
		}
	}
	clear(q.waiters[len(kept):])
	q.waiters = kept
	durable := q.durable
	q.mu.Unlock()
	for _, w := range due {
		if w.pos.Compare(durable) <= 0 {
			w.call(nil)
		} else {
			w.call(err)
		}
	}
}

// fail notes that appended records may be lost: the kernel may have dropped what
// it could not write, and says so only once. From here on nothing is appended
// until the directory is opened again.
func (q *Queue) fail(err error) error {
	q.mu.Lock()
	if q.failed == nil {
		q.failed = fmt.Errorf("queue must be opened again: %w", err)
	}
	err = q.failed
	q.freeSpace()
	q.mu.Unlock()
	q.settle(err)
	return err
}

// freeSpace wakes those who wait for room. mu is held.
func (q *Queue) freeSpace() {
	if q.space != nil {
		close(q.space)
		q.space = nil
	}
}

// Close makes everything durable, writes the checkpoints and gives the directory
// back. Records that wait stay for the next Open. Readers return ErrClosed.
func (q *Queue) Close() error {
	q.closer.Do(func() {
		q.mu.Lock()
		q.closed = true
		q.freeSpace()
		var readers []*Reader
		for _, c := range q.cursors {
			c.wake()
			if c.reader != nil {
				readers = append(readers, c.reader)
			}
		}
		q.mu.Unlock()
		close(q.stop)
		<-q.ended
		q.writeMu.Lock()
		defer q.writeMu.Unlock()
		err := q.flush(true)
		q.settle(ErrClosed)
		if q.pending != nil {
			err = errors.Join(err, q.pending.Close())
			q.pending = nil
		}
		for _, r := range readers {
			r.Close()
		}
		err = errors.Join(err, q.lock.Close())
		q.gone.Store(&err)
	})
	return *q.gone.Load()
}
