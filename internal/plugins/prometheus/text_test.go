package prometheus

import (
	"fmt"
	"strings"
	"testing"
)

// read returns what a line says: name{labels} value @millis, "kind family", end.
func read(line string, openMetrics bool) string {
	p := textParser{openMetrics: openMetrics}
	kind, err := p.line(line)
	switch {
	case err != nil:
		return "error: " + err.Error()
	case kind == lineType:
		return p.kind + " " + p.family
	case kind == lineEnd:
		return "end"
	case kind == lineNothing:
		return ""
	}
	var b strings.Builder
	b.WriteString(p.sample.name)
	for _, l := range p.sample.labels {
		fmt.Fprintf(&b, " %s=%q", l.name, l.value)
	}
	fmt.Fprintf(&b, " %g", p.sample.value)
	if p.sample.stamps {
		fmt.Fprintf(&b, " @%d", p.sample.millis)
	}
	return b.String()
}

func TestLines(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		if got := read(line, false); got != want {
			t.Errorf("%q: got %s, want %s", line, got, want)
		}
	}
	f(`up 1`, `up 1`)
	f(`http_requests_total{method="post",code="200"} 1027 1395066363000`, `http_requests_total method="post" code="200" 1027 @1395066363000`)
	f(`a:b_c{} -3.14e-5 -3982045`, `a:b_c -3.14e-05 @-3982045`)
	f(` 	up	 { a = "x" , } +Inf `+"\r", `up a="x" +Inf`)
	f(`msdos{path="C:\\DIR\\FILE.TXT",error="can't find:\n\"x\""} 1.458255915e9`, `msdos path="C:\\DIR\\FILE.TXT" error="can't find:\n\"x\"" 1.458255915e+09`)
	f(`something_weird{problem="division by zero"} NaN`, `something_weird problem="division by zero" NaN`)
	f(`{"http.requests", method="x", "odd name"="y"} 5`, `http.requests method="x" odd name="y" 5`)
	f(`a{b="}"} 1`, `a b="}" 1`)
	f(`a{b="x\q"} 1`, `a b="x\\q" 1`)
	f(``, ``)
	f(`# a comment`, ``)
	f(`# HELP a Some help.`, ``)
	f(`# TYPE http_request_duration_seconds histogram`, `histogram http_request_duration_seconds`)
	f(`#TYPE "a.b" gauge`, `gauge a.b`)
	f(`# TYPE`, ``)
	f(`# TYPE a`, ``)
	f(`# EOF`, ``)
	f(`1a 1`, `error: `+errName.Error())
	f(`{a="x"} 1`, `error: `+errName.Error())
	f(`a{b="x" 1`, `error: `+errLabels.Error())
	f(`a{b=x} 1`, `error: `+errLabels.Error())
	f(`a{b="x"c="y"} 1`, `error: `+errLabels.Error())
	f(`a{"b","c"} 1`, `error: `+errLabels.Error())
	f(`a{b="x} 1`, `error: `+errLabels.Error())
	f(`a{="x"} 1`, `error: `+errLabels.Error())
	f(`a`, `error: `+errValue.Error())
	f(`a x`, `error: `+errValue.Error())
	f(`a 1 x`, `error: `+errTime.Error())
	f(`a 1 1.5`, `error: `+errTime.Error())
	f(`a 1 1 1`, `error: `+errRest.Error())
	f(`a{`+strings.Repeat(`b="c",`, maxLabels+1)+`} 1`, `error: `+errLabels.Error())
}

func TestLinesOfOpenMetrics(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		if got := read(line, true); got != want {
			t.Errorf("%q: got %s, want %s", line, got, want)
		}
	}
	f(`foo_bucket{le="0.1"} 8 # {} 0.054`, `foo_bucket le="0.1" 8`)
	f(`foo_bucket{le="1"} 10 1520879607.789 # {id="how_to_observe"} 0.67 1.5`, `foo_bucket le="1" 10 @1520879607789`)
	f(`a 1 1.5`, `a 1 @1500`)
	f(`a 1 nan`, `error: `+errTime.Error())
	f(`a 1 1e300`, `error: `+errTime.Error())
	f(`# EOF`, `end`)
	f(`# UNIT a seconds`, ``)
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{`a{b="c\n",} 1 2`, `# TYPE a counter`, `{"a"} 1`, `a 1 # {x="y"} 1`, `a{`, `"`, `a{b="\\"} 0x1p-2`, `# EOF`} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, line string, openMetrics bool) {
		p := textParser{openMetrics: openMetrics}
		kind, err := p.line(line)
		if err != nil || kind != lineSample {
			return
		}
		if p.sample.name == "" || len(p.sample.labels) > maxLabels {
			t.Errorf("%q: %+v", line, p.sample)
		}
		if clean(p.sample.name, true) == "" {
			t.Errorf("%q has no clean name", p.sample.name)
		}
		for _, l := range p.sample.labels {
			if l.name == "" || !validLabel(clean(l.name, false)) {
				t.Errorf("%q: label %+v", line, l)
			}
		}
	})
}

func BenchmarkLine(b *testing.B) {
	var p textParser
	line := `http_request_duration_seconds_bucket{handler="/api/v1/query",method="get",le="0.25"} 24054 1395066363000`
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.line(line); err != nil {
			b.Fatal(err)
		}
	}
}
