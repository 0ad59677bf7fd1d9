package logstream_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReadErrorIsToldOnceAndTheFileTriedAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		// A file without anything to read at its beginning but an error.
		link := filepath.Join(w.dir, "app.log")
		if err := os.Symlink("/proc/self/mem", link); err != nil {
			t.Fatal(err)
		}
		if got := w.readFor(2 * time.Minute); len(got) > 0 {
			t.Errorf("got %q", got)
		}
		if len(w.warned) != 1 || !strings.Contains(w.warned[0], "input/output error") {
			t.Errorf("warned %q", w.warned)
		}
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
		w.run("write app.log a1")
		w.expect("a1")
	})
}
