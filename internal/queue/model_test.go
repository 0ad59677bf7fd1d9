package queue_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/queue"
)

// A machine is a queue on a disk together with all that was promised about it.
type machine struct {
	disk    *disk
	opts    queue.Options
	queue   *queue.Queue
	readers map[string]*reading
	next    int // number of the next record

	mu    sync.Mutex   // guards fates: Notify calls from the keeper
	fates map[int]fate // by number of the record

	orderly bool // the last end was Close, and nothing was wrong before
	trouble bool // something was made to go wrong since
	undone  bool // acknowledgements may have been forgotten, once
	flipped bool // there was damage, once
}

// fate is what may become of a record.
type fate struct {
	body    []byte
	loops   uint32
	signer  string
	durable bool // a promise was given
	maybe   bool // it may or may not turn up
}

// reading is one reader and what it has seen.
type reading struct {
	r       *queue.Reader
	fresh   bool // may begin anywhere, as what came before may be deleted
	current bool // last was handed out since the queue was opened
	last    int  // number of the last record handed out
	acked   int  // highest number of a record acknowledged, -1 none
	kept    int  // the same, but not counting what a crash may have undone
	hand    []queue.Record
}

func TestQueueKeepsItsPromises(t *testing.T) {
	drawtest.Rapid(t)
	rapid.Check(t, func(t *rapid.T) { rapid.SyncTest(t, checkPromises) })
}

func checkPromises(t *rapid.T) {
	m := &machine{disk: newDisk(), readers: map[string]*reading{}, fates: map[int]fate{}, orderly: true}
	m.opts = queue.Options{
		MaxFileSize:     rapid.Int64Range(300, 5000).Draw(t, "file size"),
		MaxBufferSize:   rapid.SampledFrom([]int64{0, 0, 3000, 20000}).Draw(t, "buffer size"),
		MaxBody:         700,
		CheckpointEvery: rapid.IntRange(1, 3).Draw(t, "checkpoint every"),
		Fsync:           rapid.SampledFrom([]queue.Fsync{queue.Always, queue.Interval, queue.Never}).Draw(t, "fsync"),
		Interval:        time.Second,
		Memory:          1,
		MinFree:         1000,
		KeepDelivered:   rapid.SampledFrom([]time.Duration{0, 0, 5 * time.Second}).Draw(t, "keep delivered"),
	}
	m.open(t)
	defer func() { m.queue.Close() }()
	m.reader(t, "")
	t.Repeat(map[string]func(*rapid.T){
		"append":  m.append,
		"append2": m.append,
		"read":    m.read,
		"read2":   m.read,
		"ack":     m.ack,
		"ack all": m.ackAll,
		"time":    func(t *rapid.T) { time.Sleep(time.Second) },
		"sync":    func(t *rapid.T) { _ = m.queue.Sync() },
		"second":  func(t *rapid.T) { m.reader(t, "second") },
		"reopen":  m.reopen,
		"crash":   m.crash,
		"fault":   m.fault,
		"flip":    m.flip,
		"room":    m.room,
		"":        m.check,
	})
	m.drain(t)
}

func (m *machine) open(t *rapid.T) {
	q, report, err := queue.OpenFS(m.disk.fs(), m.opts)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	m.queue = q
	if m.orderly && !m.trouble && !m.flipped && (report.Torn != 0 || len(report.Problems) != 0) {
		t.Fatalf("after an orderly end: %+v", report)
	}
	for name, r := range m.readers {
		r.r, r.current, r.hand = nil, false, nil
		if !m.orderly {
			r.kept = -1
		}
		m.reader(t, name)
	}
}

func (m *machine) reader(t *rapid.T, name string) {
	r := m.readers[name]
	if r == nil {
		r = &reading{last: -1, acked: -1, kept: -1, fresh: name != ""}
		m.readers[name] = r
	}
	if r.r != nil {
		return
	}
	var err error
	if r.r, err = m.queue.Reader(name); err != nil {
		t.Fatal(err)
	}
}

// body returns the body of record n: its number, a check, so that damage does
// not make it that of another, and bytes that look like frames.
func body(n, size int) []byte {
	b := fmt.Appendf(nil, "#%d:%08x", n, uint32(n+1)*2654435761)
	for len(b) < size {
		b = append(b, 0x1E, 2, 8, 5, 0x1F, 0x1E, 8, 0x75)
	}
	return append(b, ';')
}

