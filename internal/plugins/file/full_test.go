//go:build linux

package file

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/hekad/heka/internal/plugins/feedtest"
)

// room is a place where a file can grow to a few ten kilobytes and no more, until
// free is called.
type room struct {
	name string
	dir  string
	free func()
	full error // what a write says that does not fit
}

// rooms are the ways to run out of space that this process can bring about: a
// limit on the size of files for everybody, a tiny file system for root.
func rooms(t *testing.T) []func(t *testing.T) room {
	all := []func(t *testing.T) room{limitedRoom}
	dir := t.TempDir()
	if unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k") == nil {
		unix.Unmount(dir, 0)
		all = append(all, tinyRoom)
	}
	return all
}

func limitedRoom(t *testing.T) room {
	signal.Ignore(unix.SIGXFSZ)
	var before unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_FSIZE, &before))
	limit := before
	limit.Cur = 30001
	must(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &limit))
	free := func() { unix.Setrlimit(unix.RLIMIT_FSIZE, &before) }
	t.Cleanup(free)
	return room{"limit", t.TempDir(), free, syscall.EFBIG}
}

func tinyRoom(t *testing.T) room {
	dir := t.TempDir()
	must(t, unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"))
	t.Cleanup(func() { unix.Unmount(dir, 0) })
	filler := filepath.Join(dir, "filler")
	must(t, os.WriteFile(filler, make([]byte, 32<<10), 0o600))
	return room{"tmpfs", dir, func() { os.Remove(filler) }, syscall.ENOSPC}
}

// fill sends batches until one does not fit and returns all lines, the work that
// is left, and the ledger.
func fill(t *testing.T, o *Output, r room) (lines []string, left *feedtest.Work, l *feedtest.Ledger) {
	t.Helper()
	l = new(feedtest.Ledger)
	all := feedtest.Lines(strings.Repeat("x", 90), 1000)
	for len(lines) < len(all) {
		n := len(lines)
		lines = all[:n+10]
		w := l.Messages(lines[n:]...)
		err := w.Send(t.Context(), o, false)
		if err == nil {
			err = o.Flush(t.Context())
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, r.full) || !strings.HasPrefix(err.Error(), "Can't write to "+o.target.path) {
			t.Fatalf("%s: error %v", r.name, err)
		}
		return lines, w, l
	}
	t.Fatalf("%s: everything fits", r.name)
	return nil, nil, nil
}

func TestAFullDiskLosesNothing(t *testing.T) {
	for _, operator := range []string{"OR", "AND"} { // the error comes from SendBatch, from Flush
		for _, make := range rooms(t) {
			r := make(t)
			path := filepath.Join(r.dir, "out.log")
			o, _ := newTestOutput(t, path, func(c *OutputConfig) { c.FlushOperator = operator })
			lines, left, l := fill(t, o, r)
			before := l.Delivered()
			for range 5 {
				if err := o.Flush(t.Context()); !errors.Is(err, r.full) {
					t.Fatalf("%s: error %v", r.name, err)
				}
			}
			if l.Delivered() > len(lines)-10 || l.Delivered() < before {
				t.Errorf("%s: %d messages are delivered while the disk is full", r.name, l.Delivered())
			}
			r.free()
			if operator == "OR" {
				must(t, left.Send(t.Context(), o, false))
			}
			must(t, o.Flush(t.Context()))
			delivered(t, l, len(lines))
			must(t, o.Close())
			if got, want := read(t, path), strings.Join(lines, "\n")+"\n"; got != want {
				t.Errorf("%s: %d bytes in the file, want %d, or other ones", r.name, len(got), len(want))
			}
		}
	}
}

func TestAMessageThatWasCutIsWholeInTheNextFile(t *testing.T) {
	for _, make := range rooms(t) {
		r := make(t)
		path, moved := filepath.Join(r.dir, "out.log"), filepath.Join(r.dir, "old.log")
		o, _ := newTestOutput(t, path, func(c *OutputConfig) { c.FlushOperator = "OR" })
		lines, left, _ := fill(t, o, r)
		must(t, os.Rename(path, moved))
		r.free()
		must(t, left.Send(t.Context(), o, false))
		must(t, o.Close())
		old, rest := read(t, moved), read(t, path)
		whole := old[:strings.LastIndexByte(old, '\n')+1]
		if whole == old {
			t.Errorf("%s: no message was cut", r.name)
		}
		if whole+rest != strings.Join(lines, "\n")+"\n" {
			t.Errorf("%s: the files together do not hold every message once", r.name)
		}
	}
}

func TestCloseTellsWhatIsNotWritten(t *testing.T) {
	o, _ := newTestOutput(t, "/dev/full", nil)
	l := new(feedtest.Ledger)
	must(t, l.Messages("lost").Send(t.Context(), o, false))
	if err := o.Flush(t.Context()); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v", err)
	}
	if err := o.Close(); err == nil || !strings.HasPrefix(err.Error(), "5 bytes are not written: ") {
		t.Errorf("error %v", err)
	}
	undelivered(t, o, l, 0)
	if c := feedtest.Counters(o); c["WriteFailures"] != int64(2) || c["FilePath"] != "/dev/full" {
		t.Errorf("report %v", c)
	}
}
