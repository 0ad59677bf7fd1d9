package queue_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/hekad/heka/internal/queue"
)

func batch(n, size int) []queue.Record {
	recs := make([]queue.Record, n)
	for i := range recs {
		recs[i].Body = bytes.Repeat([]byte("x"), size)
	}
	return recs
}

func put(b testing.TB, q *queue.Queue, recs []queue.Record) queue.Position {
	b.Helper()
	n, end, err := q.Append(recs)
	if err != nil || n != len(recs) {
		b.Fatal(n, err)
	}
	return end
}

func report(b *testing.B, records int) {
	b.ReportMetric(float64(b.N)*float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportAllocs()
}

// BenchmarkAppend writes batches of records of 400 bytes to a real directory.
// Nobody reads, so files grow; the disk is part of what is measured.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct {
		name  string
		fsync queue.Fsync
		batch int
	}{{"interval/256", queue.Interval, 256}, {"interval/1", queue.Interval, 1}, {"never/256", queue.Never, 256}} {
		b.Run(c.name, func(b *testing.B) {
			q := open(b, b.TempDir(), queue.Options{Fsync: c.fsync, MaxFileSize: 64 << 20})
			r := reader(b, q, "")
			recs := batch(c.batch, 400)
			b.SetBytes(int64(c.batch * 400))
			for i := 0; b.Loop(); i++ {
				end := put(b, q, recs)
				if i*c.batch*400 > 1<<30 { // do not fill the disk
					skipTo(b, r, end)
					i = 0
				}
			}
			report(b, c.batch)
		})
	}
}

// skipTo reads and acknowledges up to a position, outside of the time measured.
func skipTo(b *testing.B, r *queue.Reader, end queue.Position) {
	b.StopTimer()
	defer b.StartTimer()
	for r.Acked() != end {
		batch, err := r.Poll()
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Ack(batch.End); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAlways waits for each batch to be durable.
func BenchmarkAlways(b *testing.B) {
	q := open(b, b.TempDir(), queue.Options{Fsync: queue.Always, MaxFileSize: 64 << 20})
	recs := batch(256, 400)
	b.SetBytes(256 * 400)
	durable := make(chan error, 1)
	for b.Loop() {
		q.Notify(put(b, q, recs), func(err error) { durable <- err })
		if err := <-durable; err != nil {
			b.Fatal(err)
		}
	}
	report(b, 256)
}

// BenchmarkPass appends, reads and acknowledges in turn, the reader keeping up.
func BenchmarkPass(b *testing.B) {
	q := open(b, b.TempDir(), queue.Options{MaxFileSize: 64 << 20})
	r := reader(b, q, "")
	recs := batch(256, 400)
	b.SetBytes(256 * 400)
	for b.Loop() {
		end := put(b, q, recs)
		for r.Acked() != end {
			batch, err := r.Poll()
			if err != nil {
				b.Fatal(err)
			}
			if err := r.Ack(batch.End); err != nil {
				b.Fatal(err)
			}
		}
	}
	report(b, 256)
}

// BenchmarkReadBack reads a backlog of 256 MB from files, checksums included.
func BenchmarkReadBack(b *testing.B) {
	dir := b.TempDir()
	q := open(b, dir, queue.Options{MaxFileSize: 64 << 20, Fsync: queue.Never})
	recs := batch(256, 400)
	const batches = 2500
	for range batches {
		put(b, q, recs)
	}
	b.SetBytes(batches * 256 * 400)
	for i := 0; b.Loop(); i++ {
		r := reader(b, q, fmt.Sprint(i))
		for n := 0; n < batches*256; {
			batch, err := r.Poll()
			if err != nil {
				b.Fatal(err)
			}
			n += len(batch.Records)
		}
		r.Close()
	}
	report(b, batches*256)
}

// BenchmarkOpen opens a queue with a backlog of 256 MB in four files.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	q := open(b, dir, queue.Options{MaxFileSize: 64 << 20, Fsync: queue.Never})
	recs := batch(256, 400)
	for range 2500 {
		put(b, q, recs)
	}
	shut(b, q)
	for b.Loop() {
		q, _, err := queue.Open(dir, queue.Options{Fsync: queue.Never})
		if err != nil {
			b.Fatal(err)
		}
		shut(b, q)
	}
}

// Memory does not grow with the backlog, neither while it grows nor while it is
// read nor after a restart.
func TestMemoryIsTheSameWhateverTheBacklog(t *testing.T) {
	dir := t.TempDir()
	opts := queue.Options{MaxFileSize: 4 << 20, Fsync: queue.Never, Interval: time.Hour}
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	recs := batch(256, 400)
	before := heap()
	check := func(when string) {
		t.Helper()
		if grown := heap() - before; grown > 6<<20 {
			t.Errorf("%s: %d bytes of memory", when, grown)
		}
	}
	q := open(t, dir, opts)
	r := reader(t, q, "")
	for range 600 { // 60 MB
		put(t, q, recs)
	}
	check("with a backlog")
	for n := 0; n < 300*256; {
		b, err := r.Poll()
		if err != nil {
			t.Fatal(err)
		}
		n += len(b.Records)
		if err := r.Ack(b.End); err != nil {
			t.Fatal(err)
		}
	}
	check("half of it read")
	shut(t, q)
	q = open(t, dir, opts)
	check("after a restart")
	if n := len(take(t, reader(t, q, ""))); n < 299*256 || n > 300*256 {
		t.Errorf("%d records left", n)
	}
	check("all of it read")
}
