package matcher_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

func parsed(t testing.TB, expr string) *matcher.Matcher {
	t.Helper()
	m, err := matcher.Parse(expr)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTrafficCounts(t *testing.T) {
	x := parsed(t, `Type == 'a' && (Severity < 3 || Pid == 7) && Payload != 'never'`).Traffic()
	for _, m := range []struct {
		typ           string
		severity, pid int32
	}{
		{"a", 1, 0}, // matches; the second of || is not looked at
		{"a", 5, 7}, // matches by Pid
		{"a", 5, 0}, // near: Severity or Pid
		{"b", 1, 0}, // near: Type
		{"b", 5, 0}, // two tests away
		{"a", 1, 7}, // matches, neither of || alone matters
	} {
		msg := message.New()
		msg.SetType(m.typ)
		msg.SetSeverity(m.severity)
		msg.SetPid(m.pid)
		x.Add(msg)
	}
	if x.Messages != 6 || x.Matched != 3 || x.NearMisses != 2 {
		t.Errorf("%d messages, %d matched, %d near", x.Messages, x.Matched, x.NearMisses)
	}
	var got []string
	for _, p := range x.Parts() {
		got = append(got, fmt.Sprintf("%s%s%s looked %d held %d mattered %d near %d %v",
			p.Branches, p.Text, map[bool]string{true: p.Kind}[p.Text == ""], p.Looked, p.Held, p.Mattered, p.NearMisses, p.Samples))
	}
	want := []string{
		"and looked 6 held 3 mattered 0 near 0 []",
		"├─ Type == 'a' looked 6 held 4 mattered 4 near 1 [4]",
		"├─ or looked 4 held 3 mattered 0 near 0 []",
		"│  ├─ Severity < 3 looked 4 held 2 mattered 2 near 1 [3]",
		"│  └─ Pid == 7 looked 2 held 1 mattered 2 near 1 [3]",
		"└─ Payload != 'never' looked 3 held 3 mattered 3 near 0 []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	for _, p := range x.Parts() {
		if (p.Cost > 0) != (p.Kind == "test") {
			t.Errorf("%s %s costs %v", p.Kind, p.Text, p.Cost)
		}
	}
}

// Whatever the expression, its verdict is that of Match, and a test matters just
// when the opposite test gives the opposite verdict.
func TestTrafficAgreesWithMatch(t *testing.T) {
	opposite := map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<"}
	drawtest.Rapid(t)
	rapid.Check(t, func(t *rapid.T) {
		type test struct{ pid, op string }
		n := rapid.IntRange(1, 6).Draw(t, "tests")
		tests := make([]test, n)
		joins := make([]string, n)
		for i := range tests {
			tests[i] = test{fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "number")), rapid.SampledFrom([]string{"==", "!=", "<", ">="}).Draw(t, "operator")}
			joins[i] = rapid.SampledFrom([]string{" && ", " || "}).Draw(t, "join")
		}
		grouped := rapid.IntRange(0, n-1).Draw(t, "group")
		expr := func(flip int) *matcher.Matcher {
			text := ""
			for i, x := range tests {
				op := x.op
				if i == flip {
					op = opposite[op]
				}
				if i > 0 {
					text += joins[i]
				}
				if i == grouped {
					text += "("
				}
				text += "Pid " + op + " " + x.pid
			}
			m, err := matcher.Parse(text + ")")
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		msg := message.New()
		msg.SetPid(int32(rapid.IntRange(0, 4).Draw(t, "pid")))
		x := expr(-1).Traffic()
		verdict := x.Add(msg)
		if verdict != expr(-1).Match(msg) {
			t.Fatalf("%s: verdict %t", expr(-1).Source(), verdict)
		}
		i := 0
		for _, p := range x.Parts() {
			if p.Kind != "test" {
				continue
			}
			if want := expr(i).Match(msg) != verdict; want != (p.Mattered == 1) {
				t.Fatalf("%s: test %d mattered %d times, want %t", expr(-1).Source(), i, p.Mattered, want)
			}
			i++
		}
	})
}
