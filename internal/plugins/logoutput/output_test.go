package logoutput

import (
	"bytes"
	"errors"
	"log"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// newTestOutput builds an output that prints into a buffer.
func newTestOutput(t *testing.T, flags int) (*Output, *bytes.Buffer) {
	t.Helper()
	env, _ := feedtest.Env(t, "LogOutput")
	o, text := feedtest.Build[*Output, any](t, Plugins(), "LogOutput", env), new(bytes.Buffer)
	o.out, o.flags = text, flags
	return o, text
}

func TestMessagesArePrintedAsLines(t *testing.T) {
	o, text := newTestOutput(t, 0)
	o.env.Encode = func(dst []byte, p *plugin.Pack) ([]byte, error) {
		if p.Message.Payload() == "bare" {
			return append(dst, "no newline"...), nil
		}
		return feedtest.EncodeLine(dst, p)
	}
	var l feedtest.Ledger
	if err := l.Messages("a", "skip", "bad", "", "bare", "b").Send(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	if text.String() != "a\n\nno newline\nb\n" {
		t.Errorf("printed %q", text)
	}
	if l.Delivered() != 5 || l.Dropped("encode") != 1 {
		t.Errorf("delivered %d, dropped %d", l.Delivered(), l.Dropped("encode"))
	}
}

func TestPrefixFollowsLogFlags(t *testing.T) {
	f := func(flags int, want string) {
		t.Helper()
		o, text := newTestOutput(t, flags)
		var l feedtest.Ledger
		if err := l.Messages("x", "y").Send(t.Context(), o, false); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text.String()) {
			if !regexp.MustCompile("^" + want + "[xy]\n$").MatchString(line) {
				t.Errorf("flags %d: printed %q", flags, line)
			}
		}
	}
	f(0, "")
	f(3, `\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `)
	f(log.Ldate, `\d{4}/\d\d/\d\d `)
	f(log.Ltime|log.Lmicroseconds, `\d\d:\d\d:\d\d\.\d{6} `)
	o, _ := newTestOutput(t, log.LstdFlags|log.LUTC)
	at := time.Date(2016, 5, 6, 1, 2, 3, 0, time.FixedZone("", 3600))
	if got := string(o.prefix(nil, at)); got != "2016/05/06 00:02:03 " {
		t.Errorf("UTC: %q", got)
	}
}

// broken fails every other write after half of the bytes.
type broken struct {
	bytes.Buffer
	writes int
}

func (b *broken) Write(p []byte) (int, error) {
	if b.writes++; b.writes%2 == 1 {
		return 0, errors.New("resource temporarily unavailable")
	}
	return b.Buffer.Write(p)
}

func TestAWriteThatFailsIsRepeated(t *testing.T) {
	o, _ := newTestOutput(t, 0)
	out := new(broken)
	o.out = out
	var l feedtest.Ledger
	lines := feedtest.Lines(strings.Repeat("x", 1000), 100)
	lines[70] = "bad"
	w := l.Messages(lines...)
	for w.Send(t.Context(), o, false) != nil {
		if out.writes > 1000 {
			t.Fatal("no progress")
		}
	}
	want := strings.Replace(strings.Join(lines, "\n")+"\n", "bad\n", "", 1)
	if out.String() != want {
		t.Error("lines are lost or repeated")
	}
	if l.Delivered() != 99 || l.Dropped("encode") != 1 {
		t.Errorf("delivered %d, dropped %d", l.Delivered(), l.Dropped("encode"))
	}
}

func TestSendPrintsOneMessage(t *testing.T) {
	o, text := newTestOutput(t, 0)
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetPayload("one")
	if err := o.Send(t.Context(), p); err != nil || text.String() != "one\n" {
		t.Errorf("printed %q, %v", text, err)
	}
	p.Message.SetPayload("bad")
	if reason, ok := plugin.RefusedReason(o.Send(t.Context(), p)); !ok || reason != "encode" {
		t.Errorf("reason %q", reason)
	}
}
