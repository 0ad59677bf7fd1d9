package dashboard

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFileNames(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, c := range []struct{ filter, name, typ, want string }{
		{"http", "HTTP Status", "cbuf", "http.HTTPStatus.cbuf"},
		{"http", "", "txt", "http..txt"},
		{"http", "a", "nagios-external-command", "http.a.nagiosexternalcommand"},
		{"../../etc/passwd", "n", "t", "_._.._etc_passwd.n.t"},
		{".hidden", "n", "t", "_hidden.n.t"},
		{"..", "n", "t", "_..n.t"},
		{"", "n", "t", "_.n.t"},
		{"a\\b\x00c\nd", "n", "t", "a_b_c_d.n.t"},
		{"f", "../up", "../../t", "f.up.t"},
		{"f", long, long, "f." + long[:64] + "." + long[:64]},
		{"ü/ü", "ü", "ü", "ü_ü.."},
	} {
		if got := fileName(c.filter, c.name, c.typ); got != c.want {
			t.Errorf("%q %q %q: %q, want %q", c.filter, c.name, c.typ, got, c.want)
		}
	}
	if got := fileName(long, long, long); len(got) > 255 {
		t.Errorf("%d bytes are too long for a file system", len(got))
	}
}

func FuzzFileName(f *testing.F) {
	f.Add("http", "HTTP Status", "cbuf")
	f.Add("../../x", "..", "/")
	f.Add(strings.Repeat("ü", 100), strings.Repeat("a", 100), "\x00")
	f.Fuzz(func(t *testing.T, filter, name, typ string) {
		got := fileName(filter, name, typ)
		if filepath.Base(got) != got || strings.ContainsAny(got, "/\\\x00\n") || got[0] == '.' || len(got) > 255 {
			t.Errorf("%q %q %q: %q leads elsewhere", filter, name, typ, got)
		}
		if got == reportFile || got == sandboxesFile || got == terminationFile {
			t.Errorf("%q %q %q: %q is a file of heka's own", filter, name, typ, got)
		}
		if utf8.ValidString(filter) && !utf8.ValidString(got) {
			t.Errorf("%q: %q is not UTF-8", filter, got)
		}
	})
}
