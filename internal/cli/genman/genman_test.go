package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// top is the repository, seen from here.
var top = filepath.Join("..", "..", "..")

func TestGeneratedFilesAreFresh(t *testing.T) {
	files := generate()
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(top, name))
		if err != nil {
			t.Errorf("%v; run make man", err)
			continue
		}
		if line, a, b, differ := difference(string(have), want); differ {
			t.Errorf("%s is stale; run make man\nline %d is   %s\nbut must be %s", name, line, a, b)
		}
	}
	pages, err := filepath.Glob(filepath.Join(top, manFolder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pages {
		if _, ok := files[filepath.Join(manFolder, filepath.Base(path))]; !ok {
			t.Errorf("%s is a page of nothing; run make man", path)
		}
	}
}

// difference returns the first line in which two texts differ.
func difference(have, want string) (line int, a, b string, differ bool) {
	if have == want {
		return 0, "", "", false
	}
	as, bs := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i := range max(len(as), len(bs)) {
		a, b = "(nothing)", "(nothing)"
		if i < len(as) {
			a = as[i]
		}
		if i < len(bs) {
			b = bs[i]
		}
		if a != b {
			return i + 1, a, b, true
		}
	}
	return 0, "", "", false
}

func TestFilesAreWrittenAndOldPagesRemoved(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "man"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "man", "heka-gone.1"), []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(dir, "man")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "man", "heka-gone.1")); err == nil {
		t.Error("the page of a command that is no more is still there")
	}
	for _, name := range []string{"man/heka.1", "man/heka-run.1", "man/heka.toml.5", "testdata/options.jsonl"} {
		if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Where groff is installed it must read all pages without a warning.
func TestGroffReadsThePages(t *testing.T) {
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Log("no groff here; nothing to compare with")
		return
	}
	files := generate()
	for name, text := range files {
		if !strings.HasPrefix(name, manFolder) {
			continue
		}
		cmd := exec.Command(groff, "-man", "-Tutf8", "-ww", "-z")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}
