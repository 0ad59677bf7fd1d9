package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAKillBetweenThePartsOfALineLosesNothing kills heka when it has read the
// first parts of a long line of a container, and a whole line of the other stream.
func TestAKillBetweenThePartsOfALineLosesNothing(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "log", "0.log")
	out := filepath.Join(dir, "out")
	config := write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
[pod]
type = "LogstreamerInput"
log_directory = %q
file_match = '\d+\.log'
decoder = "CriDecoder"
[CriDecoder]
[text]
type = "PayloadEncoder"
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = %q
encoder = "text"
flush_interval = 10
`, filepath.Join(dir, "state"), filepath.Dir(log), out))
	add := func(lines ...string) {
		t.Helper()
		f, err := os.OpenFile(log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			fmt.Fprintf(f, "2016-10-06T00:17:09.669794202Z %s\n", line)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	has := func(text string) func() bool {
		return func() bool {
			b, _ := os.ReadFile(out)
			return strings.Contains(string(b), text)
		}
	}
	write(t, log, "")
	add("stdout F before", "stdout P one, ", "stderr F aside", "stdout P two, ")
	h := start(t, config)
	until(t, "the lines before the kill", has("aside\n"))
	h.signal(syscall.SIGKILL)
	h.cmd.Wait()
	add("stdout F three", "stdout F after")
	h = start(t, config)
	until(t, "the lines after the kill", has("after\n"))
	h.signal(syscall.SIGTERM)
	h.wait(0)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(b); strings.Count(text, "one, two, three\n") != 1 || strings.Contains(text, "\ntwo") ||
		strings.Contains(text, "\nthree") {
		t.Errorf("got %q", text)
	}
}
