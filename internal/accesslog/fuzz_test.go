package accesslog_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/accesslog"
)

// checkTwin holds Format and its twin equal on some lines.
func checkTwin(t *testing.T, language, format string, lines ...string) {
	t.Helper()
	f, err := compile(language, format)
	newTwin := newNginxTwin
	if language == "apache" {
		newTwin = newApacheTwin
	}
	slow, ok := newTwin(format)
	if ok != (err == nil) {
		t.Fatalf("%s format %q: error %v; the twin says valid is %t", language, format, err, ok)
	}
	if err != nil {
		var e *accesslog.FormatError
		if !errors.As(err, &e) {
			t.Fatalf("%s format %q: error %v is no FormatError", language, format, err)
		}
		if !strings.HasPrefix(format[e.Column-1:], e.Directive) {
			t.Fatalf("%s format %q: %q is not at column %d", language, format, e.Directive, e.Column)
		}
		return
	}
	for _, line := range lines {
		// Twice, so that caches are read as well as written.
		for range 2 {
			got, want := strings.Join(parse(t, f, line), "\n"), strings.Join(slow.parse(line), "\n")
			if got != want {
				t.Fatalf("%s format %q, line %q: got\n%s\nthe twin has\n%s", language, format, line, got, want)
			}
		}
	}
}

// TestTwinAgreesOnDamagedVectors cuts every line at every byte, and drops,
// doubles and changes every byte.
func TestTwinAgreesOnDamagedVectors(t *testing.T) {
	for _, v := range readVectors(t) {
		var lines []string
		for _, l := range v.lines {
			for i := range len(l.text) {
				head, c, tail := l.text[:i], l.text[i:i+1], l.text[i+1:]
				lines = append(lines, head, tail, head+tail, head+c+c+tail)
				for _, other := range []string{" ", `"`, `\`, "-", "9"} {
					lines = append(lines, head+other+tail)
				}
			}
		}
		checkTwin(t, v.language, v.format, lines...)
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range readVectors(f) {
		for _, l := range v.lines {
			f.Add(v.language == "apache", v.format, l.text)
		}
	}
	f.Fuzz(func(t *testing.T, apache bool, format, line string) {
		if apache {
			checkTwin(t, "apache", format, line)
		} else {
			checkTwin(t, "nginx", format, line)
		}
	})
}

func FuzzFormat(f *testing.F) {
	var lines []string
	for _, v := range readVectors(f) {
		f.Add(v.format)
		for _, l := range v.lines {
			if len(lines) == 0 || lines[len(lines)-1] != l.text {
				lines = append(lines, l.text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, format string) {
		checkTwin(t, "nginx", format, lines...)
		checkTwin(t, "apache", format, lines...)
	})
}
