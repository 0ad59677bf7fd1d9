package e2e

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hekad/heka/internal/netconf/netconftest"
)

// relayConfig is a heka that reads lines from a connection and sends messages to
// another heka.
func relayConfig(dir, in, to, options string) string {
	return fmt.Sprintf(`
[hekad]
base_dir = %q
[lines]
type = "TcpInput"
address = %q
splitter = "TokenSplitter"
decoder = ""
[relay]
type = "TcpOutput"
message_matcher = "TRUE"
address = %q
%s
`, dir, in, to, options)
}

// receiverConfig is a heka that writes the payloads that it receives to a file.
func receiverConfig(dir, in, out, options string) string {
	return fmt.Sprintf(`
[hekad]
base_dir = %q
[in]
type = "TcpInput"
address = %q
%s
[payload]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = %q
encoder = "payload"
flush_interval = 20
`, dir, in, options, out)
}

const acknowledged = "acknowledge = true\nacknowledge_timeout = \"1s\"\n"

// sendNumbered sends lines with the numbers from first on.
func sendNumbered(t *testing.T, addr string, first, n int) {
	t.Helper()
	conn := dial(t, addr)
	defer conn.Close()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d of a stream that must arrive as it was sent\n", first+i)
	}
	if _, err := conn.Write([]byte(b.String())); err != nil {
		t.Fatal(err)
	}
}

// counted returns how many of n numbers are missing and how many came again.
func counted(t *testing.T, path string, n int) (lost, repeated int) {
	t.Helper()
	seen := numbers(t, path, `line (\d+) of`)
	for i := range n {
		if seen[i] == 0 {
			lost++
		} else {
			repeated += seen[i] - 1
		}
	}
	return lost, repeated
}

func TestNothingIsLostOrRepeatedOverAConnectionThatBreaks(t *testing.T) {
	const breaks, lines, portion = 100, 20_000, 1000
	dir := t.TempDir()
	in, to, out := freeAddress(t), freeAddress(t), filepath.Join(dir, "out")
	p := netconftest.StartFaultProxy(t, "127.0.0.1:0", to, randomBreaks(200_000), breaks)
	receiver := start(t, write(t, filepath.Join(dir, "receiver.toml"), receiverConfig(filepath.Join(dir, "r"), to, out, "")))
	dial(t, to).Close()
	relay := start(t, write(t, filepath.Join(dir, "relay.toml"),
		relayConfig(filepath.Join(dir, "s"), in, p.Addr().String(), acknowledged+"use_buffering = false\n")))
	sendNumbered(t, in, 0, lines)
	sent := lines
	until(t, "all connections to be broken", func() bool {
		info, err := os.Stat(out)
		if err == nil && int(info.Size()) > (sent-10*portion)*len("line 1234 of a stream that must arrive as it was sent\n") {
			sendNumbered(t, in, sent, portion) // what is in flight when it breaks
			sent += portion
		}
		return p.Broken() >= breaks
	})
	until(t, "all lines", func() bool { return lineCount(out) >= sent })
	relay.signal(syscall.SIGINT)
	relay.wait(0)
	receiver.signal(syscall.SIGINT)
	receiver.wait(0)
	lost, repeated := counted(t, out, sent)
	t.Logf("%d lines, %d broken connections: %d lost, %d repeated", sent, p.Broken(), lost, repeated)
	if lost > 0 || repeated > 0 {
		t.Error("the books of the relay do not hold")
	}
}

func TestPeersThatDoNotKnowAcknowledgementWorkAsEver(t *testing.T) {
	const lines = 5000
	for _, c := range []struct{ name, sender, receiver string }{
		{"neither", "", "acknowledge = false"},
		{"only the receiver", "", ""},
		{"only the sender", acknowledged + "acknowledge_fallback = true\n", "acknowledge = false"},
		{"both", acknowledged, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			in, to, out := freeAddress(t), freeAddress(t), filepath.Join(dir, "out")
			receiver := start(t, write(t, filepath.Join(dir, "receiver.toml"), receiverConfig(filepath.Join(dir, "r"), to, out, c.receiver)))
			relay := start(t, write(t, filepath.Join(dir, "relay.toml"), relayConfig(filepath.Join(dir, "s"), in, to, c.sender)))
			sendNumbered(t, in, 0, lines)
			until(t, "all lines", func() bool { return lineCount(out) >= lines })
			relay.signal(syscall.SIGINT)
			relay.wait(0)
			receiver.signal(syscall.SIGINT)
			if said := receiver.wait(0); strings.Contains(strings.ToLower(said), "error") {
				t.Errorf("the receiver complains:\n%s", said)
			}
			if lost, repeated := counted(t, out, lines); lost+repeated > 0 {
				t.Errorf("%d lost, %d repeated", lost, repeated)
			}
		})
	}
}

func TestAServerThatDoesNotAcknowledgeGetsNothing(t *testing.T) {
	dir := t.TempDir()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	in := freeAddress(t)
	relay := start(t, write(t, filepath.Join(dir, "relay.toml"), relayConfig(filepath.Join(dir, "s"), in, ln.Addr().String(), acknowledged)))
	sendNumbered(t, in, 0, 10)
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1000)
	n, _ := conn.Read(b)
	if !strings.HasPrefix(string(b[:n]), "heka-ack 1 ") || !strings.HasSuffix(string(b[:n]), "/relay\n") {
		t.Errorf("the question is %q", b[:n])
	}
	if n, _ := conn.Read(b); n > 0 {
		t.Errorf("%d further bytes", n)
	}
	until(t, "a complaint", func() bool { return strings.Contains(relay.output(), "for acknowledgement: ") })
}
