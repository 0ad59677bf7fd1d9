package message_test

import (
	"testing"
	"time"

	"github.com/hekad/heka/message"
)

// In steady state the hot functions allocate nothing.
func TestHotFunctionsDoNotAllocate(t *testing.T) {
	var dst []byte
	for name, from := range map[string]*message.Message{"sample": sample(), "arrays": sampleArrays()} {
		wire := from.AppendWire(nil)
		m, c := message.New(), message.New()
		f := func(what string, run func()) {
			t.Helper()
			run()
			if n := testing.AllocsPerRun(100, run); n != 0 {
				t.Errorf("%s: %s allocates %v times", name, what, n)
			}
		}
		f("Parse", func() {
			if err := m.Parse(wire); err != nil {
				t.Fatal(err)
			}
		})
		f("AppendWire of a parsed message", func() { dst = m.AppendWire(dst[:0]) })
		f("CopyFrom", func() { c.CopyFrom(m) })
		f("AppendWire of a modified message", func() {
			m.SetType("changed")
			dst = m.AppendWire(dst[:0])
		})
		f("AppendJSON", func() { dst = message.AppendJSON(dst[:0], m) })
		f("AppendRST", func() { dst = message.AppendRST(dst[:0], m) })
		f("AppendText", func() { dst = message.AppendText(dst[:0], m, time.UTC) })
	}

	text := message.AppendJSON(nil, sample())
	m := message.New()
	// Only the decoded uuid is storage of its own.
	if n := testing.AllocsPerRun(100, func() {
		if err := m.ParseJSON(text); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("ParseJSON allocates %v times", n)
	}
}

func TestTemplateDoesNotAllocate(t *testing.T) {
	template := message.NewTemplate(pairs("Pid", "%pid%", "Payload", "%a%: %Hostname%", "f|r", "%Type%/%f%/%a%"), []string{"a", "pid"})
	captures := []string{"text", "12"}
	pattern := message.NewPattern("%a%-%b%")
	var m message.Message
	var buf []byte
	if n := testing.AllocsPerRun(100, func() {
		m.Reset()
		var err error
		if buf, err = template.Apply(&m, captures, buf[:0]); err != nil {
			t.Fatal(err)
		}
		buf, _ = pattern.Append(buf, func(dst []byte, name string) ([]byte, bool) {
			return append(dst, captures[0]...), name == "a"
		})
	}); n != 0 {
		t.Errorf("Apply allocates %v times", n)
	}
}

func TestTimeParserDoesNotAllocate(t *testing.T) {
	const now = 1416840893000000000
	for layout, text := range map[string]string{
		"02/Jan/2006:15:04:05 -0700": "18/Apr/2013:14:00:28 -0700",
		"RFC3339Nano":                "2014-02-10T08:33:15.407935Z",
		"Stamp":                      "Nov 24 14:54:53",
		"Kitchen":                    "5:16PM",
		"EpochMilli":                 "1414448234638.504391",
	} {
		p := message.NewTimeParser(layout, time.UTC)
		if n := testing.AllocsPerRun(100, func() {
			if _, err := p.Parse(text, now); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: Parse allocates %v times", layout, n)
		}
	}
}