func number(t *rapid.T, body []byte) int {
	text, _, ok := bytes.Cut(bytes.TrimPrefix(body, []byte("#")), []byte(":"))
	n, err := strconv.Atoi(string(text))
	if !ok || err != nil {
		t.Fatalf("not a record of ours: %q", body)
	}
	return n
}

func (m *machine) append(t *rapid.T) {
	var recs []queue.Record
	first := m.next
	for range rapid.IntRange(1, 6).Draw(t, "records") {
		f := fate{body: body(m.next, rapid.IntRange(0, 600).Draw(t, "size")), maybe: true}
		if rapid.IntRange(0, 3).Draw(t, "beside") == 0 {
			f.loops, f.signer = uint32(m.next), "signer"
		}
		m.mu.Lock()
		m.fates[m.next] = f
		m.mu.Unlock()
		recs = append(recs, queue.Record{Body: f.body, Loops: f.loops, Signer: f.signer})
		m.next++
	}
	n, end, err := m.queue.Append(recs)
	if n < len(recs) && err == nil || n > len(recs) || n == len(recs) && err != nil {
		t.Fatalf("append: %d of %d, %v", n, len(recs), err)
	}
	m.mu.Lock()
	for i := range n {
		f := m.fates[first+i]
		f.maybe = false
		m.fates[first+i] = f
	}
	m.mu.Unlock()
	if n == 0 {
		return
	}
	m.queue.Notify(end, func(err error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		for i := range n {
			f := m.fates[first+i]
			f.durable = f.durable || err == nil && m.opts.Fsync != queue.Never
			m.fates[first+i] = f
		}
	})
}

// choose picks a reader.
func (m *machine) choose(t *rapid.T) *reading {
	names := []string{""}
	if m.readers["second"] != nil {
		names = append(names, "second")
	}
	return m.readers[rapid.SampledFrom(names).Draw(t, "reader")]
}

func (m *machine) read(t *rapid.T) {
	r := m.choose(t)
	b, err := r.r.Poll()
	if err != nil {
		if !errors.Is(err, syscall.EIO) {
			t.Fatalf("read: %v", err)
		}
		return
	}
	m.see(t, r, b)
}

// see checks a batch: the right bytes in the right order, and none is left out
// that was promised.
func (m *machine) see(t *rapid.T, r *reading, b queue.Batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r.hand = append(r.hand[:0:0], b.Records...)
	for i, rec := range b.Records {
		n := number(t, rec.Body)
		f, ok := m.fates[n]
		if !ok || !bytes.Equal(rec.Body, f.body) || rec.Loops != f.loops || rec.Signer != f.signer {
			t.Fatalf("record %d is damaged: %+v", n, rec)
		}
		r.hand[i].Body = nil
		from := r.last + 1
		if !r.current {
			from = r.acked + 1
			if r.fresh {
				from = n
				r.acked = n - 1
			}
			r.current, r.fresh = true, false
		} else if n <= r.last {
			t.Fatalf("record %d after %d", n, r.last)
		}
		for skipped := from; skipped < n; skipped++ {
			if !m.fates[skipped].maybe {
				t.Fatalf("record %d was left out: %d comes after %d", skipped, n, from-1)
			}
		}
		if n <= r.kept {
			t.Fatalf("record %d comes again after an orderly end", n)
		}
		r.last = n
		r.hand[i].Loops = uint32(n)
	}
}

func (m *machine) ack(t *rapid.T) {
	r := m.choose(t)
	if len(r.hand) == 0 {
		return
	}
	i := rapid.IntRange(0, len(r.hand)-1).Draw(t, "record")
	m.ackRecord(t, r, i)
}

func (m *machine) ackAll(t *rapid.T) {
	r := m.choose(t)
	if len(r.hand) == 0 {
		return
	}
	m.ackRecord(t, r, len(r.hand)-1)
}

func (m *machine) ackRecord(t *rapid.T, r *reading, i int) {
	if err := r.r.Ack(r.hand[i].End); err != nil {
		t.Fatalf("ack %v: %v", r.hand[i].End, err)
	}
	r.acked = max(r.acked, int(r.hand[i].Loops))
	r.kept = max(r.kept, int(r.hand[i].Loops))
	r.hand = r.hand[i+1:]
}

