package message_test

import (
	"strings"
	"testing"

	"github.com/hekad/heka/message"
)

func TestParse(t *testing.T) {
	for _, v := range readWireVectors(t) {
		t.Run(v.name, func(t *testing.T) {
			for _, m := range []*message.Message{message.New(), used()} {
				err := m.Parse(v.wire)
				if (err == nil) != accepts(v.wire) {
					t.Errorf("error %v differs from the generated type", err)
				}
				if v.err != "" {
					if err == nil || !strings.Contains(err.Error(), v.err) {
						t.Errorf("error %v, want %s", err, v.err)
					}
					if got := toJSON(m); got != "{}" {
						t.Errorf("after the error the message holds %s", got)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := toJSON(m); got != v.json {
					t.Errorf("\n got %s\nwant %s", got, v.json)
				}
				pb, _ := unmarshal(v.wire)
				checkSame(t, m, pb)
			}
		})
	}
}

// Every message that breaks off is refused, unless it ends between two elements.
func TestParseTruncated(t *testing.T) {
	wire := append(sample().AppendWire(nil), sampleArrays().AppendWire(nil)...)
	m := message.New()
	for n := range wire {
		if err := m.Parse(wire[:n]); (err == nil) != accepts(wire[:n]) {
			t.Fatalf("%d of %d bytes: %v", n, len(wire), err)
		}
	}
}

func TestGroupsNestToALimit(t *testing.T) {
	f := func(depth int, want bool) {
		t.Helper()
		wire := strings.Repeat("\x5b", depth) + strings.Repeat("\x5c", depth)
		if err := message.New().Parse([]byte(wire)); (err == nil) != want || accepts([]byte(wire)) != want {
			t.Errorf("depth %d: %v", depth, err)
		}
	}
	f(maxGroups, true)
	f(maxGroups+1, false)
	f(9000, false)
}

func TestParsedTextIsAViewOfTheBytes(t *testing.T) {
	wire := []byte("\x1a\x04TEST")
	m := message.New()
	if err := m.Parse(wire); err != nil {
		t.Fatal(err)
	}
	kept := strings.Clone(m.Type())
	copy(wire[2:], "view")
	same(t, "type", m.Type(), "view")
	same(t, "cloned type", kept, "TEST")
	same(t, "View", message.View(wire[2:]), "view")
}
