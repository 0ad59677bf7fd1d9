package smtp

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSubjects(t *testing.T) {
	a69, a70 := strings.Repeat("a", 69), strings.Repeat("a", 70)
	for _, c := range []struct{ text, want string }{
		{"Hello world!", "Subject: Hello world!"},
		{"", "Subject: "},
		{a69, "Subject: " + a69},
		{a70, "Subject: =?utf-8?Q?" + a70[:57] + "?=\r\n =?utf-8?Q?" + a70[57:] + "?="},
		{"从前有座山，山里有座庙", "Subject: =?utf-8?B?5LuO5YmN5pyJ5bqn5bGx77yM5bGx6YeM5pyJ5bqn5bqZ?="},
		{"ü it", "Subject: =?utf-8?Q?=C3=BC_it?="},
		{"it ü", "Subject: =?utf-8?Q?it_=C3=BC?="},
		{"a=b?c_d\r\nBcc: e é", "Subject: =?utf-8?Q?a=3Db=3Fc=5Fd=0D=0ABcc:_e_=C3=A9?="},
		{"\xff", "Subject: =?utf-8?Q?=FF?="},
	} {
		if got := string(appendSubject(nil, c.text)); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// FuzzSubject holds the words against the decoder of package mime.
func FuzzSubject(f *testing.F) {
	for _, s := range []string{"", "plain", "ü it", strings.Repeat("é ", 100), strings.Repeat("a", 200), "=?utf-8?Q?a?=", "\r\n.", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := string(appendSubject(nil, text))
		for _, line := range strings.Split(got, "\r\n") {
			if len(line) > lineLength || !isPlain(line) {
				t.Fatalf("line %q", line)
			}
		}
		if !utf8.ValidString(text) || strings.Contains(text, "=?") {
			return // the decoder replaces the one, and decodes the other where it is plain
		}
		back, err := new(mime.WordDecoder).DecodeHeader(strings.ReplaceAll(strings.TrimPrefix(got, subject), "\r\n", ""))
		if err != nil || back != text {
			t.Fatalf("%q became %q, which is %q (%v)", text, got, back, err)
		}
	})
}
