package logstream_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// TestAFileThatIsEmptiedJustBeforeItIsReadIsReadFirst copies and empties a file between
// the look that finds something in it and the read.
func TestAFileThatIsEmptiedJustBeforeItIsReadIsReadFirst(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log a1")
		w.start()
		wait := func() {
			t.Helper()
			if err := w.f.Wait(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		wait()
		// So it was left before: what happens from here on shows in its time of change.
		if err := os.Chtimes(w.dir, time.Time{}, time.Unix(1_000_000_000, 0)); err != nil {
			t.Fatal(err)
		}
		if n, err := w.f.Read(make([]byte, 100)); n > 0 || err != logstream.ErrNoData {
			t.Fatalf("read %d bytes, %v", n, err)
		}
		wait() // the directory was listed anew in it
		w.run("cp app.log app.log.1")
		w.run("overwrite app.log b1")
		w.expect("a1", "b1")
	})
}

// TestAFileThatIsCopiedAndNotYetEmptiedIsWaitedFor looks between the two steps of such
// a rotation.
func TestAFileThatIsCopiedAndNotYetEmptiedIsWaitedFor(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log a1 a2")
		w.run("cp app.log app.log.1")
		if got := w.readFor(time.Second); !slices.Equal(got, []string{"a1", "a2"}) {
			t.Fatalf("got %q", got)
		}
		w.run("overwrite app.log b1")
		w.expect("b1")
	})
	inWorld(t, func(w *world) { // it is not emptied: then it is another one
		w.run("write app.log a1")
		w.run("cp app.log app.log.1")
		if got := w.readFor(10 * time.Second); !slices.Equal(got, []string{"a1", "a1"}) {
			t.Fatalf("got %q", got)
		}
	})
}

// TestTheRestOfAnEmptiedFileComesBeforeWhatIsNewer copies and empties a file twice while
// the reader is kept from it, in the middle of the first content.
func TestTheRestOfAnEmptiedFileComesBeforeWhatIsNewer(t *testing.T) {
	inWorld(t, func(w *world) {
		w.run("write app.log a1")
		w.expect("a1")
		w.run("append app.log a2")
		for _, line := range []string{"b1", "c1"} {
			if line == "c1" {
				w.run("mv app.log.1 app.log.2")
			}
			w.run("cp app.log app.log.1")
			w.run("overwrite app.log " + line)
		}
		long := time.Unix(900_000_000, 0) // files that came late are left alone at first
		for _, name := range []string{"app.log.1", "app.log.2"} {
			if err := os.Chtimes(filepath.Join(w.dir, name), long, long); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * time.Minute) // the listing grows old meanwhile
		w.expect("a2", "b1", "c1")
	})
}
