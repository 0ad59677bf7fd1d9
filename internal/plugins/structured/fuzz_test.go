package structured

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/plugin"
)

func pack(payload string) *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetPayload(payload)
	return p
}

// FuzzJSON holds what is taken for an object against package encoding/json.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5],"b":{"c":null,"d":"\u00e9"},"Severity":"warn"}`, `{}`, `[`, `{"a":1e999}`, `{"a":[true,"x"]}`} {
		f.Add(s)
	}
	n, err := newNames(&naming{})
	if err != nil {
		f.Fatal(err)
	}
	d := &jsonDecoder{n, 3}
	f.Fuzz(func(t *testing.T, text string) {
		p := pack(text)
		err := d.Decode(p)
		var want map[string]json.RawMessage
		if bad := json.Unmarshal([]byte(text), &want) != nil || want == nil; bad != (err == errNoObject) {
			t.Fatalf("%q: error %v", text, err)
		}
		p.Message.AppendWire(nil)
	})
}

func FuzzLogfmt(f *testing.F) {
	for _, s := range []string{`a=1 b="x y" c`, `a="\u00e9\x41\101\q\"" b=`, `="`, `a="`, "a=\xff"} {
		f.Add(s)
	}
	n, err := newNames(&naming{})
	if err != nil {
		f.Fatal(err)
	}
	d := &logfmtDecoder{n}
	f.Fuzz(func(t *testing.T, text string) {
		p := pack(text)
		if d.Decode(p) == nil && !strings.Contains(text, "=") {
			t.Fatalf("%q is taken", text)
		}
		p.Message.AppendWire(nil)
	})
}

// FuzzCSV holds rows against those of package encoding/csv, which takes more than
// one way to write some.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{`a,b`, `"a","b""c",`, "\"a\nb\",c\r\n", `"a"b`, `,`, `a"b,c`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		row, err := appendRow(nil, new(plugin.Text), text, ",", 100)
		if err != nil || len(row) > 100 || strings.ContainsRune(text, '\r') {
			return
		}
		r := csv.NewReader(strings.NewReader(text))
		r.LazyQuotes = true
		want, err := r.Read()
		if err == io.EOF {
			return // an empty line
		}
		if err != nil || !slices.Equal(row, want) {
			t.Fatalf("%q: got %q, want %q (%v)", text, row, want, err)
		}
	})
}
