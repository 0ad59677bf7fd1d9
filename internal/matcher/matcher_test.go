package matcher_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

func TestCanonicalForm(t *testing.T) {
	f := func(expr, want string) {
		t.Helper()
		if got := mustParse(t, expr).String(); got != want {
			t.Errorf("%s\nis printed as\n%s\nwant\n%s", expr, got, want)
		}
	}
	f(`  TRUE&&( FALSE )`, `TRUE && FALSE`)
	f(`(Type == "a" && (Pid == 1 && Pid == 2)) && Pid == 3`, `Type == 'a' && Pid == 1 && Pid == 2 && Pid == 3`)
	f(`TRUE || (FALSE || TRUE) && (TRUE || FALSE)`, `TRUE || (FALSE || TRUE) && (TRUE || FALSE)`)
	f(`TRUE || (FALSE && TRUE)`, `TRUE || FALSE && TRUE`)
	f(`Fields[a b][00][0] == NIL`, `Fields[a b] == NIL`)
	f(`Fields[a][01][0] != NIL`, `Fields[a][1] != NIL`)
	f(`Fields[a][0][02] != TRUE`, `Fields[a][0][2] != TRUE`)
	f(`Pid == 4.321E3`, `Pid == 4321`)
	f(`Pid == -0`, `Pid == 0`)
	f(`Pid == 04321.50`, `Pid == 4321.5`)
	f(`Pid == 1e300`, `Pid == 1e+300`)
	f(`Pid == 9007199254740993`, `Pid == 9007199254740993`)
	f(`Pid == 9007199254740992.5`, `Pid == 9007199254740992.5`)
	f(`Type == "it's"`, `Type == 'it\'s'`)
	f(`Type == 'it\'s "x"'`, `Type == 'it\'s "x"'`)
	f(`Type == "it\'s"`, `Type == "it\'s"`) // holds a backslash, which '...' would swallow
	f(`Type == 'a\\'`, `Type == 'a\\'`)
	f(`Type =~ /a\/b[\/]\d/`, `Type =~ /a\/b[\/]\d/`)
	f(`Type !~ //`, `Type !~ //`)
}

func TestTree(t *testing.T) {
	x := mustParse(t, `Type == 'nginx.access' && (Fields[status] >= 500 || Payload =~ /timeout/ && TRUE) && Pid != 1`)
	const want = `and
├─ Type == 'nginx.access'
├─ or
│  ├─ Fields[status] >= 500
│  └─ and
│     ├─ Payload =~ /timeout/
│     └─ TRUE
└─ Pid != 1`
	if got := x.Tree(); got != want {
		t.Errorf("tree is\n%s\nwant\n%s", got, want)
	}
}

func TestErrorKnowsItsPlace(t *testing.T) {
	_, err := matcher.Parse("Type == 'é' &&\n\tSeverity =< 4")
	var e *matcher.SyntaxError
	if !errors.As(err, &e) {
		t.Fatalf("error is %v", err)
	}
	if e.Category != matcher.UnexpectedCharacter || e.Pos != 26 || e.Line != 2 || e.Col != 11 || e.Text != "=<" {
		t.Errorf("error is %+v", *e)
	}
	if e.Category.String() != "unexpected character" {
		t.Errorf("category is %s", e.Category)
	}
}

