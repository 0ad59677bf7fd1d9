package cli_test

import (
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/queue"
	"github.com/hekad/heka/message"
)

// fill opens a queue and appends messages with the given payloads.
func fill(t *testing.T, dir string, payloads ...string) *queue.Queue {
	t.Helper()
	q, _, err := queue.Open(dir, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var recs []queue.Record
	for _, p := range payloads {
		m := message.New()
		m.SetPayload(p)
		recs = append(recs, queue.Record{Body: m.AppendWire(nil)})
	}
	if _, _, err := q.Append(recs); err != nil {
		t.Fatal(err)
	}
	return q
}

// buffer runs heka buffer and returns what it says and its exit code.
func buffer(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command("heka", append([]string{"buffer"}, args...)...)
	b, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(b), cmd.ProcessState.ExitCode()
}

func TestAQueueInUseIsReadButNotChanged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "relay")
	q := fill(t, dir, "one", "two")
	r, err := q.Reader("late")
	if err != nil {
		t.Fatal(err)
	}
	batch, err := r.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ack(batch.Records[0].End); err != nil {
		t.Fatal(err)
	}
	if err := q.Sync(); err != nil {
		t.Fatal(err)
	}
	if out, code := buffer(t, "cat", "--format", "payload", dir); code != 0 || !strings.Contains(out, "one\ntwo\n") {
		t.Errorf("cat: code %d:\n%s", code, out)
	}
	if out, code := buffer(t, "verify", dir); code != 0 {
		t.Errorf("verify: code %d:\n%s", code, out)
	}
	for _, args := range [][]string{{"repair", dir}, {"drop", "--match", "TRUE", dir}} {
		if out, code := buffer(t, args...); code != 1 || !strings.Contains(out, "in use and cannot be changed; stop heka first") {
			t.Errorf("%s: code %d:\n%s", args[0], code, out)
		}
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if out, code := buffer(t, "cat", "--reader", "late", "--format", "payload", dir); code != 0 || strings.Contains(out, "one") || !strings.Contains(out, "two") {
		t.Errorf("cat of a reader: code %d:\n%s", code, out)
	}
	if out, code := buffer(t, "ls", dir); code != 0 || !strings.Contains(out, "late") {
		t.Errorf("ls: code %d:\n%s", code, out)
	}
	if out, code := buffer(t, "drop", "--match", "Payload == 'two'", dir); code != 0 || !strings.Contains(out, "dropped 1 messages") {
		t.Errorf("drop: code %d:\n%s", code, out)
	}
}

func TestReplaySendsFramedMessages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "relay")
	if err := fill(t, dir, "one", "two", "three").Close(); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	got := make(chan []byte, 1)
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		b, _ := io.ReadAll(conn)
		conn.Close()
		got <- b
	}()
	if out, code := buffer(t, "replay", "--match", "Payload != 'two'", "--to", ln.Addr().String(), dir); code != 0 {
		t.Fatalf("code %d:\n%s", code, out)
	}
	var payloads []string
	for b := <-got; len(b) > 0; {
		n, frame, _ := framing.Next(b, 1<<16, true)
		if frame == nil {
			t.Fatalf("%d bytes are no frame", len(b))
		}
		m := message.New()
		if err := m.Parse(frame.Body()); err != nil {
			t.Fatal(err)
		}
		payloads, b = append(payloads, strings.Clone(m.Payload())), b[n:]
	}
	if strings.Join(payloads, " ") != "one three" {
		t.Errorf("got %q", payloads)
	}
	if out, code := buffer(t, "replay", "--to", netconftest.Address(t), dir); code != 1 {
		t.Errorf("to nobody: code %d:\n%s", code, out)
	}
}
