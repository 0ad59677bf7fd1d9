package plugintest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hekad/heka/internal/casefile"
	"github.com/hekad/heka/plugin"
)

var update = flag.Bool("update", false, "write the wanted files of cases anew")

// clockLimit is how long a case may take by its own clock, which runs only while
// everything waits.
const clockLimit = 24 * time.Hour

// Result is what came out of a run, in the form of the wanted files of a case.
type Result = casefile.Result

// InputConfig is the configuration of TestInput, which feeds files of a case.
type InputConfig = casefile.InputConfig

// Run runs a case, given as the text of its archive, by the clock on the wall,
// and returns what came out; wanted files are not looked at. An error is a
// malformed case, a run that does not end, or books that do not balance.
func Run(archiveText string, plugins ...plugin.Plugin) (*Result, error) {
	dir, err := os.MkdirTemp("", "plugintest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	return casefile.Parse([]byte(archiveText)).Run(dir, casefile.Patience, plugins)
}

// Cases runs each case that glob matches as a subtest, with the given plugins and
// TestInput and TestOutput. That nothing matches is a failure.
func Cases(t *testing.T, glob string, plugins ...plugin.Plugin) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases match %s", glob)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), func(t *testing.T) {
			runFile(t, file, plugins)
		})
	}
}

func runFile(t *testing.T, file string, plugins []plugin.Plugin) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a, dir := casefile.Parse(text), t.TempDir()
	var res *Result
	synctest.Test(t, func(*testing.T) { res, err = a.Run(dir, clockLimit, plugins) })
	if res == nil {
		t.Fatalf("%s: %v", file, err)
	}
	if err != nil {
		t.Error(err)
	}
	c := casefile.Compare(a, dir, res)
	if *update && err == nil {
		if fresh := txtar.Format(c.Updated()); !bytes.Equal(fresh, text) {
			if err := os.WriteFile(file, fresh, 0o644); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: written anew", file)
		}
		return
	}
	problems := c.Problems()
	for _, p := range problems {
		t.Errorf("%s: %s", file, p)
	}
	if t.Failed() {
		t.Logf("log:\n%s", res.Log)
	}
}
