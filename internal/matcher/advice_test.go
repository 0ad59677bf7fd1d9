package matcher_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/matcher"
)

func TestAdvice(t *testing.T) {
	f := func(expr, want string) {
		t.Helper()
		var got []string
		for _, finding := range mustParse(t, expr).Advice() {
			got = append(got, finding.String())
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("advice on %s is\n%s\nwant\n%s", expr, strings.Join(got, "\n"), want)
		}
	}
	never := func(expr, reason string) {
		t.Helper()
		s := ` never matches`
		if reason != "" {
			s += ": " + reason
		}
		f(expr, `"`+mustParse(t, expr).String()+`"`+s)
	}
	always := func(expr string) {
		t.Helper()
		f(expr, `"`+mustParse(t, expr).String()+`" always matches`)
	}
	fine := func(expr string) { t.Helper(); f(expr, "") }

	never("FALSE", "")
	never("FALSE && Type == 'a'", "")
	never("Type == 'a' && Type == 'b'", "Type == 'a' and Type == 'b' exclude each other")
	never("Type == 'a' && Pid == 1 && Type != 'a'", "Type == 'a' and Type != 'a' exclude each other")
	never("Type == 'a' && Type =~ /^b/", "Type == 'a' and Type =~ /^b/ exclude each other")
	never("Type =~ /^(a|b)$/ && Type == 'c'", "Type =~ /^(a|b)$/ and Type == 'c' exclude each other")
	never("Type =~ /^ab/ && Type =~ /^ac/", "Type =~ /^ab/ and Type =~ /^ac/ exclude each other")
	never("Type =~ /ab$/ && Type =~ /ac$/", "Type =~ /ab$/ and Type =~ /ac$/ exclude each other")
	never("Type =~ /^abc/ && Type !~ /^ab/", "Type =~ /^abc/ and Type !~ /^ab/ exclude each other")
	never("Type =~ /x+/ && Type !~ /x+/", "Type =~ /x+/ and Type !~ /x+/ exclude each other")
	never("Type < 'b' && Type > 'c'", "Type < 'b' and Type > 'c' exclude each other")
	never("Type =~ /^nginx/ && Type < 'm'", "Type =~ /^nginx/ and Type < 'm' exclude each other")
	never("Type !~ //", "Type !~ // never holds")
	never("Hostname < ''", "Hostname < '' never holds")
	never("Uuid == '72DE6A05-1B99-4A88-84C2-90797624C68F'", "Uuid == '72DE6A05-1B99-4A88-84C2-90797624C68F' never holds")
	never("Severity == 5.5", "Severity == 5.5 never holds")
	never("Severity == 6 && Severity != 6", "Severity == 6 and Severity != 6 exclude each other")
	never("Severity > 5 && Severity < 6", "Severity > 5 and Severity < 6 exclude each other")
	never("Pid > 2147483647", "Pid > 2147483647 never holds")
	never("Timestamp > 9223372036854775807", "Timestamp > 9223372036854775807 never holds")
	f("Timestamp >= 9223372036854775807 && Timestamp != 9223372036854775807",
		`"Timestamp >= 9223372036854775807 && Timestamp != 92233720368…" never matches: `+
			"Timestamp >= 9223372036854775807 and Timestamp != 9223372036854775807 exclude each other")
	never("Fields[a] == 'x' && Fields[a] == 6", "Fields[a] == 'x' and Fields[a] == 6 exclude each other")
	never("Fields[a] == NIL && Fields[a] != 'x'", "Fields[a] == NIL and Fields[a] != 'x' exclude each other")
	never("Fields[a] == TRUE && Fields[a] == FALSE", "Fields[a] == TRUE and Fields[a] == FALSE exclude each other")
	never("Fields[a] > 5 && Fields[a] < 5", "Fields[a] > 5 and Fields[a] < 5 exclude each other")
	never("(Type == 'a' || Type == 'b') && Type == 'c'", "Type == 'a' and Type == 'c' exclude each other")

	always("Type == 'a' || Type != 'a'")
	always("Type == 'a' || TRUE")
	always("Type =~ //")
	always("Type =~ /x*/")
	always("Pid <= 2147483647")
	always("Fields[a] == NIL || Fields[a] != NIL")

	f("Pid == 1 || Type == 'a' && Type == 'b'",
		`"Type == 'a' && Type == 'b'" never matches and is useless as an operand of ||: Type == 'a' and Type == 'b' exclude each other`)
	f("Type =~ /^nginx/ && Type >= 'nginy' || Type != 'x'",
		`"Type =~ /^nginx/ && Type >= 'nginy'" never matches and is useless as an operand of ||: `+
			"Type =~ /^nginx/ and Type >= 'nginy' exclude each other")
	f("Type == 'a' && Severity > 7", `"Severity > 7" matches no severity from 0 to 7`)
	f("Severity < 0", `"Severity < 0" matches no severity from 0 to 7`)

	fine("TRUE")
	fine("Severity <= 7")
	fine("Severity == 6 || Severity == 7")
	fine("Type == 'a' || FALSE")
	fine("Fields[a] == 1 && Fields[a][0][1] == 'x'") // elements are looked at one by one
	fine("Fields[a] == 'x' && Fields[a][1] == 'y'")
	fine("Fields[a] > 5 && Fields[a] < 6")
	fine("Fields[a] == 5 || Fields[a] != 5")   // a missing field
	fine("Fields[a] < 5 || Fields[a] >= 5")    // NaN
	fine("Type =~ /^ab/ && Type =~ /^a/")      // one begins the other
	fine("Type =~ /^ab/ && Type !~ /^abc/")    // abd
	fine("Type =~ /ab/ && Type !~ /^ab/")      // xab
	fine("Type =~ /^nginx/ && Type > 'nginx'") // nginx.access
}

func TestAdviceIsProved(t *testing.T) {
	w := world{rand.New(rand.NewPCG(9, 10))}
	found := map[matcher.FindingKind]int{}
	for range 4000 {
		s := w.expr(w.IntN(4))
		x := mustParse(t, s.text)
		for _, finding := range x.Advice() {
			found[finding.Kind]++
			part := mustParse(t, s.text[finding.Pos:finding.End])
			for _, m := range w.messages(20) {
				got := part.Match(m)
				bad := got && finding.Kind != matcher.AlwaysMatches && (finding.Kind != matcher.OddSeverity || 0 <= m.Severity() && m.Severity() <= 7)
				if bad || !got && finding.Kind == matcher.AlwaysMatches {
					t.Fatalf("%s\nbut it is %v for %+v", finding, got, m)
				}
			}
		}
	}
	for _, kind := range []matcher.FindingKind{matcher.NeverMatches, matcher.AlwaysMatches, matcher.DeadBranch, matcher.OddSeverity} {
		if found[kind] < 10 {
			t.Errorf("only %d random expressions with a finding %q", found[kind], kind)
		}
	}
}
