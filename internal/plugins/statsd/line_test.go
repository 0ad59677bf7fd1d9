package statsd

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// parse returns what a datagram holds, written bucket:value|modifier|rate;tags,
// and its bad lines.
func parse(p *parser, datagram string) (got, bad []string) {
	p.onBad = func(line []byte, _ int) { bad = append(bad, string(line)) }
	p.reset()
	p.datagram([]byte(datagram))
	for _, s := range p.stats {
		got = append(got, fmt.Sprintf("%s:%s|%s|%g%s", s.Bucket, s.Value, s.Modifier, s.Rate, s.Tags))
	}
	return got, bad
}

func TestLines(t *testing.T) {
	f := func(datagram, want string, wantBad ...string) {
		t.Helper()
		got, bad := parse(new(parser), datagram)
		if strings.Join(got, " ") != want || strings.Join(bad, " ") != strings.Join(wantBad, " ") {
			t.Errorf("%q: got %q, bad %q", datagram, got, bad)
		}
	}
	f("sample.gauge:123|g", "sample.gauge:123|g|1")
	f(" \tsample.gauge:123|g\n", "sample.gauge:123|g|1")
	f("sample.count:303|c", "sample.count:303|c|1")
	f("sample.timer:1234|ms", "sample.timer:1234|ms|1")
	f("sample.histogram:1234|h", "sample.histogram:1234|h|1")
	f("sample.meter:1234|m", "sample.meter:1234|m|1")
	f("x:123|c|@0.9", "x:123|c|0.9")
	f("x:1234|ms|@0.5", "x:1234|ms|0.5")
	f("x:1|g|@0.5", "x:1|g|0.5")
	f("a:1|c\nb:2|c\n", "a:1|c|1 b:2|c|1")
	f("a:1|c\n\n \t\n\tb:2|c \n", "a:1|c|1 b:2|c|1")
	f("a:1|c\r\nb:2|c\r", "a:1|c|1 b:2|c|1")
	f("a:|c", "a:|c|1")
	f(":1|c", ":1|c|1")
	f("a b/c:1|c", "a b/c:1|c|1")
	f("a:b:1|c", "a:b:1|c|1")
	f("a:-3|g", "a:-3|g|1")
	f("a:1|c|@2", "a:1|c|2")
	f("a:1|c|@", "a:1|c|1")
	f("a:1|c|#t:v", "a:1|c|1")
	f("", "")
	for _, bad := range []string{"foo:", "foo|", "foo:1234|x", "foo:1|s", "a:1|c|@x", "a:1|c|@0.1|#t:v", "a:1|h|@0.1",
		"a:1|m|@0.1", "a:1|counter", "a:1|msx", "a:1|gg", "a:1|mean", "foo", "foo:1", "foo:1|", ":|", "a:1|c|@0", "a:1|c|@-1",
		"a:1|c|@nan", "a:1|c|@inf", "a:1|", "\x00"} {
		f(bad, "", bad)
		f("x:1|c\n"+bad+"\ny:2|g", "x:1|c|1 y:2|g|1", bad)
	}
}

func TestExtendedLines(t *testing.T) {
	f := func(datagram, want string, wantBad ...string) {
		t.Helper()
		got, bad := parse(&parser{extended: true, tags: true}, datagram)
		if strings.Join(got, " ") != want || strings.Join(bad, " ") != strings.Join(wantBad, " ") {
			t.Errorf("%q: got %q, bad %q", datagram, got, bad)
		}
	}
	f("a:1|c", "a:1|c|1")
	f("a:x y|s", "a:x y|s|1")
	f("a:http://x|s", "a:http://x|s|1")
	f("a:1:2:3|ms|@0.5", "a:1|ms|0.5 a:2|ms|0.5 a:3|ms|0.5")
	f("a:1|d", "a:1|ms|1")
	f("a:1|h|@0.1", "a:1|ms|0.1")
	f("a:1|m", "a:1|m|1")
	f("a:1|c|@0.1|#env:prod,canary", "a:1|c|0.1;canary=true;env=prod")
	f("a:1|c|#env:prod,canary|@0.1|c:in-4711|T1656581400|e:it-x", "a:1|c|0.1;canary=true;env=prod")
	f("a:1|c|#b:2,a:1,b:3", "a:1|c|1;a=1;b=2")
	f("a:1|c|#url:http://x/y;z, k =:v", "a:1|c|1;_k__=v;url=http://x/y_z")
	f("a:1|c|#", "a:1|c|1")
	f("a:1|c|#:v,,", "a:1|c|1")
	f("a:1|c|", "a:1|c|1")
	f("_e{5,4}:title|text\n_sc|check|0\na:1|c", "a:1|c|1")
	for _, bad := range []string{"a:1|x", "a:1|c|@x", "a:1|counter", "a:1", "a"} {
		f(bad, "", bad)
	}
	got, _ := parse(&parser{extended: true}, "a:1|c|#env:prod")
	if len(got) != 1 || got[0] != "a:1|c|1" {
		t.Errorf("without tags: %q", got)
	}
}

// FuzzLine holds the parser to what every client may rely on, whatever comes in.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"a:1|c", "a:1|c|@0.1\nb:2|ms\r\n", "a:1:2|d|@1|#x:y,z", "_e{1,1}:a|b", ":|", "a:|h", "\n\n", "a:1|s|#;=~"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range []*parser{{}, {extended: true, tags: true}} {
			got, bad := parse(p, s)
			if p.lines < len(bad) || p.bad != len(bad) || len(got) > 0 && p.lines == 0 {
				t.Fatalf("%q: %d lines, %d bad, got %q", s, p.lines, p.bad, got)
			}
			for _, m := range p.stats {
				if !(m.Rate > 0) || math.IsInf(m.Rate, 0) || strings.ContainsAny(m.Bucket, ":\n") || strings.ContainsAny(m.Value, "|\n") {
					t.Fatalf("%q: %+v", s, m)
				}
				if strings.ContainsAny(m.Tags, " \t\r\n") {
					t.Fatalf("%q: tags %q", s, m.Tags)
				}
				switch m.Modifier {
				case "c", "g", "ms", "h", "m", "s":
				default:
					t.Fatalf("%q: %+v", s, m)
				}
			}
			// Lines do not depend on one another.
			var one []string
			for line := range strings.SplitSeq(s, "\n") {
				more, _ := parse(p, line)
				one = append(one, more...)
			}
			if strings.Join(one, "\n") != strings.Join(got, "\n") {
				t.Fatalf("%q: line by line %q, together %q", s, one, got)
			}
		}
	})
}
