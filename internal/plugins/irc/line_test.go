package irc

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextLines(t *testing.T) {
	long := strings.Repeat("é", maxText)
	for text, want := range map[string][]string{
		"":                       nil,
		" \r\n\n":                nil,
		"one\r\nQUIT :two\x00\n": {"one", "QUIT :two"},
		long:                     {long[:maxText], long[maxText:]},
		"a" + long[:2*maxText-2]: {"a" + long[:maxText-2], long[maxText-2 : 2*maxText-2]},
	} {
		got := textLines(text)
		if text == "a"+long[:2*maxText-2] {
			if strings.Join(got, "") != text || !utf8.ValidString(got[0]) {
				t.Errorf("got %q", got)
			}
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("%.20q: got %.50q", text, got)
		}
	}
}

func TestParse(t *testing.T) {
	for line, want := range map[string]command{
		":nick!user@host PRIVMSG #a :hello :world\r\n": {"nick", "PRIVMSG", []string{"#a", "hello :world"}},
		"PING :x":             {"", "PING", []string{"x"}},
		":srv 366 me #a :End": {"srv", "366", []string{"me", "#a", "End"}},
		"ping x":              {"", "PING", []string{"x"}},
		":srv":                {"srv", "", nil},
		"":                    {"", "", nil},
	} {
		if got := parse(line); got.nick != want.nick || got.name != want.name || !slices.Equal(got.params, want.params) {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add(":a!b@c PRIVMSG #d :e")
	f.Add("\r\n\x00:  :")
	f.Fuzz(func(t *testing.T, text string) {
		parse(text)
		for _, line := range textLines(text) {
			if line == "" || len(line) > maxText || strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("line %q", line)
			}
		}
	})
}
