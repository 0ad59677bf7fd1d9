package logstream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// TestEveryLineArrivesExactlyOnce writes numbered lines while logs are rotated
// in all ways at random, the reader lags, is stopped, or crashes and goes on
// from a position that was saved earlier.
func TestEveryLineArrivesExactlyOnce(t *testing.T) {
	for seed := range uint64(100) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newChaos(t, seed).run() })
		})
	}
}

type chaos struct {
	*testing.T
	rand    *rand.Rand
	dir     string
	scanner *logstream.Scanner
	journal *logstream.Journal
	history []string // what was done, for the report of a failure

	// the writer
	number  int  // of the next line
	open    bool // the last line has no newline yet
	rotated int  // files made by rotation

	// the reader
	f       *logstream.Follower
	partial []byte
	got     []record
}

// A record is a line as it arrived, with the stream offset behind it.
type record struct {
	text string
	end  int64
}

func newChaos(t *testing.T, seed uint64) *chaos {
	c := &chaos{T: t, rand: rand.New(rand.NewPCG(seed, 1)), dir: t.TempDir()}
	var err error
	c.scanner, err = logstream.NewScanner(logstream.Scheme{
		Name: testStream, LogDirectory: c.dir, FileMatch: `app\.log(\.(?P<Seq>\d+)(\.gz)?)?`, Priority: []string{"^Seq"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.journal, err = logstream.OpenJournal(filepath.Join(t.TempDir(), "journal")); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *chaos) path(n int) string {
	if n == 0 {
		return filepath.Join(c.dir, "app.log")
	}
	return filepath.Join(c.dir, fmt.Sprintf("app.log.%d", n))
}

func (c *chaos) note(format string, args ...any) {
	c.history = append(c.history, fmt.Sprintf(format, args...))
}

func (c *chaos) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatalf("%v after %q", err, c.history)
	}
}

func (c *chaos) run() {
	c.append()
	ops := []func(){
		c.append, c.append, c.append, c.rename, c.rename, c.copyTruncate, c.compress,
		c.appendLate, c.readSome, c.readSome, c.readAll, c.restart, c.crash, c.release, c.pause,
	}
	for range 60 {
		ops[c.rand.IntN(len(ops))]()
	}
	for c.open {
		c.append()
	}
	c.readFor(3 * time.Minute)
	c.stop()
	seen := map[string]int{}
	for _, r := range c.got {
		seen[r.text]++
	}
	for i := range c.number {
		if n := seen[line(i)]; n != 1 {
			c.Errorf("line %d came %d times", i, n)
		}
	}
	if len(seen) != c.number {
		c.Errorf("got %d different lines of %d", len(seen), c.number)
	}
	if c.Failed() {
		c.Logf("history:\n%s", strings.Join(c.history, "\n"))
	}
}

// line is the text of a line; its length depends on the number.
func line(i int) string {
	return fmt.Sprintf("%d %s", i, strings.Repeat("x", i*i*7919%301))
}

func (c *chaos) appendTo(path, text string) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	c.must(err)
	_, err = f.WriteString(text)
	c.must(err)
	c.must(f.Close())
}

// append writes some lines, and sometimes leaves the last one unfinished.
func (c *chaos) append() {
	var b strings.Builder
	from := c.number
	if c.open {
		b.WriteString(line(c.number - 1)[2:] + "\n")
		c.open = false
	}
	for range c.rand.IntN(6) {
		b.WriteString(line(c.number) + "\n")
		c.number++
	}
	if c.number > 10 && c.rand.IntN(4) == 0 {
		b.WriteString(line(c.number)[:2])
		c.number++
		c.open = true
	}
	c.appendTo(c.path(0), b.String())
	c.note("append %d-%d open=%v", from, c.number-1, c.open)
}

// shift makes room for a new app.log.1.
func (c *chaos) shift() {
	for n := c.rotated; n > 0; n-- {
		for _, ending := range []string{"", ".gz"} {
			err := os.Rename(c.path(n)+ending, c.path(n+1)+ending)
			if !errors.Is(err, os.ErrNotExist) {
				c.must(err)
			}
		}
	}
	c.rotated++
}

func (c *chaos) rename() {
	if _, err := os.Stat(c.path(0)); err != nil {
		return
	}
	c.shift()
	c.must(os.Rename(c.path(0), c.path(1)))
	if c.rand.IntN(2) == 0 {
		c.appendTo(c.path(0), "")
	}
	c.note("rename")
}

func (c *chaos) copyTruncate() {
	data, err := os.ReadFile(c.path(0))
	if err != nil {
		return
	}
	c.shift()
	c.must(os.WriteFile(c.path(1), data, 0o644))
	c.must(os.Truncate(c.path(0), 0))
	c.note("copytruncate")
}