func TestErrorDiagram(t *testing.T) {
	f := func(expr, want string) {
		t.Helper()
		_, err := matcher.Parse(expr)
		var e *matcher.SyntaxError
		if !errors.As(err, &e) {
			t.Fatalf("error of %q is %v", expr, err)
		}
		if got := e.Diagram(); got != strings.TrimPrefix(want, "\n") {
			t.Errorf("diagram of %q is\n%s\nwant\n%s", expr, got, want)
		}
	}
	f(`Type == 'a' & Pid == 1`, `
unexpected character "&"
    Type == 'a' & Pid == 1
                ^
write && for "and"`)
	f("Type == 'é' &&\n\tSeverity =< 4", "\nunexpected character \"=<\"\n    \tSeverity =< 4\n    \t         ^^\nwrite <=")
	f(`TRUE Bogus`, `
unknown word "Bogus"
    TRUE Bogus
         ^^^^^
heka 0.10 stopped reading at an unknown word and ignored the rest`)
	f(`Type == "TEST" Severity == 1`, `
trailing input "Severity": expected && or ||
    Type == "TEST" Severity == 1
                   ^^^^^^^^
heka 0.10 accepted expressions side by side and obeyed only the last one
join the parts by && or ||`)
	f(`Payload =~ /(a|b\1)/`, `
bad regex "\\1": invalid escape sequence
    Payload =~ /(a|b\1)/
                    ^^
the engine (RE2) has no back references`)
	f(`Type ==`, `
unexpected token at the end: expected a literal behind ==
    Type ==
           ^`)
	f(``, `
empty expression
    
    ^
TRUE matches every message, FALSE none`)
	f("TRUE\x00\x01", `
unexpected character "\x00"
    TRUE␀␁
        ^
heka 0.10 stopped reading at a NUL byte and ignored the rest`)
	long := strings.Repeat("Type == 'x' && ", 50)
	f(long+"Typ == 1"+strings.Repeat(" && Pid == 1", 50), `
unknown word "Typ"
    …`+long[len(long)-120:]+`Typ == 1`+strings.Repeat(" && Pid == 1", 50)[:112]+`…
     `+strings.Repeat(" ", 120)+`^^^
did you mean Type?`)
}

func TestTooLong(t *testing.T) {
	_, err := matcher.Parse("Type == '" + strings.Repeat("x", matcher.MaxLength) + "'")
	var e *matcher.SyntaxError
	if !errors.As(err, &e) || e.Category != matcher.TooLong {
		t.Errorf("error is %v", err)
	}
}

func TestParenthesesNestWithoutLimit(t *testing.T) {
	const n = matcher.MaxLength/2 - 10
	x := mustParse(t, strings.Repeat("(", n)+"TRUE"+strings.Repeat(")", n))
	if x.String() != "TRUE" {
		t.Errorf("is %s", x)
	}
	const depth = 10000
	x = mustParse(t, strings.Repeat("Pid==0&&(Pid==1||", depth)+"TRUE"+strings.Repeat(")", depth))
	m := message.New()
	if !x.Match(m) || x.Explain(m).Verdict != matcher.Yes || len(x.Tree()) == 0 {
		t.Error("deep expression does not match")
	}
	if hits := matcher.NewSet([]*matcher.Matcher{x}).Match(m, nil, new(matcher.Scratch)); len(hits) != 1 {
		t.Error("deep expression does not match in a set")
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	m := accessLog(t)
	for _, e := range simpleExpressions {
		x := mustParse(t, e.expr)
		if n := testing.AllocsPerRun(100, func() { x.Match(m) }); n != 0 {
			t.Errorf("%s: %v allocations", e.expr, n)
		}
	}
	exprs := append(neverMatching(200), varied...)
	exprs = append(exprs, "Uuid =~ /^01/", "Uuid =~ /[0-9]{2}/", "Uuid > '0'", "Fields[status][1] == NIL")
	set, sc, hits := matcher.NewSet(parseAll(t, exprs)), new(matcher.Scratch), []int32(nil)
	hits = set.Match(m, hits, sc)
	if n := testing.AllocsPerRun(100, func() { hits = set.Match(m, hits[:0], sc) }); n != 0 {
		t.Errorf("set: %v allocations", n)
	}
	if len(hits) != 10 {
		t.Errorf("set: %d hits", len(hits))
	}
}

func TestExplain(t *testing.T) {
	m := decode(t, readCases(t, "testdata/vectors.txt")[0].Message)
	f := func(expr, want string) {
		t.Helper()
		if got := mustParse(t, expr).Explain(m).String(); got != strings.TrimPrefix(want, "\n") {
			t.Errorf("explanation of %s is\n%s\nwant\n%s", expr, got, want)
		}
	}
	f(`Type == 'TEST' && Severity <= 4 && Logger =~ /x/`, `
no     and
yes    ├─ Type == 'TEST'  "TEST"
no  *  ├─ Severity <= 4   6
-      └─ Logger =~ /x/`)
	f(`Type == 'TEST' && (Fields[foo] == 6 || Fields[nope] != 'x' || Fields[foo][0][3] == NIL || Pid == 1)`, `
yes    and
yes *  ├─ Type == 'TEST'               "TEST"
yes    └─ or
no        ├─ Fields[foo] == 6          "bar" (a STRING field is never compared with a number)
no        ├─ Fields[nope] != 'x'       missing
yes *     ├─ Fields[foo][0][3] == NIL  missing (number of values: 1)
-         └─ Pid == 1`)
	f(`FALSE`, `no  *  FALSE`)
	f(`Fields[double] > 99 && Fields[bool] == FALSE`, `
no     and
yes    ├─ Fields[double] > 99    99.9
no  *  └─ Fields[bool] == FALSE  TRUE`)
	f(`Uuid == '' || Payload =~ /^\d/`, `
no     or
no  *  ├─ Uuid == ''        "72de6a05-1b99-4a88-84c2-90797624c68f"
no  *  └─ Payload =~ /^\d/  "Test Payload"`)
}

func TestReadCasesNamesTheLine(t *testing.T) {
	f := func(file, want string) {
		t.Helper()
		_, err := matcher.ReadCases(strings.NewReader(file))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error of %q is %v, want %q", file, err, want)
		}
	}
	f("yes TRUE\nmaybe TRUE\n", `line 2: "maybe" is none of message, yes, no, err`)
	f("yes TRUE\n  part\n", "line 2: an indented line must follow an err line")
	f("message M2\n", `line 1: message "M2" is not defined`)
	f("message {\"uuid\":\n", `line 1: message "" is not JSON`)
	f("\n\nno \"TRUE\n", "line 3: read")
	f("yes "+strings.Repeat("x", 2<<20), "line 1: bufio.Scanner: token too long")
}

