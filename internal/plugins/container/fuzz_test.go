package container

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hekad/heka/plugin"
)

// FuzzCRI holds the parser to what it is made of.
func FuzzCRI(f *testing.F) {
	f.Add("2016-10-06T00:17:09.669794202Z stdout F text")
	f.Add("2016-10-06T00:17:09+01:00 stderr P:x ")
	f.Add("  F")
	f.Fuzz(func(t *testing.T, record string) {
		var l line
		if err := parseCRI(record, nil, &l); err != nil {
			return
		}
		parts := strings.SplitN(record, " ", 4)
		at, err := time.Parse(time.RFC3339Nano, parts[0])
		if err != nil || at.UnixNano() != l.time || parts[1] != streamNames[l.stream] || l.more != (parts[2][0] == 'P') {
			t.Errorf("%q is read as %+v", record, l)
		}
		if text := strings.Join(parts[3:], ""); text != l.text {
			t.Errorf("%q: text %q, want %q", record, l.text, text)
		}
	})
}

// FuzzDocker holds the parser to encoding/json: what that takes must be taken,
// with the same meaning.
func FuzzDocker(f *testing.F) {
	f.Add(`{"log":"one\n","stream":"stdout","time":"2016-10-06T00:17:09.669794202Z"}`)
	f.Add(`{"log":"\u0041\ud83d\ude00\ud83d\"\\","stream":"stderr","attrs":{"a":"b","c":1},"time":"2016-10-06T00:17:09Z","x":[{"y":"]"},-1e9]}`)
	f.Add(`{"a":{"log":"x"},"log":"x`)
	f.Fuzz(func(t *testing.T, record string) {
		var l line
		err := parseDocker(record, new(plugin.Text), &l)
		var want struct{ log, stream, time string }
		var all map[string]any
		if json.Unmarshal([]byte(record), &all) != nil || !utf8.ValidString(record) || depth(all) > maxDepth {
			return
		}
		var a, b, c bool
		want.log, a = all["log"].(string)
		want.stream, b = all["stream"].(string)
		want.time, c = all["time"].(string)
		at, timeErr := time.Parse(time.RFC3339Nano, want.time)
		if !a || !b || !c || timeErr != nil || at.Year() < 1678 || at.Year() > 2261 || want.stream != "stdout" && want.stream != "stderr" {
			if err == nil {
				t.Errorf("%q is taken as %+v", record, l)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", record, err)
		}
		text := l.text
		if !l.more {
			text += "\n"
		}
		if text != want.log || l.time != at.UnixNano() || streamNames[l.stream] != want.stream {
			t.Errorf("%q is read as %+v, want %+v", record, l, want)
		}
	})
}

func depth(v any) int {
	deepest := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			deepest = max(deepest, depth(e))
		}
	case []any:
		for _, e := range v {
			deepest = max(deepest, depth(e))
		}
	default:
		return 0
	}
	return deepest + 1
}
