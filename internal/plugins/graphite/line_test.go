package graphite

import (
	"math"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	f := func(line string, want point, problem string) {
		t.Helper()
		got, err := parseLine(line)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if err == nil && got != want || text != problem {
			t.Errorf("%q: %+v, %q", line, got, text)
		}
	}
	f("a.b 1 1380047333", point{"a.b", 1, 1380047333}, "")
	f(" a.b\t1.5e3   0x10 \r", point{"a.b", 1500, 16}, "")
	f("a -0.25 010", point{"a", -0.25, 8}, "")
	f("", point{}, "malformed statmetric line: ''")
	f("a 1", point{}, "malformed statmetric line: 'a 1'")
	f("a 1 1 1", point{}, "malformed statmetric line: 'a 1 1 1'")
	f("a 1 x", point{}, `parsing time: strconv.ParseUint: parsing "x": invalid syntax`)
	f("a 1 -1", point{}, `parsing time: strconv.ParseUint: parsing "-1": invalid syntax`)
	f("a 1 4294967296", point{}, `parsing time: strconv.ParseUint: parsing "4294967296": value out of range`)
	f("a x 1", point{}, `parsing value 'x': strconv.ParseFloat: parsing "x": invalid syntax`)
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"a 1 1", "", "a  \t 1 0x1", "a nan 1", "a 1 1 1", "\u00a0 1 1", "a\x851 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		p, err := parseLine(line)
		columns := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' })
		if err == nil && (len(columns) != 3 || p.name == "" || strings.ContainsAny(p.name, " \t\n")) {
			t.Errorf("%q: %+v", line, p)
		}
		good, bad := 0, 0
		lines(line, func(_ string, p point) {
			good++
			if math.IsNaN(p.value) || math.IsInf(p.value, 0) {
				t.Errorf("%q: %v", line, p.value)
			}
		}, func(string, error) { bad++ })
		if good+bad != strings.Count(strings.Trim(line, " \t\n"), "\n")+1 {
			t.Errorf("%q: %d good, %d bad", line, good, bad)
		}
	})
}

func TestDatagramsEndWithALine(t *testing.T) {
	f := func(text string, limit, want int) {
		t.Helper()
		if got := datagram([]byte(text), limit); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	f("a 1 1\n", 6, 6)
	f("a 1 1\nb 1 1\n", 6, 6)
	f("a 1 1\nb 1 1\n", 11, 6)
	f("a 1 1\nb 1 1\n", 12, 12)
	f("aaaaaaaaaa 1 1\nb 1 1\n", 6, 15)
}

func TestNamesBecomePaths(t *testing.T) {
	f := func(name, want string) {
		t.Helper()
		if got := pathOf(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	f("stats.counters.a", "stats/counters/a.wsp")
	f("a", "a.wsp")
	f("../../etc/passwd", "//////etc/passwd.wsp")
	f("a.b;x=1/y.z", "_tagged/d61/cda/a_DOT_b;x=1/y_DOT_z.wsp")
}
