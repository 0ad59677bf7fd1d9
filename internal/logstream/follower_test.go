package logstream_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// inWorld runs a test with a clock of its own, in which no waiting takes time.
func inWorld(t *testing.T, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, schemes["numbered"])
		f(w)
		w.stop()
	})
}

func (w *world) expect(lines ...string) {
	w.t.Helper()
	if got := w.read(); !slices.Equal(got, lines) {
		w.t.Errorf("got %q, want %q; warned %q", got, lines, w.warned)
	}
}

func (w *world) run(command string) {
	w.t.Helper()
	w.do(strings.Fields(command))
}

func TestTailStartsAtTheEndOfTheNewestFile(t *testing.T) {
	for _, newest := range []string{"plain", "compressed", "empty"} {
		t.Run(newest, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.opt.Tail = true
				w.run("write app.log.2 y1")
				w.run("write app.log.1 z1 z2")
				switch newest {
				case "plain":
					w.run("mv app.log.1 app.log")
				case "compressed":
					w.run("gzip app.log.1 app.log.1.gz")
				case "empty":
					w.run("write app.log")
				}
				w.expect()
				w.stop()
				w.expect()
				w.stop()
				w.run("append app.log.2 y2")
				if newest == "compressed" {
					w.run("write app.log a1")
				} else {
					w.run("append app.log a1")
				}
				w.expect("a1")
			})
		})
	}
}

func TestTailHasNoEffectOnAPosition(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log a1")
		w.expect("a1")
		w.stop()
		w.opt.Tail = true
		w.run("append app.log a2")
		w.expect("a2")
	})
}

func TestOnceEndsWhenAllIsRead(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opt.Once = true
		w.run("write app.log.3 x1")
		w.run("gzip app.log.3 app.log.3.gz")
		w.run("write app.log.2")
		w.run("write app.log.1 z1")
		w.run("write app.log a1 a2~")
		began := time.Now()
		w.expect("x1", "z1", "a1")
		if !w.ended || time.Since(began) > 0 {
			t.Errorf("ended is %v after %s", w.ended, time.Since(began))
		}
		w.stop()
		w.run("append app.log +a2 a3")
		w.expect("a2+a2", "a3")
		w.stop()
		w.run("rm app.log.3.gz")
		w.expect()
	})
}

func TestStreamEndsWhenItsFilesAreGone(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log.1 z1")
		w.run("write app.log a1")
		w.expect("z1", "a1")
		w.run("append app.log a2")
		w.run("rm app.log")
		w.run("rm app.log.1")
		if got := w.readFor(30 * time.Second); !slices.Equal(got, []string{"a2"}) || w.ended {
			t.Errorf("got %q, ended is %v; a new file may still come", got, w.ended)
		}
		if got := w.readFor(3 * time.Minute); len(got) > 0 || !w.ended {
			t.Errorf("got %q, ended is %v", got, w.ended)
		}
	})
}

func TestStreamGoesOnWhileTheDirectoryCannotBeScanned(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log a1")
		w.expect("a1")
		away := w.dir + ".away"
		if err := os.Rename(w.dir, away); err != nil {
			t.Fatal(err)
		}
		if got := w.readFor(5 * time.Minute); len(got) > 0 || w.ended {
			t.Errorf("got %q, ended is %v", got, w.ended)
		}
		if err := os.Rename(away, w.dir); err != nil {
			t.Fatal(err)
		}
		w.run("append app.log a2")
		w.expect("a2")
		if len(w.warned) == 0 {
			t.Error("nothing was said about the missing directory")
		}
	})
}

func TestReleasedStreamGoesOn(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log a1")
		w.expect("a1")
		w.f.Release()
		w.run("append app.log a2")
		w.expect("a2")
		w.f.Release()
		w.run("append app.log a3")
		w.run("mv app.log app.log.1")
		w.run("write app.log b1")
		w.expect("a3", "b1")
		w.f.Release()
		w.run("append app.log b2")
		w.run("gzip app.log app.log.1.gz")
		w.run("write app.log c1")
		w.expect("b2", "c1")
		w.f.Release()
		w.run("overwrite app.log d1 d2 d3")
		w.expect("d1", "d2", "d3")
	})
}

