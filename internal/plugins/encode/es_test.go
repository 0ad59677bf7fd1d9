package encode_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// encodeOne encodes a message that fill made and returns the document line.
func encodeOne(t testing.TB, e plugin.Encoder, fill func(m *message.Message)) string {
	t.Helper()
	p := new(plugin.Pack)
	p.Message.Reset()
	fill(&p.Message)
	b, err := e.Append(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	action, document, ok := strings.Cut(strings.TrimSuffix(string(b), "\n"), "\n")
	if !ok || strings.Contains(document, "\n") || !json.Valid([]byte(action)) {
		t.Fatalf("not two lines: %q", b)
	}
	return document
}

func TestESJsonAllocatesNothing(t *testing.T) {
	for _, options := range []map[string]any{
		nil,
		{"es_index_from_timestamp": true},
		{"index": "%{Type}-%{%Y.%m.%d}", "id": "%{UUID}", "replace_dots_with": "_"},
	} {
		e := mustBuild(t, "ESJsonEncoder", options)
		p := accessPack(1136239445000000000)
		buf, _ := e.Append(nil, p)
		if n := testing.AllocsPerRun(100, func() { buf, _ = e.Append(buf[:0], p) }); n != 0 {
			t.Errorf("%v: %v allocations", options, n)
		}
	}
}

// An index of the day must follow the day, in either direction.
func TestESJsonIndexFollowsTime(t *testing.T) {
	e := mustBuild(t, "ESJsonEncoder", map[string]any{"es_index_from_timestamp": true, "fields": []string{"Pid"}})
	f := func(ns int64, want string) {
		t.Helper()
		p := new(plugin.Pack)
		p.Message.Reset()
		p.Message.SetTimestamp(ns)
		b, err := e.Append(nil, p)
		if want = fmt.Sprintf("{\"index\":{\"_index\":\"heka-%s\",\"_type\":\"message\"}}\n{\"Pid\":0}\n", want); err != nil || string(b) != want {
			t.Errorf("got %s, want %s", b, want)
		}
	}
	const day = 24 * 3600 * 1000000000
	f(0, "1970.01.01")
	f(day-1, "1970.01.01")
	f(day, "1970.01.02")
	f(-1, "1969.12.31")
	f(-day, "1969.12.31")
	f(-day-1, "1969.12.30")
	f(day, "1970.01.02")
}

// More names than an encoder remembers must not change what it writes.
func TestESJsonForgetsNames(t *testing.T) {
	options := map[string]any{"index": "x", "fields": []string{"DynamicFields"}, "replace_dots_with": "/"}
	e := mustBuild(t, "ESJsonEncoder", options)
	for i := range 300 {
		fill := func(m *message.Message) {
			for j := range 20 {
				m.AddInteger(fmt.Sprintf("a.%d", (i*i+j*7)%3000), int64(j), "")
			}
			m.AddString(strings.Repeat("long", i), "x")
		}
		got, want := encodeOne(t, e, fill), encodeOne(t, mustBuild(t, "ESJsonEncoder", options), fill)
		if got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}

// jsonText is the plain way to quote a text.
func jsonText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a", "abcd", "abcdefgh", "abcdefghi\n", `"`, "\xff", "é€😀", "0123456\x1f8", "aaaaaaa\xe2\x82", " !\x7f\u2028<>", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\a"} {
		f.Add(s)
	}
	e := mustBuild(f, "ESJsonEncoder", map[string]any{"index": "x", "fields": []string{"Payload"}})
	f.Fuzz(func(t *testing.T, s string) {
		got := encodeOne(t, e, func(m *message.Message) { m.SetPayload(s) })
		if want := `{"Payload":` + jsonText(s) + `}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func FuzzDouble(f *testing.F) {
	for _, v := range []float64{0, math.Copysign(0, -1), 1, -1, 42, 19101.3, 1e-05, 1.23456789e+08, 999999, 1e6, 999999.999999, 0.0001, 0.00012345678, 0.1, 0.127, -0.5, 1.0000001, math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN(), math.Inf(-1), 1 << 63} {
		f.Add(v, uint32(v))
	}
	e := mustBuild(f, "ESJsonEncoder", map[string]any{"index": "x", "fields": []string{"DynamicFields"}})
	f.Fuzz(func(t *testing.T, v float64, n uint32) {
		for _, v := range []float64{v, float64(n) / 1e3, -float64(n) / 1e6, float64(n) / 1e7, float64(n)} {
			want := strconv.FormatFloat(v, 'g', -1, 64)
			if math.IsNaN(v) || math.IsInf(v, 0) {
				want = "null"
			}
			got := encodeOne(t, e, func(m *message.Message) { m.AddDouble("v", v, "") })
			if want = `{"v":` + want + `}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	})
}

// FuzzES encodes whatever parses as a message: it must give two lines of valid
// JSON in UTF-8.
func FuzzES(f *testing.F) {
	for _, name := range []string{"m", "m2", "e", "repeated", "raw", "odd"} {
		m := message.New()
		testMessage(f, name, m)
		f.Add(m.AppendWire(nil))
	}
	encoders := []plugin.Encoder{
		mustBuild(f, "ESJsonEncoder", nil),
		mustBuild(f, "ESJsonEncoder", map[string]any{
			"index": "%{foo}-%{Type}", "id": "%{a}", "raw_bytes_fields": []string{"json", "good", "bad"},
			"fields": []string{"DynamicFields", "Timestamp"}, "timestamp": "%N%z", "es_index_from_timestamp": true,
		}),
		mustBuild(f, "ESLogstashV0Encoder", map[string]any{"type_name": "%{foo}", "bytes_base64": true, "replace_dots_with": "_"}),
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		if message.New().Parse(wire) != nil {
			return
		}
		for _, e := range encoders {
			document := encodeOne(t, e, func(m *message.Message) {
				if err := m.Parse(wire); err != nil {
					t.Fatal(err)
				}
			})
			if !json.Valid([]byte(document)) || !utf8.ValidString(document) {
				t.Errorf("invalid: %q", document)
			}
		}
	})
}
