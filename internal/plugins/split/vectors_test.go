package split_test

import (
	"bytes"
	"encoding/hex"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/internal/plugins/split"
	"github.com/hekad/heka/plugin"
)

// vector is one case of testdata/vectors.toml.
type vector struct {
	Name        string
	Type        string
	Options     map[string]any
	Hex         bool
	Block       bool
	Reads       []string
	Records     []string
	Rest        string
	Consumed    []int
	ReadsMatter bool `toml:"reads_matter"`
	Error       string
}

func TestVectors(t *testing.T) {
	for _, v := range feedtest.Vectors[vector](t) {
		t.Run(v.Name, v.test)
	}
}

func (v *vector) test(t *testing.T) {
	if v.Error != "" {
		_, err := build(t, v.Type, v.Options)
		if err == nil || err.Error() != v.Error {
			t.Errorf("error %v, want %s", err, v.Error)
		}
		return
	}
	reads := v.bytes(t, v.Reads)
	want := outcome{records: v.bytes(t, v.Records), rest: v.bytes(t, []string{v.Rest})[0]}
	got := drive(t, mustBuild(t, v.Type, v.Options), reads)
	if !got.equal(want) {
		t.Errorf("got %q, rest %q; want %q, rest %q", got.records, got.rest, want.records, want.rest)
	}
	if v.Consumed != nil && !slices.Equal(got.consumed, v.Consumed) {
		t.Errorf("consumed %v, want %v", got.consumed, v.Consumed)
	}
	if v.ReadsMatter {
		return
	}
	var single [][]byte
	for _, b := range bytes.Join(reads, nil) {
		single = append(single, []byte{b})
	}
	if got := drive(t, mustBuild(t, v.Type, v.Options), single); !got.equal(want) {
		t.Errorf("byte by byte: got %q, rest %q; want %q, rest %q", got.records, got.rest, want.records, want.rest)
	}
}

func (v *vector) bytes(t *testing.T, texts []string) [][]byte {
	t.Helper()
	out := make([][]byte, len(texts))
	for i, s := range texts {
		out[i] = []byte(s)
		if v.Hex {
			b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			out[i] = b
		}
	}
	return out
}

// outcome is what became of a stream: its records, how many bytes each of them
// took, and what was left.
type outcome struct {
	records  [][]byte
	consumed []int
	rest     []byte
}

func (o outcome) equal(p outcome) bool {
	return slices.EqualFunc(o.records, p.records, bytes.Equal) && bytes.Equal(o.rest, p.rest)
}

// drive is the smallest host: all reads go into one buffer, which is scanned
// after each of them and once more, finally, at the end.
func drive(t testing.TB, s plugin.Splitter, reads [][]byte) outcome {
	t.Helper()
	var buf []byte
	var out outcome
	scan := func(final bool) {
		for len(buf) > 0 {
			n, rec := s.Split(buf, final)
			if n < 0 || n > len(buf) {
				t.Fatalf("consumed %d of %d bytes", n, len(buf))
			}
			if n == 0 {
				if rec != nil {
					t.Fatalf("record %q of no bytes", rec)
				}
				return
			}
			if len(rec) > 0 {
				out.records = append(out.records, bytes.Clone(rec))
				out.consumed = append(out.consumed, n)
			}
			buf = buf[n:]
		}
	}
	for _, r := range reads {
		buf = append(buf, r...)
		scan(false)
	}
	scan(true)
	out.rest = bytes.Clone(buf)
	return out
}

// build makes a splitter as the host does, with options as a configuration file
// has them.
func build(t testing.TB, typ string, options map[string]any) (plugin.Splitter, error) {
	t.Helper()
	for _, p := range split.Plugins() {
		if p.Type != typ {
			continue
		}
		config := p.NewConfig()
		b, err := toml.Marshal(options)
		if err != nil {
			t.Fatal(err)
		}
		if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(config); err != nil {
			t.Fatal(err)
		}
		s, err := p.Build(config, &plugin.Env{Name: "test", Log: slog.New(slog.DiscardHandler), MaxMessageSize: 64 << 10})
		if err != nil {
			return nil, err
		}
		return s.(plugin.Splitter), nil
	}
	t.Fatalf("no plugin %q", typ)
	return nil, nil
}

func mustBuild(t testing.TB, typ string, options map[string]any) plugin.Splitter {
	t.Helper()
	s, err := build(t, typ, options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