func TestAgedFilesAreLeftOutAndToldOf(t *testing.T) {
	inWorld(t, func(w *world) {
		w.scheme.OldestDuration = time.Hour
		age := func(name string, d time.Duration) {
			at := time.Now().Add(-d)
			if err := os.Chtimes(filepath.Join(w.dir, name), at, at); err != nil {
				t.Fatal(err)
			}
		}
		w.run("write app.log.2 y1")
		w.run("write app.log.1 z1 z2")
		w.run("write app.log a1")
		age("app.log.2", 2*time.Hour)
		age("app.log.1", time.Minute)
		age("app.log", time.Second)
		w.expect("z1", "z2", "a1")
		w.stop()
		if len(w.warned) > 0 {
			t.Errorf("warned %q", w.warned)
		}
		w.run("append app.log a2")
		w.run("mv app.log app.log.1")
		w.run("write app.log b1")
		age("app.log.1", 2*time.Hour)
		age("app.log", time.Second)
		w.expect("b1")
		if len(w.warned) != 1 || !strings.Contains(w.warned[0], "older than oldest_duration") {
			t.Errorf("warned %q", w.warned)
		}
	})
}

func TestPositionInAnAgedFile(t *testing.T) {
	inWorld(t, func(w *world) {
		w.scheme.OldestDuration = time.Hour
		w.run("write app.log.2 y1")
		w.run("write app.log.1 z1")
		w.expect("y1", "z1")
		w.stop()
		w.run("append app.log.1 z2")
		w.run("write app.log a1")
		for name, age := range map[string]time.Duration{"app.log.2": time.Minute, "app.log.1": 2 * time.Hour} {
			at := time.Now().Add(-age)
			if err := os.Chtimes(filepath.Join(w.dir, name), at, at); err != nil {
				t.Fatal(err)
			}
		}
		w.expect("a1")
		if len(w.warned) != 1 || !strings.Contains(w.warned[0], "app.log.1 from 3 on") {
			t.Errorf("warned %q", w.warned)
		}
	})
}

func TestLateLinesOfAFileThatWasQuiet(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log a1")
		past := time.Now().Add(-24 * time.Hour)
		if err := os.Chtimes(filepath.Join(w.dir, "app.log"), past, past); err != nil {
			t.Fatal(err)
		}
		w.expect("a1")
		w.run("mv app.log app.log.1")
		w.run("write app.log b1")
		w.expect("b1")
		w.run("append app.log.1 a2")
		w.expect("a2")
	})
}

func TestPositionOfHekaWithoutIdentity(t *testing.T) {
	for _, c := range []struct {
		name, journal string
		want          []string
	}{
		{"within the file", `{"seek":3,"file_name":"DIR/app.log","last_hash":"HASH"}`, []string{"a2"}},
		{"renamed", `{"seek":3,"file_name":"DIR/app.log.9","last_hash":"HASH"}`, []string{"a2"}},
		{"wrong hash", `{"seek":3,"file_name":"DIR/app.log","last_hash":"0005b23129a44e7da697f2e16ccc63f472293921"}`, []string{"z1", "a1", "a2"}},
		{"beginning", `{"seek":0,"file_name":"DIR/app.log","last_hash":"fc56d4b3c72a8bfe593373c740d558ec1340ac73"}`, []string{"a1", "a2"}},
		{"beginning of a file that is gone", `{"seek":0,"file_name":"DIR/app.log.5","last_hash":"fc56d4b3c72a8bfe593373c740d558ec1340ac73"}`, []string{"z1", "a1", "a2"}},
		{"none", `{"seek":0,"file_name":"","last_hash":""}`, []string{"z1", "a1", "a2"}},
		{"damaged", `{"seek":`, []string{"z1", "a1", "a2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.run("write app.log.1 z1")
				w.run("write app.log a1 a2")
				hash := follow(t, "a1\n").LastHash
				write(t, w.journal.Path(testStream), strings.NewReplacer("DIR", w.dir, "HASH", hash).Replace(c.journal))
				if _, err := w.journal.Load(testStream); c.name == "damaged" && err == nil {
					t.Error("the damage is not told of")
				}
				w.expect(c.want...)
			})
		})
	}
}

