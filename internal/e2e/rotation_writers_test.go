package e2e

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// logWriter writes numbered lines into a log that it rotates in its own way.
type logWriter struct {
	kind    string // names the stream as well
	dir     string
	journal string // position file of the stream
	rotate  func(w *logWriter, ctx context.Context) error
	r       *rand.Rand

	f         *os.File
	n         int // number of the next line
	rotations int
}

// Pace of a writer: lines in one write, and the time from one to the next.
const (
	linesPerWrite = 40
	writeEvery    = 5 * time.Millisecond
)

// rotations are the kinds of rotation, with file_match and priority to read them.
var rotations = []struct {
	kind, match, priority string
	rotate                func(*logWriter, context.Context) error
}{
	{"rename", `app\.log\.?(?P<Seq>\d*)`, `["^Seq"]`, renameCreate},
	{"copytruncate", `app\.log\.?(?P<Seq>\d*)`, `["^Seq"]`, copyTruncate},
	{"compress", `app\.log(\.(?P<Seq>\d+)(\.(gz|zst|bz2|xz))?)?`, `["^Seq"]`, renameCompress},
	{"dated", `app-(?P<Date>\d+)\.log`, `["Date"]`, nextName},
	{"recreate", `app\.log`, `[]`, deleteRecreate},
	{"symlink", `current\.log`, `[]`, switchLink},
	{"late", `app-(?P<Date>\d+)\.log`, `["Date"]`, appearLate},
}

// run writes until ctx is done, and always whole lines in the end.
func (w *logWriter) run(ctx context.Context) (err error) {
	if err := w.open(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.f.Close()) }()
	tick := time.NewTicker(writeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := w.write(linesPerWrite); err != nil {
			return err
		}
		if w.r.IntN(150) == 0 {
			if err := w.rotate(w, ctx); err != nil {
				return fmt.Errorf("rotate %s: %w", w.kind, err)
			}
			w.rotations++
		}
	}
}

func (w *logWriter) path(name string) string { return filepath.Join(w.dir, name) }

