package accesslog_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/accesslog"
	"github.com/hekad/heka/message"
)

// vector is a format of testdata/vectors.txt with its lines.
type vector struct {
	at, language, format, wantError, agent string
	lines                                  []vectorLine
}

type vectorLine struct {
	at, text string
	want     []string
}

func readVectors(tb testing.TB) []vector {
	tb.Helper()
	const path = "testdata/vectors.txt"
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var vs []vector
	for i, line := range strings.Split(string(data), "\n") {
		at := fmt.Sprintf("%s:%d", path, i+1)
		word, rest, _ := strings.Cut(line, " ")
		var v *vector
		if len(vs) > 0 {
			v = &vs[len(vs)-1]
		}
		switch word {
		case "", "#", "##":
		case "nginx", "apache":
			vs = append(vs, vector{at: at, language: word, format: rest})
		case "error":
			v.wantError = rest
		case "agent":
			v.agent = rest
		case ">":
			v.lines = append(v.lines, vectorLine{at: at, text: rest})
		case ">>":
			text, err := strconv.Unquote(rest)
			if err != nil {
				tb.Fatalf("%s: %v", at, err)
			}
			v.lines = append(v.lines, vectorLine{at: at, text: text})
		default:
			last := &v.lines[len(v.lines)-1]
			last.want = append(last.want, line)
		}
	}
	return vs
}

func compile(language, format string) (*accesslog.Format, error) {
	if language == "nginx" {
		return accesslog.NewNginx(format)
	}
	return accesslog.NewApache(format)
}

// parse returns what a line gives, in the notation of the vectors.
func parse(tb testing.TB, f *accesslog.Format, line string) []string {
	tb.Helper()
	m := message.New()
	m.SetType("before")
	m.AddString("before", "x")
	m.SetTimestamp(-1)
	before := m.AppendWire(nil)
	if err := m.Parse(before); err != nil {
		tb.Fatal(err)
	}
	if err := f.Parse(line, m); err != nil {
		if !errors.Is(err, accesslog.ErrNoMatch) {
			tb.Fatalf("error %v, want ErrNoMatch", err)
		}
		if m.Wire() == nil || m.NumFields() != 1 {
			tb.Fatal("a line that does not match changed the message")
		}
		return []string{"no match"}
	}
	if m.Type() != "before" || m.Field(0).Name() != "before" {
		tb.Fatal("Parse changed more than timestamp and fields")
	}
	var got []string
	if m.Timestamp() != -1 {
		got = append(got, fmt.Sprintf("time %d", m.Timestamp()))
	}
	for i := 1; i < m.NumFields(); i++ {
		got = append(got, show(m.Field(i)))
	}
	return got
}

func show(f *message.Field) string {
	var b strings.Builder
	b.WriteString(f.Name())
	if rep := f.Representation(); rep != "" {
		fmt.Fprintf(&b, "[%s]", rep)
	}
	for k := range f.Len() {
		b.WriteString([]string{" = ", ", "}[min(k, 1)])
		switch v := f.Value(k).(type) {
		case string:
			b.WriteString(strconv.Quote(v))
		case float64:
			b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
		default:
			fmt.Fprintf(&b, "%T %v", v, v)
		}
	}
	return b.String()
}

func TestVectors(t *testing.T) {
	keep := map[string]accesslog.KeepUserAgent{
		"none":         accesslog.KeepNone,
		"unrecognized": accesslog.KeepUnrecognized,
		"all":          accesslog.KeepAll,
	}
	for _, v := range readVectors(t) {
		f, err := compile(v.language, v.format)
		if v.wantError != "" {
			var e *accesslog.FormatError
			if !errors.As(err, &e) || !strings.Contains(err.Error(), v.wantError) {
				t.Errorf("%s: error %v\nwant %s", v.at, err, v.wantError)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", v.at, err)
			continue
		}
		if v.agent != "" {
			f.TransformUserAgent(keep[v.agent])
		}
		// Twice, so that caches are read as well as written.
		for range 2 {
			for _, l := range v.lines {
				got, want := strings.Join(parse(t, f, l.text), "\n"), strings.Join(l.want, "\n")
				if got != want {
					t.Errorf("%s: got\n%s\nwant\n%s", l.at, got, want)
				}
			}
		}
	}
}
