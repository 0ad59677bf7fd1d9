package share_test

import (
	"slices"
	"testing"

	"github.com/hekad/heka/internal/share"
)

func TestOptionsOfHeader(t *testing.T) {
	for _, c := range []struct {
		source string
		want   []share.Option
		ok     bool
	}{
		{"", nil, false},
		{"-- a line\nlocal x = 1", nil, false},
		{"--[[\nNo options.\n--]]", nil, false},
		{"--[[\nConfig:\n\n- a (string, required)\n    What.\n- b (int, optional, default 1)\n--]]\n- c (int, required)",
			[]share.Option{{"a", "string", true}, {"b", "int", false}}, true},
		{"-- licence\n\n-- more\n--[[\r\n*Config:*\r\n- `x`(uint, optional, default 1440)\r\n* y (Double, optional)\r\n- z (thing, required)\r\n]]",
			[]share.Option{{"x", "int", false}, {"y", "number", false}, {"z", "", true}}, true},
		{"--[[\n- before (int, required)\nConfig:\n- open", nil, true},
	} {
		got, ok := share.Options([]byte(c.source))
		if ok != c.ok || !slices.Equal(got, c.want) {
			t.Errorf("%q: got %v %v; want %v %v", c.source, got, ok, c.want, c.ok)
		}
	}
}

func TestOptionsOfEveryScript(t *testing.T) {
	for _, path := range scripts(t) {
		got, _ := share.Options([]byte(source(t, path)))
		for _, o := range got {
			if o.Type == "" {
				t.Errorf("%s: option %s has no type", path, o.Name)
			}
		}
	}
}

func FuzzOptions(f *testing.F) {
	f.Add("--[[\nConfig:\n- a (string, required)\n--]]")
	f.Fuzz(func(t *testing.T, source string) {
		options, ok := share.Options([]byte(source))
		if len(options) > 0 && !ok {
			t.Error("options of a header without options")
		}
	})
}
