package logstream_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// readUntil reads until the last line has come, or until nothing has for some time
// if there is none, and returns all with the position behind it.
func readUntil(t *testing.T, dir string, start logstream.Position, last string) (string, logstream.Position) {
	t.Helper()
	sc, err := logstream.NewScanner(logstream.Scheme{Name: testStream, LogDirectory: dir,
		FileMatch: `app-(?P<N>\d+)\.log(\.gz)?`, Priority: []string{"N"}})
	if err != nil {
		t.Fatal(err)
	}
	f := logstream.NewFollower(logstream.NewCatalog(sc, 20*time.Millisecond), testStream,
		logstream.Options{Start: start, CheckInterval: 5 * time.Millisecond, Warn: func(err error) { t.Log(err) }})
	defer f.Close()
	patience := time.Minute
	if last == "" {
		patience = 300 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var all strings.Builder
	buf := make([]byte, 100)
	for last == "" || !strings.HasSuffix(all.String(), last+"\n") {
		n, err := f.Read(buf)
		all.Write(buf[:n])
		if errors.Is(err, logstream.ErrNoData) && f.Wait(ctx) != nil {
			break
		}
	}
	return all.String(), f.Position(f.Offset())
}

func TestAFileThatCameLateWhileNobodyLookedIsRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	long := strings.Repeat("x", 2000) + "\n"
	write(t, at("app-1.log"), "first "+long)
	write(t, at("app-3.log"), "third\n")
	got, pos := readUntil(t, dir, logstream.Position{}, "third")
	if got != "first "+long+"third\n" {
		t.Fatalf("got %.20q", got)
	}
	got, pos = readUntil(t, dir, pos, "") // a listing that is later than the files
	if got != "" {
		t.Fatalf("got %.20q again", got)
	}

	write(t, at("app-2.log"), "second\n")
	if err := compress(at("app-1.log"), at("app-1.log.gz"), gzipWriter); err != nil {
		t.Fatal(err)
	}
	write(t, at("app-0.log"), "first "+long) // another copy
	got, pos = readUntil(t, dir, pos, "second")
	if got != "second\n" {
		t.Errorf("got %.20q", got)
	}
	if got, _ := readUntil(t, dir, pos, ""); got != "" {
		t.Errorf("got %.20q again", got)
	}
}
