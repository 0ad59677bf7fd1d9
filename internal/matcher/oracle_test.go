package matcher_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

// sample is a random expression together with the obvious way to evaluate it, which
// knows nothing of trees, plans and indexes.
type sample struct {
	text string
	eval func(*message.Message) bool
}

// world is the small set of names and values that random expressions and messages
// are made of, so that they meet often.
type world struct{ *rand.Rand }

func pick[T any](w world, from ...T) T { return from[w.IntN(len(from))] }

func (w world) word() string {
	return pick(w, "", "a", "ab", "abc", "abd", "b", "TEST", "nginx", "nginx.access", "nginx.error",
		"error in line 7", "x error in", "yy", "\xff", "it's", "long enough to be hashed by more than eight bytes",
		"long enough to be hashed by more than nine bytes", `a\b`)
}

func (w world) decimal() string {
	return pick(w, "0", "-0", "1", "6", "7", "8", "-5", "4321", "5.5", "-5.5", "1e3", "1E3", ".5", "-1e-400", "1e300", "-1e300",
		"9007199254740992", "9007199254740993", "9007199254740992.5", "9223372036854775807", "9223372036854775808",
		"-9223372036854775808", "-9223372036854775809", "9223372036854775807.5", "0.1", "64")
}

func (w world) fieldName() string { return pick(w, "a", "b", "status", "user name", "x") }

func (w world) expr(depth int) sample {
	if depth > 0 {
		switch w.IntN(5) {
		case 0, 1:
			return w.join(depth, "&&")
		case 2, 3:
			return w.join(depth, "||")
		}
	}
	switch w.IntN(12) {
	case 0:
		truth := w.IntN(2) == 0
		return sample{strings.ToUpper(strconv.FormatBool(truth)), func(*message.Message) bool { return truth }}
	case 1, 2, 3, 4:
		return w.textHeader()
	case 5, 6:
		return w.numberHeader()
	}
	return w.field()
}

func (w world) join(depth int, op string) sample {
	a, b := w.expr(depth-1), w.expr(depth-1)
	all := op == "&&"
	return sample{
		"(" + a.text + ")" + pick(w, "", " ", "\n") + op + " (" + b.text + ")",
		func(m *message.Message) bool {
			if all {
				return a.eval(m) && b.eval(m)
			}
			return a.eval(m) || b.eval(m)
		},
	}
}

// textTest returns operator and literal, and the test of a text.
func (w world) textTest() (string, func(string) bool) {
	if w.IntN(2) == 0 {
		pattern := pick(w, "^ng", "^nginx", "^nginx[.]access$", "^(a|ab|yy)$", "error", "error in", "line", "or in", "b$", "[.]e", "^a.*b",
			"(?i)ERR", "(?i)test", "x|^y", `\d`, "", "^", "^$", "er+or", `^\w+$`, "�", "a+|bytes$", "^(TEST|nginx.*)")
		re := regexp.MustCompile(pattern)
		if w.IntN(3) == 0 {
			return "!~ /" + pattern + "/", func(s string) bool { return !re.MatchString(s) }
		}
		return "=~ /" + pattern + "/", re.MatchString
	}
	v := w.word()
	op := pick(w, "==", "==", "==", "!=", "<", "<=", ">", ">=")
	return op + " " + quoteForTest(v), func(s string) bool { return compares(op, strings.Compare(s, v)) }
}

func quoteForTest(s string) string {
	if strings.Contains(s, "'") {
		return `"` + s + `"`
	}
	return "'" + s + "'"
}

