package logstream_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// TestPositionsAreAskedForWhileFilesAreReadAndRotated runs a writer, a reader
// and a keeper of positions at the same time, on the real clock. Files are renamed
// so often that many scans come in between.
func TestPositionsAreAskedForWhileFilesAreReadAndRotated(t *testing.T) {
	for round := range 12 {
		t.Run(fmt.Sprint(round), rotateWhileRead)
	}
}

func rotateWhileRead(t *testing.T) {
	const lines = 30000
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	write(t, path, "")
	hints, err := logstream.NewHints()
	if err != nil {
		t.Fatal(err)
	}
	defer hints.Close()
	f := newFollower(t, dir, `app\.log(\.(?P<Seq>\d+))?`, logstream.Options{
		CheckInterval: time.Millisecond, Hints: hints, Warn: func(err error) { t.Log(err) },
	})
	j, err := logstream.OpenJournal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()

	var all sync.WaitGroup
	all.Go(func() {
		if err := writeLines(dir, path, lines); err != nil {
			t.Error(err)
			cancel()
		}
	})
	acked := make(chan int64, 1)
	all.Go(func() {
		for offset := range acked {
			if err := j.Save(testStream, f.Position(offset)); err != nil {
				t.Error(err)
			}
			f.Forget(offset)
			if st := f.Status(); st.Stream != testStream {
				t.Errorf("got status %+v", st)
			}
		}
	})
	all.Go(func() {
		defer close(acked)
		r, w := io.Pipe()
		counted := make(chan error, 1)
		go func() { counted <- countLines(r, lines) }()
		buf := make([]byte, 10000)
		for ctx.Err() == nil {
			n, err := f.Read(buf)
			if n > 0 {
				if _, err := w.Write(buf[:n]); err != nil {
					break
				}
				select {
				case acked <- f.Offset():
				default:
				}
			}
			if errors.Is(err, logstream.ErrNoData) {
				waited, done := context.WithTimeout(ctx, 20*time.Millisecond)
				_ = f.Wait(waited)
				done()
				if len(counted) > 0 {
					break
				}
			}
		}
		w.CloseWithError(fmt.Errorf("the reader stopped: %w", context.Cause(ctx)))
		if err := <-counted; err != nil {
			t.Error(err)
		}
	})
	all.Wait()
}

// writeLines writes numbered lines and rotates after every thousand.
func writeLines(dir, path string, n int) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	for i := range n {
		if i%1000 == 999 {
			if err := f.Close(); err != nil {
				return err
			}
			for k := i / 1000; k >= 0; k-- {
				from := filepath.Join(dir, fmt.Sprintf("app.log.%d", k))
				if k == 0 {
					from = path
				}
				if err := os.Rename(from, filepath.Join(dir, fmt.Sprintf("app.log.%d", k+1))); err != nil {
					return err
				}
			}
			if f, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(f, "%d %s\n", i, strings.Repeat("x", i%100)); err != nil {
			return err
		}
	}
	return f.Close()
}

// countLines checks that the lines come in order, and each of them once.
func countLines(r *io.PipeReader, n int) error {
	lines := bufio.NewScanner(r)
	for i := range n {
		if !lines.Scan() {
			return fmt.Errorf("line %d: %w", i, lines.Err())
		}
		if want := fmt.Sprintf("%d %s", i, strings.Repeat("x", i%100)); lines.Text() != want {
			err := fmt.Errorf("line %d is %q, want %q", i, lines.Text(), want)
			r.CloseWithError(err)
			return err
		}
	}
	return nil
}