func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("testdata/vectors.txt")
	if err != nil {
		f.Fatal(err)
	}
	cases, err := matcher.ReadCases(strings.NewReader(string(text)))
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		f.Add(c.Expr)
	}
	messages := []*message.Message{message.New(), decode(f, cases[0].Message)}
	f.Fuzz(func(t *testing.T, expr string) {
		x, err := matcher.Parse(expr)
		if err != nil {
			var e *matcher.SyntaxError
			if !errors.As(err, &e) {
				t.Fatalf("error is a %T", err)
			}
			if e.Pos < 0 || e.Pos+len(e.Text) > len(expr) || expr[e.Pos:e.Pos+len(e.Text)] != e.Text || e.Diagram() == "" || err.Error() == "" {
				t.Fatalf("error of %q is misplaced: %+v", expr, *e)
			}
			return
		}
		again := mustParse(t, x.String())
		if again.String() != x.String() || again.Tree() != x.Tree() {
			t.Fatalf("%q is printed as\n%s\nwhich is printed as\n%s", expr, x, again)
		}
		x.Advice()
		set := []*matcher.Matcher{x, again, x}
		for _, m := range messages {
			if x.Match(m) != again.Match(m) || (x.Explain(m).Verdict == matcher.Yes) != x.Match(m) {
				t.Fatalf("%s has several verdicts", x)
			}
		}
		sameSet(t, set, messages, new(matcher.Scratch))
	})
}

func FuzzReadCases(f *testing.F) {
	f.Add("# x\nmessage A {}\nyes TRUE\nerr x\n  part\nmessage A\nno \"FALSE\"\n")
	f.Fuzz(func(t *testing.T, file string) {
		cases, err := matcher.ReadCases(strings.NewReader(file))
		if err != nil {
			return
		}
		for _, c := range cases {
			if c.Line < 1 || c.Want > matcher.WantError {
				t.Fatalf("case is %+v", c)
			}
		}
	})
}
