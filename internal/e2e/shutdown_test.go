package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// stuck starts a heka that has taken lines for a server that is not there.
func stuck(t *testing.T, dir, global, options string, lines int) *heka {
	t.Helper()
	in, down := freeAddress(t), freeAddress(t)
	config := relayConfig(filepath.Join(dir, "state"), in, down, options)
	h := start(t, write(t, filepath.Join(dir, "heka.toml"), strings.Replace(config, "[hekad]\n", "[hekad]\n"+global, 1)))
	sendNumbered(t, in, 0, lines)
	until(t, "the report to show all lines", func() bool {
		h.signal(syscall.SIGUSR1)
		return strings.Contains(h.output(), fmt.Sprintf("MatchedMessageCount: %d\n", lines))
	})
	return h
}

// TestAShutdownThatCannotDrain stops hekas whose server is down.
func TestAShutdownThatCannotDrain(t *testing.T) {
	const n = 100
	left := fmt.Sprintf("Plugin 'relay' error: %d messages left undelivered", n)
	t.Run("gives up at the deadline and says what is left", func(t *testing.T) {
		h := stuck(t, t.TempDir(), "shutdown_timeout = \"500ms\"\n", "use_buffering = false\n", n)
		h.signal(syscall.SIGTERM)
		out := h.wait(1)
		if !strings.Contains(out, "shutdown takes longer than 500ms") || !strings.Contains(out, left) {
			t.Error(out)
		}
	})
	t.Run("ends at the second signal", func(t *testing.T) {
		h := stuck(t, t.TempDir(), "shutdown_timeout = \"1h\"\n", "use_buffering = false\n", n)
		h.signal(syscall.SIGINT)
		until(t, "the shutdown to begin", func() bool { return strings.Contains(h.output(), "Stop message sent to output 'relay'") })
		h.signal(syscall.SIGINT)
		out := h.wait(1)
		if !strings.Contains(out, "stopping at once") || !strings.Contains(out, left) {
			t.Error(out)
		}
	})
	t.Run("leaves what is on disk at once", func(t *testing.T) {
		dir := t.TempDir()
		h := stuck(t, dir, "shutdown_timeout = \"1h\"\n", "use_buffering = true\n", n)
		h.signal(syscall.SIGINT)
		out := h.wait(0)
		if !strings.Contains(out, fmt.Sprintf("%d messages in the queue on disk for the next start", n)) {
			t.Error(out)
		}
		if got, want := countOf(filepath.Join(dir, "state"), "buffer", "cat"), fmt.Sprintf("matched: %d ", n); got != want {
			t.Errorf("the queue has %q, want %q", got, want)
		}
	})
}