func compares(op string, c int) bool {
	switch op {
	case "==":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (w world) textHeader() sample {
	rest, test := w.textTest()
	name := pick(w, "Type", "Type", "Logger", "Payload", "EnvVersion", "Hostname", "Uuid")
	if name == "Uuid" && w.IntN(2) == 0 {
		const id = "00000000-0000-0000-0000-000000000001"
		rest, test = "== '"+id+"'", func(s string) bool { return s == id }
	}
	get := map[string]func(*message.Message) string{
		"Type": (*message.Message).Type, "Logger": (*message.Message).Logger, "Payload": (*message.Message).Payload,
		"EnvVersion": (*message.Message).EnvVersion, "Hostname": (*message.Message).Hostname, "Uuid": (*message.Message).UUIDText,
	}[name]
	return sample{name + " " + rest, func(m *message.Message) bool { return test(get(m)) }}
}

// numberTest returns operator and literal, and the tests of an integer and a float.
func (w world) numberTest() (string, func(int64) bool, func(float64) bool) {
	op, lit := pick(w, "==", "!=", "<", "<=", ">", ">="), w.decimal()
	exact, _ := new(big.Rat).SetString(lit)
	f, err := strconv.ParseFloat(lit, 64)
	if err != nil {
		panic(err)
	}
	return op + " " + lit,
		func(n int64) bool { return compares(op, new(big.Rat).SetInt64(n).Cmp(exact)) },
		func(x float64) bool {
			switch {
			case math.IsNaN(x):
				return op == "!="
			case x < f:
				return compares(op, -1)
			case x > f:
				return compares(op, 1)
			}
			return compares(op, 0)
		}
}

func (w world) numberHeader() sample {
	rest, test, _ := w.numberTest()
	switch w.IntN(3) {
	case 0:
		return sample{"Timestamp " + rest, func(m *message.Message) bool { return test(m.Timestamp()) }}
	case 1:
		return sample{"Pid " + rest, func(m *message.Message) bool { return test(int64(m.Pid())) }}
	}
	return sample{"Severity " + rest, func(m *message.Message) bool { return test(int64(m.Severity())) }}
}

func (w world) field() sample {
	name, instance, index := w.fieldName(), 0, 0
	ref := "Fields[" + name + "]"
	if w.IntN(3) == 0 {
		instance = w.IntN(3)
		ref += fmt.Sprintf("[%d]", instance)
		if w.IntN(2) == 0 {
			index = w.IntN(3)
			ref += fmt.Sprintf("[%d]", index)
		}
	}
	rest, test := w.valueTest()
	return sample{ref + " " + rest, func(m *message.Message) bool {
		k := 0
		for i := range m.NumFields() {
			f := m.Field(i)
			if f.Name() != name {
				continue
			}
			if k == instance {
				return test(f.Value(index))
			}
			k++
		}
		return test(nil)
	}}
}

// valueTest returns operator and literal, and the test of a value, nil if missing.
func (w world) valueTest() (string, func(any) bool) {
	switch w.IntN(6) {
	case 0:
		return "== NIL", func(v any) bool { return v == nil }
	case 1:
		return "!= NIL", func(v any) bool { return v != nil }
	case 2:
		op, want := pick(w, "==", "!="), w.IntN(2) == 0
		return op + " " + strings.ToUpper(strconv.FormatBool(want)), func(v any) bool {
			b, ok := v.(bool)
			return ok && (b == want) == (op == "==")
		}
	case 3, 4:
		rest, test := w.textTest()
		return rest, func(v any) bool {
			switch v := v.(type) {
			case string:
				return test(v)
			case []byte:
				return test(string(v))
			}
			return false
		}
	}
	rest, integer, float := w.numberTest()
	return rest, func(v any) bool {
		switch v := v.(type) {
		case int64:
			return integer(v)
		case float64:
			return float(v)
		}
		return false
	}
}

func (w world) integer() int64 {
	return pick[int64](w, 0, 1, 5, 6, 7, -5, -6, 64, 1000, 4321, 1<<53, 1<<53+1, math.MaxInt64, math.MinInt64)
}

func (w world) message() *message.Message {
	m := message.New()
	maybe := func(set func()) {
		if w.IntN(4) > 0 {
			set()
		}
	}
	maybe(func() { m.SetUUID(message.UUID{15: byte(w.IntN(3))}) })
	maybe(func() { m.SetType(w.word()) })
	maybe(func() { m.SetLogger(w.word()) })
	maybe(func() { m.SetPayload(w.word() + w.word()) })
	maybe(func() { m.SetEnvVersion(w.word()) })
	maybe(func() { m.SetHostname(w.word()) })
	maybe(func() { m.SetTimestamp(w.integer()) })
	maybe(func() { m.SetSeverity(int32(w.integer())) })
	maybe(func() { m.SetPid(int32(w.integer())) })
	for range w.IntN(7) {
		f := m.AddField(w.fieldName(), "", message.ValueType(w.IntN(5)))
		for range w.IntN(4) {
			switch f.Type() {
			case message.String:
				f.AddString(w.word())
			case message.Bytes:
				f.AddBytes([]byte(w.word()))
			case message.Integer:
				f.AddInteger(w.integer())
			case message.Double:
				f.AddDouble(pick(w, 0, math.Copysign(0, -1), 5.5, -5.5, 0.1, 6, math.NaN(), math.Inf(1), math.Inf(-1), float64(w.integer())))
			case message.Bool:
				f.AddBool(w.IntN(2) == 0)
			}
		}
	}
	return m
}

func (w world) messages(n int) []*message.Message {
	list := make([]*message.Message, n)
	for i := range list {
		list[i] = w.message()
	}
	return list
}

// check holds a matcher, its canonical form and its explanation against the sample.
func (s sample) check(t *testing.T, messages []*message.Message) *matcher.Matcher {
	t.Helper()
	x := mustParse(t, s.text)
	again := mustParse(t, x.String())
	if x.Tree() != again.Tree() || again.String() != x.String() {
		t.Fatalf("%s\nis printed as\n%s\nwhich is another tree:\n%s\n%s", s.text, x, x.Tree(), again.Tree())
	}
	for _, m := range messages {
		want := s.eval(m)
		if x.Match(m) != want || again.Match(m) != want {
			t.Fatalf("%s\nis %v, want %v, for %+v\n%s", s.text, !want, want, m, x.Explain(m))
		}
		if e := x.Explain(m); (e.Verdict == matcher.Yes) != want {
			t.Fatalf("explanation of %s is %v, want %v:\n%s", s.text, e.Verdict, want, e)
		}
	}
	return x
}

func TestRandomExpressions(t *testing.T) {
	w := world{rand.New(rand.NewPCG(5, 6))}
	for range 3000 {
		w.expr(w.IntN(4)).check(t, w.messages(10))
	}
}

func TestSetAgreesWithItsMatchers(t *testing.T) {
	w := world{rand.New(rand.NewPCG(7, 8))}
	sc := new(matcher.Scratch)
	for range 150 {
		set := make([]*matcher.Matcher, w.IntN(150))
		for i := range set {
			set[i] = mustParse(t, w.expr(w.IntN(3)).text)
		}
		sameSet(t, set, w.messages(20), sc)
	}
}
