package logstream_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

func TestSchemeProblemsNameTheOption(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, "")
	good := func() logstream.Scheme {
		return logstream.Scheme{Name: "app", LogDirectory: dir, FileMatch: `app\.log\.?(?P<Seq>\d*)`, Priority: []string{"^Seq"}}
	}
	f := func(change func(*logstream.Scheme), option, want string) {
		t.Helper()
		s := good()
		change(&s)
		_, err := logstream.NewScanner(s)
		var problem *logstream.OptionError
		if !errors.As(err, &problem) {
			t.Errorf("%s: got %v, want an OptionError", option, err)
			return
		}
		if problem.Option != option || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %s: %v, want %q in it", option, problem.Option, err, want)
		}
	}
	f(func(s *logstream.Scheme) { s.FileMatch = "" }, "file_match", "`file_match` setting is required.")
	f(func(s *logstream.Scheme) { s.FileMatch = "a(b" }, "file_match", "missing closing )")
	f(func(s *logstream.Scheme) { s.FileMatch = "a)|(b" }, "file_match", "unexpected )")
	f(func(s *logstream.Scheme) { s.LogDirectory = filepath.Join(dir, "none") }, "log_directory", "no such file or directory")
	f(func(s *logstream.Scheme) { s.LogDirectory = "" }, "log_directory", "`log_directory` setting is required.")
	f(func(s *logstream.Scheme) { s.LogDirectory = file }, "log_directory", "is not a directory")
	f(func(s *logstream.Scheme) { s.Priority = []string{"Seq", ""} }, "priority", "must name a group")
	f(func(s *logstream.Scheme) { s.Priority = []string{"^"} }, "priority", "must name a group")
	f(func(s *logstream.Scheme) { s.OldestDuration = -time.Hour }, "oldest_duration", "must not be negative")
	f(func(s *logstream.Scheme) { s.Translation = map[string]map[string]int{"Seq": {"none": 1}} }, "translation.Seq",
		"A translation map with one entry ('Seq') must be specifying a 'missing' key.")
	f(func(s *logstream.Scheme) { s.Translation = map[string]map[string]int{"Seq": {"Missing": 1}} }, "translation.Seq",
		"must be specifying a 'missing' key")
	f(func(s *logstream.Scheme) { s.Translation = map[string]map[string]int{"Seq": {"a": 1, "A": 2}} }, "translation.Seq", "two numbers")

	if _, err := logstream.NewScanner(good()); err != nil {
		t.Errorf("a good scheme: %v", err)
	}
	s := good()
	s.FileMatch, s.OldestDuration, s.Priority = "(", -1, []string{""}
	_, err := logstream.NewScanner(s)
	for _, want := range []string{"file_match", "oldest_duration", "priority"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("not all problems are reported together: %v lacks %s", err, want)
		}
	}
}

func TestSchemeWarnsOfWhatHasNoEffect(t *testing.T) {
	sc, err := logstream.NewScanner(logstream.Scheme{
		Name: "app", LogDirectory: t.TempDir(), FileMatch: `(?P<MonthName>\w+)\.(?P<Seq>\d*)`,
		Priority:    []string{"MonthName", "^Sqe"},
		Translation: map[string]map[string]int{"Yaer": {"missing": 1}, "MonthName": {"missing": 3}, "Seq": {"missing": 0}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"`priority` names \"Sqe\", which is not a group of `file_match`",
		"`translation.MonthName` has no effect: the group MonthName has its own table",
		"`translation.Yaer` is for a group that `file_match` does not have",
	}
	if got := sc.Warnings(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// write creates a file, and the directories above it, with the given content.
func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
