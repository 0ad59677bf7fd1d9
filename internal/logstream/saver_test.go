package logstream_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/hekad/heka/internal/logstream"
)

// progressFile is where a Saver notes positions beside a position file.
func progressFile(j *logstream.Journal, stream string) string { return j.Path(stream) + "%now" }

// at returns a position in a file of the given content after n bytes.
func at(t *testing.T, f *logstream.Follower, n int64) logstream.Position {
	t.Helper()
	p := f.Position(n)
	if p.Seek != n || p.LastHash == "" {
		t.Fatalf("position %+v", p)
	}
	return p
}

func TestANotedPositionOutlivesTheProcess(t *testing.T) {
	dir, logs := t.TempDir(), t.TempDir()
	write(t, filepath.Join(logs, "app.log"), "hello\nworld\nagain\n")
	f := newFollower(t, logs, `app\.log`, logstream.Options{Once: true})
	readAll(t, f)
	j, err := logstream.OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	s := j.Saver("app")
	want := func(p logstream.Position) {
		t.Helper()
		if got, err := j.Load("app"); err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("got %+v, %v, want %+v", got, err, p)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	modified := func() int64 { info, err := os.Stat(j.Path("app")); must(err); return info.ModTime().UnixNano() }

	must(s.Note(at(t, f, 6))) // the first is saved
	want(at(t, f, 6))
	saved := modified()
	for n := int64(7); n <= 12; n++ {
		must(s.Note(at(t, f, n)))
		want(at(t, f, n))
	}
	if modified() != saved {
		t.Error("the position file is written for every position")
	}

	// The end of the system may tear the slot that was written last.
	file, err := os.OpenFile(progressFile(j, "app"), os.O_RDWR, 0)
	must(err)
	_, err = file.WriteAt([]byte{0xff}, 512+30)
	must(err)
	must(file.Close())
	want(at(t, f, 11))

	must(s.Save(at(t, f, 14)))
	want(at(t, f, 14))
	must(s.Note(at(t, f, 13))) // as after a file was emptied
	want(at(t, f, 13))
	must(s.Note(at(t, f, 15)))
	must(s.Release())
	must(s.Note(at(t, f, 16)))
	want(at(t, f, 16))

	other := at(t, f, 17)
	other.FileName += ".1"
	must(s.Note(other))
	want(other)
	behind := other
	behind.Seek++
	behind.Behind = []logstream.Position{at(t, f, 3)}
	must(s.Note(behind))
	want(behind)

	must(s.Save(at(t, f, 18)))
	must(s.Close())
	want(at(t, f, 18))
	if _, err := os.Stat(progressFile(j, "app")); !os.IsNotExist(err) {
		t.Errorf("a progress file is left: %v", err)
	}
}

func TestAProgressFileOfAnotherPositionFileDoesNotCount(t *testing.T) {
	logs := t.TempDir()
	write(t, filepath.Join(logs, "app.log"), "hello\nworld\n")
	f := newFollower(t, logs, `app\.log`, logstream.Options{Once: true})
	readAll(t, f)
	j, err := logstream.OpenJournal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	s := j.Saver("app")
	for _, n := range []int64{3, 12} {
		if err := s.Note(at(t, f, n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Save("app", at(t, f, 4)); err != nil { // another process, with an older form
		t.Fatal(err)
	}
	if got, err := j.Load("app"); err != nil || got.Seek != 4 {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := os.Remove(j.Path("app")); err != nil { // the user wants to read all again
		t.Fatal(err)
	}
	if got, err := j.Load("app"); err != nil || !got.IsZero() {
		t.Errorf("got %+v, %v", got, err)
	}
}

func FuzzProgressFile(f *testing.F) {
	dir := f.TempDir()
	j, err := logstream.OpenJournal(dir)
	if err != nil {
		f.Fatal(err)
	}
	defer j.Close()
	s := j.Saver("app")
	base := logstream.Position{Seek: 6, FileName: "/var/log/app.log", LastHash: "0005b23129a44e7da697f2e16ccc63f472293921"}
	for range 3 {
		if err := s.Note(base); err != nil {
			f.Fatal(err)
		}
		base.Seek++
	}
	good, err := os.ReadFile(progressFile(j, "app"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:64])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(progressFile(j, "app"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := logstream.PeekJournal(dir, "app")
		if err != nil || p.Seek < 6 || p.FileName != "/var/log/app.log" {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