func TestBoundariesSayWhatHappened(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log a1")
		w.expect("a1")
		w.run("mv app.log app.log.1")
		w.run("write app.log b1")
		w.expect("b1")
		w.run("append app.log.1 a2")
		w.expect("a2")
		w.run("overwrite app.log")
		w.run("append app.log c1")
		w.expect("c1")
		var got []string
		for _, b := range w.bounds {
			got = append(got, b.Kind.String()+" "+filepath.Base(b.From)+" "+filepath.Base(b.To)+" "+itoa(int(b.Offset)))
		}
		want := []string{"next app.log.1 app.log 3", "late app.log app.log.1 6", "return app.log.1 app.log 9", "restart app.log app.log 9"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestStatus(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log.2 y1")
		w.run("write app.log.1 z1 z2")
		w.run("write app.log a1 a2 a3")
		path := func(name string) string { return filepath.Join(w.dir, name) }
		w.start()
		if st := w.f.Status(); st.Stream != testStream || st.FileName != "" || len(st.Files) != 0 {
			t.Errorf("before the start: got %+v", st)
		}
		buf := make([]byte, 4)
		for w.f.Offset() < 7 {
			if _, err := w.f.Read(buf); err == logstream.ErrNoData {
				if err := w.f.Wait(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
		}
		st := w.f.Status()
		want := []logstream.FileStatus{
			{Path: path("app.log.2"), Size: 3, State: logstream.Read},
			{Path: path("app.log.1"), Size: 6, State: logstream.Reading},
			{Path: path("app.log"), Size: 9, State: logstream.Unread},
		}
		if st.FileName != path("app.log.1") || st.Seek != 4 || st.Lag != 11 || !slices.Equal(st.Files, want) {
			t.Errorf("got %+v", st)
		}

		sc, err := logstream.NewScanner(logstream.Scheme{Name: testStream, LogDirectory: w.dir, FileMatch: w.scheme.FileMatch, Priority: w.scheme.Priority})
		if err != nil {
			t.Fatal(err)
		}
		l, err := sc.Scan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		s, _ := l.Stream(testStream)
		preview := logstream.Preview(s, w.f.Position(7), false)
		if preview.FileName != st.FileName || preview.Seek != 4 || preview.Lag != 11 || !slices.Equal(preview.Files, want) {
			t.Errorf("preview: got %+v", preview)
		}
		if p := logstream.Preview(s, logstream.Position{}, false); p.FileName != "" || p.Seek != 0 || p.Lag != 18 {
			t.Errorf("preview without a position: got %+v", p)
		}
		if p := logstream.Preview(s, logstream.Position{}, true); p.FileName != path("app.log") || p.Seek != 9 || p.Lag != 0 {
			t.Errorf("preview of a tail: got %+v", p)
		}
	})
}

func TestClosedFollower(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log a1")
		w.expect("a1")
		if err := w.f.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := w.f.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("got %v, want %v", err, fs.ErrClosed)
		}
		if p := w.f.Position(3); p.Seek != 3 || p.LastHash == "" {
			t.Errorf("got %+v", p)
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := w.f.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestHintEndsTheWait(t *testing.T) {
	h, err := logstream.NewHints()
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	dir := t.TempDir()
	path := filepath.Join(dir, "app.log")
	write(t, path, "a1\n")
	f := newFollower(t, dir, `app\.log(\.(?P<Seq>\d+))?`, logstream.Options{Hints: h, CheckInterval: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan string)
	defer func() {
		cancel()
		for range got {
		}
	}()
	go func() {
		defer close(got)
		buf := make([]byte, 100)
		for {
			n, err := f.Read(buf)
			switch {
			case n > 0:
				got <- string(buf[:n])
			case errors.Is(err, logstream.ErrNoData):
				if f.Wait(ctx) != nil {
					return
				}
			}
		}
	}()
	if line := <-got; line != "a1\n" {
		t.Errorf("got %q", line)
	}
	for _, want := range []string{"a2\n", "a3\n"} {
		if err := change(path, os.O_APPEND, 0, want); err != nil {
			t.Fatal(err)
		}
		if line := <-got; line != want {
			t.Errorf("got %q, want %q", line, want)
		}
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write(t, path, "b1\n")
	if line := <-got; line != "b1\n" {
		t.Errorf("got %q", line)
	}
}
