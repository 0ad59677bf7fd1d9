package file

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// frame returns a body in a frame.
func frame(t testing.TB, body string) string {
	t.Helper()
	b, err := framing.Append(nil, []byte(body), framing.DefaultMaxBody)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// after sends messages to a file that holds something already, and returns what it
// holds then.
func after(t *testing.T, before string, encode func(string) string, payloads ...string) (holds, log string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	must(t, os.WriteFile(path, []byte(before), 0o600))
	o, l := newTestOutput(t, path, nil)
	o.env.Encode = func(dst []byte, p *plugin.Pack) ([]byte, error) {
		return append(dst, encode(p.Message.Payload())...), nil
	}
	var ledger feedtest.Ledger
	for _, p := range payloads {
		must(t, ledger.Messages(p).Send(t.Context(), o, false))
		must(t, o.Flush(t.Context()))
		must(t, o.Reopen()) // on goes the same file, which is not looked at again
	}
	must(t, o.Close())
	return read(t, path), l.String()
}

func TestAnUnfinishedLineIsEnded(t *testing.T) {
	line := func(s string) string { return s + "\n" }
	for before, want := range map[string]string{
		"":              "new\nnext\n",
		"whole\n":       "whole\nnew\nnext\n",
		"whole\nhal":    "whole\nhal\nnew\nnext\n",
		"h":             "h\nnew\nnext\n",
		"whole\n\x1ehi": "whole\n\x1ehi\nnew\nnext\n",
	} {
		got, log := after(t, before, line, "new", "next")
		if got != want {
			t.Errorf("behind %q: %q, want %q", before, got, want)
		}
		if told := strings.Contains(log, "ended the unfinished line"); told != (strings.Count(want, "\n") > strings.Count(before, "\n")+2) {
			t.Errorf("behind %q: log %q", before, log)
		}
	}
	// Messages that end in no line end cannot be told from unfinished ones.
	if got, _ := after(t, "hal", func(s string) string { return s }, "new", "next"); got != "halnewnext" {
		t.Errorf("got %q", got)
	}
}

// TestAnUnfinishedFrameIsCutOff tears a file at each of its bytes.
func TestAnUnfinishedFrameIsCutOff(t *testing.T) {
	first, second := frame(t, "the first"), frame(t, "the \x1e\x02 second, "+frame(t, "with one in it")+" and more")
	whole := first + second
	for n := 1; n <= len(whole); n++ {
		want := ""
		switch {
		case n == len(whole):
			want = whole
		case n >= len(first):
			want = first
		}
		got, log := after(t, whole[:n], func(s string) string { return frame(t, s) }, "new")
		if got != want+frame(t, "new") {
			t.Errorf("torn at %d: %q behind %q", n, got, want)
		}
		if told := strings.Contains(log, fmt.Sprintf("cut off the %d bytes", n-len(want))); told != (n > len(want)) {
			t.Errorf("torn at %d: log %q", n, log)
		}
	}
	// What was there in another form is somebody else's.
	if got, _ := after(t, "notes", func(s string) string { return frame(t, s) }, "new"); got != "notes"+frame(t, "new") {
		t.Errorf("got %q", got)
	}
}

func TestTheEndOfALargeFileIsEnough(t *testing.T) {
	one := frame(t, strings.Repeat("x", 50_000))
	before := strings.Repeat(one, 40)
	got, _ := after(t, before+one[:30_000], func(s string) string { return frame(t, s) }, "new")
	if got != before+frame(t, "new") {
		t.Errorf("%d bytes, want %d", len(got), len(before)+len(frame(t, "new")))
	}
}

// A walk over frames never cuts off what is whole, wherever the tail begins.
func FuzzWholeFrames(f *testing.F) {
	f.Add([]byte("\x1e\x02\x08\x01\x1fx"), 5, 3)
	f.Add([]byte("no frame"), 0, 1)
	f.Fuzz(func(t *testing.T, data []byte, begin, tear int) {
		if n := wholeFrames(data, true); n < 0 || n > len(data) {
			t.Fatalf("%d of %d bytes", n, len(data))
		}
		if len(data) > 1000 {
			return
		}
		// The first frame has a body without separators, which ends any walk that
		// began within another.
		plain := frame(t, strings.Repeat("p", 300))
		file := frame(t, string(data)) + plain + plain
		begin = min(max(begin, 0), len(file)-2*len(plain))
		if n := wholeFrames([]byte(file)[begin:], false); n != len(file)-begin && !bytes.Contains(data, []byte{framing.RecordSeparator}) {
			t.Fatalf("from %d: %d of %d bytes are left", begin, n, len(file)-begin)
		}
		tear = 1 + min(max(tear, 0), len(plain)-2)
		if n := wholeFrames([]byte(file)[:len(file)-tear], true); n != len(file)-len(plain) {
			t.Fatalf("%d bytes are left of a file torn behind %d", n, len(file)-len(plain))
		}
	})
}
