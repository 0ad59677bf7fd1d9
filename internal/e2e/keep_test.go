package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDeliveredMessagesAreSentAgain keeps what was delivered in the queue of a
// running heka, and sends a part of it again.
func TestDeliveredMessagesAreSentAgain(t *testing.T) {
	const n = 3000
	dir := t.TempDir()
	in, to, out := freeAddress(t), freeAddress(t), filepath.Join(dir, "out")
	receiver := start(t, write(t, filepath.Join(dir, "receiver.toml"), receiverConfig(filepath.Join(dir, "r"), to, out, "")))
	dial(t, to).Close()
	relay := start(t, write(t, filepath.Join(dir, "relay.toml"), relayConfig(filepath.Join(dir, "s"), in, to, `
use_buffering = true
[relay.buffering]
keep_delivered = "1h"
max_file_size = 70000
`)))
	sendNumbered(t, in, 0, n)
	until(t, "all lines", func() bool { return lineCount(out) == n })
	queue := filepath.Join(dir, "s", "output_queue", "relay")
	until(t, "the queue to know", func() bool { return countOf(queue, "buffer", "cat") == "matched: 0 " })
	if got, want := countOf(queue, "buffer", "cat", "--all"), fmt.Sprintf("matched: %d ", n); got != want {
		t.Errorf("the queue keeps %q, want %q", got, want)
	}
	if text := runHeka(t, "buffer", "ls", queue); !strings.Contains(text, fmt.Sprint(n)) {
		t.Errorf("heka buffer ls: %s", text)
	}
	runHeka(t, "buffer", "replay", "--all", "--until", "1h", "--to", to, queue)
	runHeka(t, "buffer", "replay", "--all", "--since", "1h", "--match", `Payload =~ /^line 1\d\d of/`, "--to", to, queue)
	until(t, "the lines again", func() bool { return lineCount(out) >= n+100 })
	for _, h := range []*heka{relay, receiver} {
		h.signal(syscall.SIGINT)
		h.wait(0)
	}
	for i, times := range numbers(t, out, `line (\d+) of`) {
		want := 1
		if i >= 100 && i < 200 {
			want = 2
		}
		if times != want {
			t.Fatalf("line %d is there %d times, want %d", i, times, want)
		}
	}
}