// compress compresses the newest or the second rotated file.
func (c *chaos) compress() {
	n := 1 + c.rand.IntN(2)
	if err := compress(c.path(n), c.path(n)+".gz", gzipWriter); err == nil {
		c.note("compress %d", n)
	}
}

// appendLate is a writer that has not noticed a rotation.
func (c *chaos) appendLate() {
	if c.open {
		return
	}
	c.rename()
	c.append()
	for c.open {
		c.append()
	}
	c.readSome()
	// An empty file that is compressed after it was written to has nothing left
	// that it could be recognised by.
	if info, err := os.Stat(c.path(1)); err != nil || info.Size() == 0 {
		return
	}
	c.appendTo(c.path(1), line(c.number)+"\n")
	c.note("append late %d", c.number)
	c.number++
	c.readFor(5 * time.Second)
}

func (c *chaos) start() {
	pos, err := c.journal.Load(testStream)
	c.must(err)
	c.f = logstream.NewFollower(logstream.NewCatalog(c.scanner, time.Minute), testStream, logstream.Options{
		Start: pos,
		Warn:  func(err error) { c.note("warned: %v", err) },
	})
	c.partial = nil
	for i := range c.got {
		c.got[i].end = 0
	}
	c.note("start at %s", places(pos))
}

// readSome reads a few times.
func (c *chaos) readSome() {
	if c.f == nil {
		c.start()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for range c.rand.IntN(8) {
		if !c.step(ctx) {
			break
		}
	}
	c.note("read up to %d records", len(c.got))
}

func (c *chaos) readAll() { c.readFor(2 * time.Second) }

func (c *chaos) pause() { c.readFor(time.Duration(c.rand.IntN(150)) * time.Second) }

func (c *chaos) readFor(d time.Duration) {
	if c.f == nil {
		c.start()
	}
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	for c.step(ctx) {
	}
	c.note("read all for %s: %d records", d, len(c.got))
}

// step reads once; it returns false when the context ends.
func (c *chaos) step(ctx context.Context) bool {
	buf := make([]byte, 1+c.rand.IntN(700))
	n, err := c.f.Read(buf)
	c.partial = append(c.partial, buf[:n]...)
	end := c.f.Offset()
	for {
		text, rest, ok := bytes.Cut(c.partial, []byte("\n"))
		if !ok {
			break
		}
		c.got = append(c.got, record{string(text), end - int64(len(rest))})
		c.partial = bytes.Clone(rest)
	}
	switch {
	case err == nil:
	case errors.Is(err, logstream.ErrBoundary):
		b := c.f.Boundary()
		c.note("%s from %s to %s, %d pending", b.Kind, filepath.Base(b.From), filepath.Base(b.To), len(c.partial))
		if b.Kind == logstream.Late || b.Kind == logstream.Return {
			c.f.Unread(int64(len(c.partial)))
			c.partial = nil
		}
	case errors.Is(err, logstream.ErrNoData):
		return c.f.Wait(ctx) == nil
	default:
		c.must(err)
	}
	return true
}

// stop saves the position behind the last record.
func (c *chaos) stop() {
	if c.f == nil {
		return
	}
	c.must(c.journal.Save(testStream, c.f.Position(c.f.Offset()-int64(len(c.partial)))))
	c.must(c.f.Close())
	c.f = nil
}

func (c *chaos) restart() {
	c.stop()
	c.note("restart")
}

// crash forgets some of the records that this reader delivered, as a process
// does that dies before they are safe; the position before them is saved.
func (c *chaos) crash() {
	if c.f == nil {
		return
	}
	fresh := 0
	for fresh < len(c.got) && c.got[len(c.got)-1-fresh].end > 0 {
		fresh++
	}
	lose := c.rand.IntN(fresh + 1)
	offset := int64(0)
	if lose < fresh {
		offset = c.got[len(c.got)-1-lose].end
	}
	c.got = c.got[:len(c.got)-lose]
	c.must(c.journal.Save(testStream, c.f.Position(offset)))
	c.must(c.f.Close())
	c.f = nil
	c.note("crash, %d records lost", lose)
}

func (c *chaos) release() {
	if c.f != nil {
		c.f.Release()
		c.note("release")
	}
}

// places is a short form of a position.
func places(p logstream.Position) string {
	text := fmt.Sprintf("%s:%d", filepath.Base(p.FileName), p.Seek)
	if p.LastHash == "" {
		text += "?"
	}
	if p.After != nil {
		text += " after " + places(*p.After)
	}
	for _, b := range p.Behind {
		text += ", behind " + places(b)
	}
	return text
}
