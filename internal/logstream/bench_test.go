package logstream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// BenchmarkRead reads a file of 256 MB through a Follower and, in turn, with a
// plain loop. "ratio" is the Follower's speed as a part of the plain one.
func BenchmarkRead(b *testing.B) {
	const size = 256 << 20
	dir := b.TempDir()
	path := filepath.Join(dir, "app.log")
	line := strings.Repeat("some words of a log line; ", 8) + "\n"
	write(b, path, strings.Repeat(line, size/len(line)+1)[:size])
	buf := make([]byte, 64<<10)
	var plain, followed time.Duration
	b.SetBytes(size)
	for b.Loop() {
		began := time.Now()
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		var n int64
		for err == nil {
			var m int
			m, err = f.Read(buf)
			n += int64(m)
		}
		f.Close()
		if err != io.EOF || n != size {
			b.Fatal(n, err)
		}
		between := time.Now()
		if n = drain(b, newFollower(b, dir, `app\.log`, logstream.Options{Once: true}), buf); n != size {
			b.Fatal(n)
		}
		plain += between.Sub(began)
		followed += time.Since(between)
	}
	b.ReportMetric(float64(plain)/float64(followed), "ratio")
	b.ReportMetric(float64(b.N)*size/followed.Seconds()/1e6, "MB/s-followed")
}

func drain(b *testing.B, f *logstream.Follower, buf []byte) (n int64) {
	for {
		m, err := f.Read(buf)
		n += int64(m)
		switch {
		case err == nil, errors.Is(err, logstream.ErrBoundary):
		case errors.Is(err, logstream.ErrNoData):
			if err := f.Wait(context.Background()); err != nil {
				b.Fatal(err)
			}
		case errors.Is(err, io.EOF):
			f.Close()
			return n
		default:
			b.Fatal(err)
		}
	}
}

// BenchmarkScan scans 100,000 names: 1,000 hosts with 100 files each.
func BenchmarkScan(b *testing.B) {
	dir := b.TempDir()
	for host := range 1000 {
		sub := filepath.Join(dir, fmt.Sprintf("host%03d.example.org", host))
		if err := os.Mkdir(sub, 0o755); err != nil {
			b.Fatal(err)
		}
		for n := range 100 {
			f, err := os.Create(filepath.Join(sub, fmt.Sprintf("access.log.%d", n)))
			if err != nil {
				b.Fatal(err)
			}
			f.Close()
		}
	}
	sc, err := logstream.NewScanner(logstream.Scheme{
		Name: "access", LogDirectory: dir, FileMatch: `(?P<Host>[^/]+)/access\.log\.?(?P<Seq>\d*)(\.gz)?`,
		Priority: []string{"^Seq"}, Differentiator: []string{"nginx-", "Host"}, OldestDuration: 720 * time.Hour,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		l, err := sc.Scan(context.Background())
		if err != nil || len(l.Streams) != 1000 {
			b.Fatal(len(l.Streams), err)
		}
	}
}

// BenchmarkIdle is one check of a stream that has nothing new.
func BenchmarkIdle(b *testing.B) {
	dir := b.TempDir()
	write(b, filepath.Join(dir, "app.log"), "x\n")
	f := newFollower(b, dir, `app\.log`, logstream.Options{CheckInterval: time.Nanosecond})
	buf := make([]byte, 100)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	for ctx.Err() == nil {
		if _, err := f.Read(buf); err != nil {
			_ = f.Wait(ctx)
		}
	}
	cancel()
	b.ReportAllocs()
	for b.Loop() {
		ctx := &countdown{Context: context.Background(), n: 1}
		if f.Wait(ctx) == nil {
			b.Fatal("there is news")
		}
	}
}

// A countdown ends after having been asked n times.
type countdown struct {
	context.Context
	n int
}

func (c *countdown) Err() error {
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

// BenchmarkCommit makes the position of a batch durable.
func BenchmarkCommit(b *testing.B) {
	dir := b.TempDir()
	write(b, filepath.Join(dir, "app.log"), strings.Repeat("some words\n", 10000))
	f := newFollower(b, dir, `app\.log`, logstream.Options{Once: true})
	drain(b, f, make([]byte, 64<<10))
	j, err := logstream.OpenJournal(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	b.Run("position", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Position(50000)
		}
	})
	b.Run("save", func(b *testing.B) {
		p := f.Position(50000)
		for b.Loop() {
			if err := j.Save("app", p); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkReadCall is one Read of 64 KiB in the middle of a file.
func BenchmarkReadCall(b *testing.B) {
	dir := b.TempDir()
	write(b, filepath.Join(dir, "app.log"), strings.Repeat("some words of a log line\n", 1<<20))
	buf := make([]byte, 64<<10)
	var f *logstream.Follower
	b.ReportAllocs()
	b.SetBytes(int64(len(buf)))
	for b.Loop() {
		if f != nil {
			if _, err := f.Read(buf); err == nil {
				continue
			}
		}
		f = newFollower(b, dir, `app\.log`, logstream.Options{})
		_, _ = f.Read(buf)
		if err := f.Wait(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
