package plugintest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hekad/heka/plugin"
)

// testBuild sees to it that building has no side effects. Each is looked for
// several times, since other tests may have left something that goes on.
func (d *declaration) testBuild(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	openFiles() // the first look opens descriptors of its own
	for try := range 3 {
		files := openFiles()
		var inst any
		var err error
		mark := fmt.Sprintf("%s %d", d.Type, try)
		markGoroutines(mark, func() {
			err = protect(func() (err error) { inst, err = d.build(dir); return err })
		})
		newFiles, more := opened(files, openFiles()), markedGoroutines(mark)
		if err != nil {
			t.Fatalf("build: %v", err)
		}
		if err := closeInstance(inst); err != nil {
			t.Errorf("Close: %v", err)
		}
		if len(newFiles) == 0 && more == 0 {
			break
		}
		if try == 2 {
			t.Errorf("build opens %q and starts %d goroutines; that is for Prepare", newFiles, more)
		}
	}
	if left := filesUnder(dir); len(left) > 0 {
		t.Errorf("build writes %q; that is for Prepare", left)
	}
}

// markLabel is the profiler label that tells who started a goroutine: it is
// handed down to all goroutines that a marked one starts.
const markLabel = "plugintest"

// markGoroutines calls f; the goroutines that it starts carry the mark.
func markGoroutines(mark string, f func()) {
	pprof.Do(context.Background(), pprof.Labels(markLabel, mark), func(context.Context) { f() })
}

// markedGoroutines counts the living goroutines with the mark, exactly, whatever
// other tests' goroutines do meanwhile. In the text of the profile a line with
// the number of goroutines and their stack precedes one with their labels.
func markedGoroutines(mark string) int {
	var b strings.Builder
	pprof.Lookup("goroutine").WriteTo(&b, 1)
	label := fmt.Sprintf("%q:%q", markLabel, mark)
	all, last := 0, 0
	for line := range strings.Lines(b.String()) {
		if n, _, ok := strings.Cut(line, " @ "); ok {
			last, _ = strconv.Atoi(n)
		} else if strings.HasPrefix(line, "# labels:") && strings.Contains(line, label) {
			all += last
		}
	}
	return all
}

// openFiles lists what the process has open, where the system can tell.
func openFiles() []string {
	const dir = "/proc/self/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var all []string
	for _, e := range entries {
		if target, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			all = append(all, target)
		}
	}
	slices.Sort(all)
	return all
}

// opened returns what is in after and not in before, both sorted.
func opened(before, after []string) []string {
	var more []string
	for _, f := range after {
		if len(before) > 0 && before[0] == f {
			before = before[1:]
			continue
		}
		for len(before) > 0 && before[0] < f {
			before = before[1:]
		}
		if len(before) > 0 && before[0] == f {
			before = before[1:]
			continue
		}
		more = append(more, f)
	}
	return more
}

func filesUnder(dir string) []string {
	var all []string
	filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && path != dir {
			all = append(all, strings.TrimPrefix(path, dir))
		}
		return nil
	})
	return all
}

// testClose closes an instance that was never prepared, twice.
func (d *declaration) testClose(t *testing.T) {
	inst, err := d.build(d.dir)
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	for _, when := range []string{"without Prepare", "for the second time"} {
		if err := closeInstance(inst); err != nil {
			t.Errorf("Close %s: %v", when, err)
		}
	}
}

// testReport asks for counters from several goroutines, until and while the
// instance is closed.
func (d *declaration) testReport(t *testing.T) {
	inst := d.mustBuild(t)
	stop := reporting(t, inst)
	for range 100 {
		runtime.Gosched()
	}
	if err := closeInstance(inst); err != nil {
		t.Errorf("Close: %v", err)
	}
	stop()
}

// reporting asks an instance for its counters from other goroutines until stop
// is called.
func reporting(t *testing.T, inst any) (stop func()) {
	r, ok := inst.(plugin.Reporter)
	if !ok {
		return func() {}
	}
	done := make(chan struct{})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for {
				if err := protect(func() error { return badReport(r) }); err != nil {
					t.Errorf("Report: %v", err)
					return
				}
				select {
				case <-done:
					return
				default:
					runtime.Gosched()
				}
			}
		})
	}
	return func() {
		close(done)
		all.Wait()
	}
}

// badReport asks for counters and returns what is wrong with them.
func badReport(r plugin.Reporter) error {
	var report plugin.Report
	r.Report(&report)
	seen := map[string]bool{}
	for _, c := range report.Counters {
		if c.Name == "" || seen[c.Name] {
			return fmt.Errorf("a counter is called %q, which is empty or repeated", c.Name)
		}
		seen[c.Name] = true
		switch c.Value.(type) {
		case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64, string, bool:
		default:
			return fmt.Errorf("counter %s is a %T; it must be an integer, float, string or bool", c.Name, c.Value)
		}
	}
	return nil
}
