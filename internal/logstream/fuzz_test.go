package logstream_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// FuzzContent reads any bytes as a log, and again from a place in it.
func FuzzContent(f *testing.F) {
	for _, name := range []string{"lines.gz", "lines.members.gz", "lines.zst", "lines.bz2", "lines.xz"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, uint16(100))
	}
	f.Add([]byte("plain\ntext"), uint16(3))
	f.Add([]byte("\x00\x00"), uint16(1))
	f.Add([]byte("BZh9"), uint16(2))
	f.Fuzz(func(t *testing.T, content []byte, at uint16) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "app.log"), string(content))
		follow := func(start logstream.Position) ([]byte, *logstream.Follower) {
			f := newFollower(t, dir, `app\.log`, logstream.Options{Once: true, Start: start})
			var all []byte
			buf := make([]byte, 1000)
			for len(all) < 1<<20 {
				n, err := f.Read(buf)
				all = append(all, buf[:n]...)
				switch {
				case err == nil, errors.Is(err, logstream.ErrBoundary):
				case errors.Is(err, logstream.ErrNoData):
					if err := f.Wait(t.Context()); err != nil {
						t.Fatal(err)
					}
				case errors.Is(err, io.EOF):
					return all, f
				default:
					t.Fatal(err)
				}
			}
			return all, f
		}
		all, first := follow(logstream.Position{})
		place := min(int64(at), int64(len(all)))
		if place == 0 || len(all) >= 1<<20 {
			return
		}
		rest, _ := follow(first.Position(place))
		if string(rest) != string(all[place:]) {
			t.Errorf("from %d on: got %d bytes, want %d", place, len(rest), len(all)-int(place))
		}
	})
}

// FuzzNames scans files of any names.
func FuzzNames(f *testing.F) {
	f.Add(`app\.log\.?(?P<Seq>\d*)`, "app.log.1", "app.log")
	f.Add(`(?P<MonthName>\w+)(?P<DayName>\w+)`, "JanMon", "x")
	f.Add(`(?P<T>.*)`, "99999999999999999999999", "one")
	f.Fuzz(func(t *testing.T, match, a, b string) {
		dir := t.TempDir()
		sc, err := logstream.NewScanner(logstream.Scheme{
			Name: "s", LogDirectory: dir, FileMatch: match, Priority: []string{"^Seq", "T", "MonthName", "DayName"},
			Translation:    map[string]map[string]int{"T": {"one": 1, "two": 2, "missing": 3}, "Seq": {"missing": 7}},
			Differentiator: []string{"x", "Host"}, OldestDuration: time.Hour,
		})
		if err != nil {
			return
		}
		for _, name := range []string{a, b} {
			if filepath.IsLocal(name) {
				_ = os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
				_ = os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644)
			}
		}
		l, err := sc.Scan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range l.Streams {
			if got, ok := l.Stream(s.Name); !ok || len(got.Files) == 0 {
				t.Errorf("stream %q has %d files", s.Name, len(got.Files))
			}
		}
	})
}
