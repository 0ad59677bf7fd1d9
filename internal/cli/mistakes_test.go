package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Each configuration in testdata/config has one typical mistake, and says in its
// first lines what heka config check must tell, and nothing else:
//
//	# want LINE:COLUMN: beginning of the text
func TestTypicalMistakesAreFound(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "config")
	files, err := filepath.Glob(filepath.Join(dir, "*.toml"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(text)) {
				if w, ok := strings.CutPrefix(line, "# want "); ok {
					want = append(want, strings.TrimRight(w, "\n"))
				}
			}
			name := filepath.Base(path)
			check := func(args ...string) (string, int) {
				cmd := exec.Command("heka", append([]string{"config", "check"}, append(args, name)...)...)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				var exit *exec.ExitError
				if err != nil && !errors.As(err, &exit) {
					t.Fatal(err)
				}
				return string(out), cmd.ProcessState.ExitCode()
			}
			out, code := check()
			lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
			lines = lines[:len(lines)-1] // the verdict
			failed := false
			for i := range max(len(lines), len(want)) {
				switch {
				case i >= len(lines):
					t.Errorf("missing: %s", want[i])
				case i >= len(want):
					t.Errorf("not wanted: %s", lines[i])
				case !strings.HasPrefix(strings.TrimPrefix(strings.TrimPrefix(lines[i], name+":"), " "), want[i]):
					t.Errorf("got %s\nwant %s", lines[i], want[i])
				}
				failed = failed || i < len(want) && !strings.Contains(want[i], "warning: ")
			}
			if (code == 1) != failed || code > 1 {
				t.Errorf("exit code %d", code)
			}
			if _, code := check("--strict"); code != 1 {
				t.Errorf("exit code %d with --strict", code)
			}
			sarif, _ := check("--format", "sarif")
			var parsed struct {
				Runs []struct{ Results []any }
			}
			if err := json.NewDecoder(bytes.NewReader([]byte(sarif))).Decode(&parsed); err != nil || len(parsed.Runs) != 1 || len(parsed.Runs[0].Results) != len(want) {
				t.Errorf("SARIF: error %v:\n%s", err, sarif)
			}
		})
	}
}
