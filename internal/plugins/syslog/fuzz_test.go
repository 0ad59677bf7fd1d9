package syslog

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hekad/heka/plugin"
)

func FuzzDecoder(f *testing.F) {
	for _, s := range []string{
		"<34>1 2003-10-11T22:14:15.003Z h su - ID47 [a b=\"c\\\"\"] x", "<13>Jan  2 03:04:05 host cron[123]: x",
		"<13>2026-01-02T03:04:05Z prog: x", "Jan  2 03:04:05 h p: x", "<13>",
	} {
		f.Add(s)
	}
	d, err := newDecoder(&decoderConfig{}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := new(plugin.Pack)
		p.Reset(new(plugin.Text))
		p.Message.SetPayload(text)
		if d.Decode(p) == nil && !strings.Contains(text, p.Message.Payload()) {
			t.Fatalf("%q became %q", text, p.Message.Payload())
		}
		p.Message.AppendWire(nil)
	})
}

// FuzzSplitter feeds a stream whole and byte by byte.
func FuzzSplitter(f *testing.F) {
	f.Add([]byte("9 <13>a: b\n<13>x\r\n<13>y\x0012 <13>..."), uint8(0))
	f.Add([]byte("x 5 <13> 012 <1"), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, framing uint8) {
		s := &splitter{counted: framing != 2, lines: framing != 1}
		split := func(step int) (records [][]byte) {
			begin := 0
			for end := min(step, len(data)); ; end = min(end+step, len(data)) {
				for {
					n, record := s.Split(data[begin:end], false)
					if n == 0 {
						break
					}
					if begin += n; len(record) > 0 {
						records = append(records, record)
					}
				}
				if end == len(data) {
					return records
				}
			}
		}
		whole, single := split(len(data)+1), split(1)
		if !bytes.Equal(bytes.Join(whole, []byte("|")), bytes.Join(single, []byte("|"))) {
			t.Fatalf("whole %q, in pieces %q", whole, single)
		}
	})
}