func (m *machine) reopen(t *rapid.T) {
	err := m.queue.Close()
	if err != nil && !m.trouble {
		t.Fatalf("close: %v", err)
	}
	m.orderly = !m.trouble
	m.undone = m.undone || m.trouble
	m.trouble = len(m.disk.faults) > 0 // the repair may go wrong
	m.open(t)
}

func (m *machine) crash(t *rapid.T) {
	m.disk.crash(func(what string, n int) int { return rapid.IntRange(0, n).Draw(t, what) })
	_ = m.queue.Close()
	m.orderly, m.trouble, m.undone = false, false, true
	m.forget()
	m.open(t)
}

// forget notes what a crash may have undone.
func (m *machine) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for n, f := range m.fates {
		f.maybe = f.maybe || !f.durable
		m.fates[n] = f
	}
}

func (m *machine) fault(t *rapid.T) {
	o := rapid.SampledFrom([]op{opCreate, opOpen, opRead, opWrite, opWrite, opSync, opTruncate, opRename, opRemove, opSyncDir}).Draw(t, "operation")
	f := fault{err: rapid.SampledFrom([]error{syscall.EIO, syscall.ENOSPC}).Draw(t, "error")}
	if o == opRead || o == opOpen {
		f.err = syscall.EIO
	}
	f.after = rapid.IntRange(0, 1000).Draw(t, "bytes written")
	m.disk.fail(o, f)
	m.trouble = true
}

// room changes how much room the disk has: too little, some for one write, plenty.
func (m *machine) room(t *rapid.T) {
	m.disk.setFree(rapid.SampledFrom([]uint64{0, 1400, 1 << 40}).Draw(t, "free"))
}

// flip damages a byte in a file. The record that it belongs to may be lost, and
// no other.
func (m *machine) flip(t *rapid.T) {
	var logs []string
	for _, name := range m.disk.list() {
		if strings.HasSuffix(name, ".log") && len(m.disk.bytesOf(name)) > 0 {
			logs = append(logs, name)
		}
	}
	if len(logs) == 0 {
		return
	}
	name := rapid.SampledFrom(logs).Draw(t, "file")
	data := bytes.Clone(m.disk.bytesOf(name))
	at := rapid.IntRange(0, len(data)-1).Draw(t, "byte")
	m.mu.Lock()
	var ends []int
	victims := map[int]int{}
	for n, f := range m.fates {
		if i := bytes.Index(data, f.body); i >= 0 {
			ends = append(ends, i+len(f.body))
			victims[i+len(f.body)] = n
		}
	}
	slices.Sort(ends)
	for _, end := range ends {
		if at < end {
			f := m.fates[victims[end]]
			f.maybe, f.durable = true, false
			m.fates[victims[end]] = f
			break
		}
	}
	m.mu.Unlock()
	m.disk.flip(name, at, byte(1<<rapid.IntRange(0, 7).Draw(t, "bit")))
	m.trouble, m.flipped = true, true
}

func (m *machine) check(t *rapid.T) {
	synctest.Wait() // the queue's own goroutine has done its work
	st := m.queue.Stats()
	if limit := m.opts.MaxBufferSize; limit > 0 && !m.undone && len(m.readers) == 1 && st.Bytes > limit+60 {
		t.Fatalf("%d bytes wait, the limit is %d", st.Bytes, limit)
	}
	if st.Bytes < 0 || st.OnDisk < st.Bytes || st.End.Compare(st.Durable) < 0 {
		t.Fatalf("stats %+v", st)
	}
}

func (m *machine) fate(n int) fate {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fates[n]
}

// drain reads everything that is left: nothing that was promised is missing.
func (m *machine) drain(t *rapid.T) {
	clear(m.disk.faults)
	for name, r := range m.readers {
		for {
			b, err := r.r.Poll()
			if err != nil {
				t.Fatalf("drain: %v", err)
			}
			if len(b.Records) == 0 && b.Damaged == 0 {
				break
			}
			m.see(t, r, b)
		}
		from := r.last + 1
		if !r.current {
			from = r.acked + 1
		}
		if r.fresh {
			from = m.next
		}
		for n := from; n < m.next; n++ {
			if !m.fate(n).maybe {
				t.Fatalf("reader %q never got record %d", name, n)
			}
		}
	}
}
