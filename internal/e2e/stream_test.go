package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/message"
)

func frame(body []byte) []byte {
	b, err := framing.Append(nil, body, 1<<20)
	if err != nil {
		panic(err)
	}
	return b
}

func event(n int) []byte {
	m := message.New()
	m.SetUUID(message.NewUUIDSource().New())
	m.SetTimestamp(int64(n))
	m.SetType("test")
	m.SetPayload(fmt.Sprintf("event %d", n))
	return m.AppendWire(nil)
}

// TestBadStreams sends garbage, half frames, oversized records, malformed
// messages and odd bytes over TCP; each bad record is one counted failure, and
// every good one arrives.
func TestBadStreams(t *testing.T) {
	dir := t.TempDir()
	addr := freeAddress(t)
	config := write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
[in]
type = "TcpInput"
address = %q
[text]
type = "PayloadEncoder"
[out]
type = "FileOutput"
message_matcher = "Type == 'test'"
path = %q
encoder = "text"
`, filepath.Join(dir, "state"), addr, filepath.Join(dir, "out.txt")))
	h := start(t, config, "--once")
	c := dial(t, addr)
	good := 0
	send := func(b []byte) {
		t.Helper()
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	ok := func() { send(frame(event(good))); good++ }
	ok()
	send([]byte("garbage \x1e\x1e\x02 more"))
	ok()
	send([]byte{0x1e, 0x02, 0x08, 0x3e, 0xff}) // a false header
	ok()
	send(frame(event(1))[:10]) // half a frame: failure 1, with what fills it up
	send(bytes.Repeat([]byte("x"), 200))
	ok()
	send([]byte{0x1e, 0x04, 0x08, 0xff, 0xff, 0x7f, 0x1f}) // far too long
	ok()
	send(frame([]byte{0xff, 0xff, 0xff}))                        // no protobuf: failure 2
	send(frame([]byte{0x0a, 0x50, 1, 2}))                        // cut short: failure 3
	send(frame([]byte{0x1a, 0x04, 'T', 'E', 'S', 'T'}))          // no Uuid: failure 4
	send(frame([]byte{0x52, 0x05, 0x0a, 0x01, 'f', 0x10, 0x77})) // unknown value type: failure 5
	ok()
	odd := message.New()
	odd.SetUUID(message.UUID{1})
	odd.SetTimestamp(-1 << 63)
	odd.SetType("test")
	odd.SetPayload("not \xff\xfe UTF-8")
	send(frame(odd.AppendWire(nil)))
	good++
	ok()
	send(frame(event(1))[:20]) // the stream ends inside a frame
	c.Close()
	out := h.wait(0)
	balanced(t, out)
	if n := lineCount(filepath.Join(dir, "out.txt")); n != good {
		t.Errorf("%d of %d good messages arrived\n%s", n, good, out)
	}
	if in := row(t, out, "in"); in[0] != good+6 || in[2] != 6 {
		t.Errorf("books of the input: %v, want %d received and 6 failures\n%s", in, good+6, out)
	}
	if n := strings.Count(out, "Decoder 'in-ProtobufDecoder-127.0.0.1' error:"); n != 5 {
		t.Errorf("%d log lines about failures, want 5:\n%s", n, out)
	}
}

// TestPortClashIsAStartError: what cannot start ends heka with a clear word.
func TestPortClashIsAStartError(t *testing.T) {
	dir := t.TempDir()
	addr := freeAddress(t)
	config := write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
[one]
type = "TcpInput"
address = %q
[two]
type = "TcpInput"
address = %q
`, filepath.Join(dir, "state"), addr, addr))
	out := start(t, config).wait(1)
	if !strings.Contains(out, "Input 'two' failed to start") || !strings.Contains(out, "address already in use") {
		t.Errorf("output does not tell:\n%s", out)
	}
}

// TestSignalsReportAndReopen: USR1 prints the report, HUP opens files anew, INT
// ends with 0 and removes the pid file.
func TestSignalsReportAndReopen(t *testing.T) {
	dir := t.TempDir()
	addr := freeAddress(t)
	out := filepath.Join(dir, "out.txt")
	pid := filepath.Join(dir, "heka.pid")
	config := write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
pid_file = %q
[in]
type = "TcpInput"
address = %q
splitter = "TokenSplitter"
decoder = ""
[text]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = %q
encoder = "text"
flush_interval = 10
`, filepath.Join(dir, "state"), pid, addr, out))
	h := start(t, config)
	c := dial(t, addr)
	defer c.Close()
	fmt.Fprintln(c, "one")
	until(t, "the first line", func() bool { return lineCount(out) == 1 })
	h.signal(syscall.SIGUSR1)
	until(t, "the report", func() bool { return strings.Contains(h.output(), "====Outputs====\nout:\n    InChanCapacity:") })
	if err := os.Rename(out, out+".old"); err != nil {
		t.Fatal(err)
	}
	h.signal(syscall.SIGHUP)
	until(t, "the file to be opened anew", func() bool { _, err := os.Stat(out); return err == nil })
	fmt.Fprintln(c, "two")
	until(t, "the second line in the new file", func() bool { return lineCount(out) == 1 })
	again := start(t, config).wait(1)
	if want := fmt.Sprintf("Process %d is already running.", h.cmd.Process.Pid); !strings.Contains(again, want) {
		t.Errorf("a second heka does not say %q:\n%s", want, again)
	}
	h.signal(syscall.SIGINT)
	h.wait(0)
	if _, err := os.Stat(pid); !os.IsNotExist(err) {
		t.Errorf("the pid file is still there: %v", err)
	}
}

// TestExampleOfHeka010HasNoProblems checks the manual's example configuration.
func TestExampleOfHeka010HasNoProblems(t *testing.T) {
	out := check(t, "../../testdata/configs/example-0.10.toml")
	if strings.Contains(out, "example-0.10.toml:") {
		t.Errorf("problems:\n%s", out)
	}
}