// open opens the current file.
func (w *logWriter) open() (err error) {
	name := "app.log"
	switch w.kind {
	case "dated", "late":
		name = fmt.Sprintf("app-%09d.log", w.rotations)
	case "symlink":
		// The file itself lies where nobody looks for it.
		name = fmt.Sprintf("app-%09d.log", w.rotations)
		link := w.path("next")
		if err := os.Symlink(w.path(name), link); err != nil {
			return err
		}
		if err := os.Rename(link, w.path("current.log")); err != nil {
			return err
		}
	}
	w.f, err = os.OpenFile(w.path(name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	return err
}

// reopen goes on with a new current file.
func (w *logWriter) reopen() error {
	w.rotations++
	defer func() { w.rotations-- }()
	return errors.Join(w.f.Close(), w.open())
}

// write writes lines, now and then in two parts with a pause in a line.
func (w *logWriter) write(lines int) error {
	var b []byte
	for range lines {
		b = appendLine(b, w.kind, w.n)
		w.n++
	}
	if w.r.IntN(4) == 0 {
		cut := len(b) - 1 - w.r.IntN(20)
		if _, err := w.f.Write(b[:cut]); err != nil {
			return err
		}
		time.Sleep(time.Duration(w.r.IntN(3)) * time.Millisecond) // the pace of the writer
		b = b[cut:]
	}
	_, err := w.f.Write(b)
	return err
}

// appendLine appends line n of a kind; its length follows from n.
func appendLine(b []byte, kind string, n int) []byte {
	return fmt.Appendf(b, "%s %09d %s\n", kind, n, strings.Repeat("x", n%50))
}

// shift moves app.log.1 to app.log.2 and so on, compressed or not.
func (w *logWriter) shift() error {
	for i := w.rotations; i > 0; i-- {
		for _, ending := range []string{"", ".gz", ".zst", ".bz2", ".xz"} {
			old := w.path(fmt.Sprintf("app.log.%d%s", i, ending))
			err := os.Rename(old, w.path(fmt.Sprintf("app.log.%d%s", i+1, ending)))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

func renameCreate(w *logWriter, _ context.Context) error {
	if err := w.shift(); err != nil {
		return err
	}
	if err := os.Rename(w.path("app.log"), w.path("app.log.1")); err != nil {
		return err
	}
	// The writer does not know yet.
	if err := w.write(linesPerWrite); err != nil {
		return err
	}
	return w.reopen()
}

func copyTruncate(w *logWriter, _ context.Context) error {
	if err := w.shift(); err != nil {
		return err
	}
	from, err := os.Open(w.path("app.log"))
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.Create(w.path("app.log.1"))
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close(), w.f.Truncate(0))
}

func renameCompress(w *logWriter, ctx context.Context) error {
	if err := renameCreate(w, ctx); err != nil {
		return err
	}
	from, err := os.Open(w.path("app.log.1"))
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.Create(w.path("compressing"))
	if err != nil {
		return err
	}
	ending, err := w.compress(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		return err
	}
	if err := os.Rename(w.path("compressing"), w.path("app.log.1"+ending)); err != nil {
		return err
	}
	return os.Remove(w.path("app.log.1"))
}

// compress writes a file in one of the compressed formats and returns the ending
// of its name. Formats whose tool is not there are left to the others.
func (w *logWriter) compress(to io.Writer, from io.Reader) (ending string, err error) {
	tool := []string{"", "zstd", "bzip2", "xz"}[w.r.IntN(4)]
	if path, err := exec.LookPath(tool); err == nil {
		c := exec.Command(path, "-1", "-c")
		c.Stdin, c.Stdout = from, to
		return map[string]string{"zstd": ".zst", "bzip2": ".bz2", "xz": ".xz"}[tool], c.Run()
	}
	z := gzip.NewWriter(to)
	_, err = io.Copy(z, from)
	return ".gz", errors.Join(err, z.Close())
}

// appearLate goes on with a new file, and lets one appear before it in the order
// when that has been written to.
func appearLate(w *logWriter, _ context.Context) error {
	var b []byte
	for range linesPerWrite {
		b = appendLine(b, w.kind, w.n)
		w.n++
	}
	w.rotations++
	name := fmt.Sprintf("app-%09d.log", w.rotations)
	if err := os.WriteFile(w.path("part"), b, 0o644); err != nil {
		return err
	}
	if err := w.reopen(); err != nil {
		return err
	}
	if err := w.write(linesPerWrite); err != nil {
		return err
	}
	time.Sleep(time.Duration(w.r.IntN(100)) * time.Millisecond) // the pace of the writer
	return os.Rename(w.path("part"), w.path(name))
}

func nextName(w *logWriter, _ context.Context) error { return w.reopen() }

// deleteRecreate deletes a file that has been read.
func deleteRecreate(w *logWriter, ctx context.Context) error {
	if !w.awaitRead(ctx) {
		return nil
	}
	if err := os.Remove(w.path("app.log")); err != nil {
		return err
	}
	return w.reopen()
}

// switchLink lets the link point to a new file when the old one has been read.
func switchLink(w *logWriter, ctx context.Context) error {
	if !w.awaitRead(ctx) {
		return nil
	}
	return w.reopen()
}

// awaitRead waits until all that was written is delivered, by the position file;
// it returns false if ctx is done before.
func (w *logWriter) awaitRead(ctx context.Context) bool {
	info, err := w.f.Stat()
	if err != nil {
		return false
	}
	for ctx.Err() == nil {
		at, err := logstream.PeekJournal(filepath.Dir(w.journal), w.kind)
		if err == nil && at.Seek == info.Size() {
			return true
		}
		time.Sleep(writeEvery)
	}
	return false
}
