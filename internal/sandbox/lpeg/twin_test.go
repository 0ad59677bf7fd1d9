package lpeg_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// twin matches expressions the obvious way: by recursion over the expression,
// with lists of captures that are built anew for every alternative.
type twin struct {
	s     string
	rules []*expr // of the grammar around
	steps int
}

// found is a list of captures, the latest first. An entry without a capture
// marks the beginning of a capture that is not complete yet.
type found struct {
	before *found
	cap    *twinCapture
}

type twinCapture struct {
	e          *expr
	start, end int
	kids       []*twinCapture
	before     *found
	given      []any // values of a match-time capture; e is nil
}

// twinError is an error message, thrown.
type twinError string

// tooLong is thrown when a match takes too many steps.
type tooLong struct{}

// values that are not strings, numbers or nil stand for themselves by type.
type twinTable []any // values at 1, 2, … and then pairs of a name and a value

type named struct {
	name string
	v    any
}

func (t *twin) match(e *expr, i int, caps *found) (int, *found, bool) {
	if t.steps++; t.steps > 20000 {
		panic(tooLong{})
	}
	one := func(ok bool, n int) (int, *found, bool) { return i + n, caps, ok }
	byteIf := func(ok func(c byte) bool) (int, *found, bool) {
		return one(i < len(t.s) && ok(t.s[i]), 1)
	}
	switch e.op {
	case "lit":
		return one(strings.HasPrefix(t.s[i:], e.text), len(e.text))
	case "any":
		if e.num < 0 {
			return one(len(t.s)-i < -e.num, 0)
		}
		return one(len(t.s)-i >= e.num, e.num)
	case "set":
		return byteIf(func(c byte) bool { return strings.IndexByte(e.text, c) >= 0 })
	case "range":
		return byteIf(func(c byte) bool { return c >= e.text[0] && c <= e.text[1] })
	case "true", "false":
		return one(e.op == "true", 0)
	case "mul":
		j, more, ok := t.match(e.kids[0], i, caps)
		if !ok {
			return 0, nil, false
		}
		return t.match(e.kids[1], j, more)
	case "add":
		if j, more, ok := t.match(e.kids[0], i, caps); ok {
			return j, more, true
		}
		return t.match(e.kids[1], i, caps)
	case "sub":
		if _, _, ok := t.match(e.kids[1], i, caps); ok {
			return 0, nil, false
		}
		return t.match(e.kids[0], i, caps)
	case "pow":
		least, most := e.num, 1<<30
		if e.num < 0 {
			least, most = 0, -e.num
		}
		n := 0
		for ; n < most; n++ {
			j, more, ok := t.match(e.kids[0], i, caps)
			if !ok {
				break
			}
			i, caps = j, more
		}
		return i, caps, n >= least
	case "not":
		_, _, ok := t.match(e.kids[0], i, caps)
		return one(!ok, 0)
	case "and":
		_, _, ok := t.match(e.kids[0], i, caps)
		return one(ok, 0)
	case "B":
		for n := 0; n <= i; n++ {
			if j, _, ok := t.match(e.kids[0], i-n, caps); ok && j == i {
				return one(true, 0)
			}
		}
		return one(false, 0)
	case "V":
		n, _ := strconv.Atoi(e.text[1:])
		return t.match(t.rules[n-1], i, caps)
	case "grammar":
		outer := t.rules
		t.rules = e.kids
		j, more, ok := t.match(e.kids[0], i, caps)
		t.rules = outer
		return j, more, ok
	}
	return t.capture(e, i, caps)
}

func (t *twin) capture(e *expr, i int, caps *found) (int, *found, bool) {
	c := &twinCapture{e: e, start: i, end: i, before: caps}
	if len(e.kids) == 0 {
		if e.op == "Cc" && e.text == "" {
			return i, caps, true
		}
		return i, &found{caps, c}, true
	}
	open := &found{before: caps}
	j, inside, ok := t.match(e.kids[0], i, open)
	if !ok {
		return 0, nil, false
	}
	for ; inside != open; inside = inside.before {
		c.kids = append([]*twinCapture{inside.cap}, c.kids...)
	}
	c.end = j
	if e.op != "Cmt" {
		return j, &found{caps, c}, true
	}
	to, given, ok := t.ask(e.text, j, t.inside(c))
	if !ok {
		return 0, nil, false
	}
	if len(given) > 0 {
		caps = &found{caps, &twinCapture{start: i, end: to, before: caps, given: given}}
	}
	return to, caps, true
}

// ask is what the functions of the prelude for match-time captures do.
func (t *twin) ask(fn string, i int, values []any) (int, []any, bool) {
	switch fn {
	case "values":
		return i, []any{len(values), values[0]}, true
	case "step":
		return i + 1, nil, i < len(t.s)
	case "odd":
		return i, nil, i%2 == 0
	}
	return i, nil, true
}

// values are the values of a capture.
func (t *twin) values(c *twinCapture) []any {
	if t.steps++; t.steps > 20000 {
		panic(tooLong{})
	}
	if c.e == nil {
		return c.given
	}
	text := t.s[c.start:c.end]
	switch c.e.op {
	case "C":
		return append([]any{text}, t.children(c)...)
	case "Cp":
		return []any{c.start + 1}
	case "Cc":
		return map[string][]any{
			`"k"`: {"k"}, `1, 2`: {1, 2}, `nil, "n"`: {nil, "n"}, `{}`: {twinTable{}},
		}[c.e.text]
	case "Carg":
		if c.e.num > 1 {
			panic(twinError("reference to absent argument #" + strconv.Itoa(c.e.num)))
		}
		return []any{"arg"}
	case "Cb":
		for l := c.before; l != nil; l = l.before {
			if l.cap != nil && l.cap.e != nil && l.cap.e.op == "named" && l.cap.e.text == c.e.text {
				return t.inside(l.cap)
			}
		}
		panic(twinError("back reference '" + c.e.text + "' not found"))
	case "Cf":
		if len(c.kids) == 0 {
			panic(twinError("no initial value for fold capture"))
		}
		first := t.values(c.kids[0])
		if len(first) == 0 {
			panic(twinError("no initial value for fold capture"))
		}
		acc := first[0]
		for _, k := range c.kids[1:] {
			acc = tag(acc) + "+" + strconv.Itoa(len(t.values(k)))
		}
		return []any{acc}
	case "Cg":
		return t.inside(c)
	case "named":
		return nil
	case "Cs", "string":
		return []any{t.text(c)}
	case "Ct":
		table := twinTable{}
		var fields []any
		for _, k := range c.kids {
			if k.e != nil && k.e.op == "named" {
				fields = append(fields, named{k.e.text, t.inside(k)[0]})
			} else {
				table = append(table, t.values(k)...)
			}
		}
		return []any{append(table, fields...)}
	case "select":
		if c.e.num == 0 {
			return nil
		}
		values := t.inside(c)
		if len(values) < c.e.num {
			panic(twinError("no capture '" + strconv.Itoa(c.e.num) + "'"))
		}
		return values[c.e.num-1 : c.e.num]
	case "query":
		v, ok := map[any]any{"a": "A", "b": 7, "ab": "AB", 1: "one"}[key(t.inside(c)[0])]
		if !ok {
			return nil
		}
		return []any{v}
	}
	values := t.inside(c)
	switch c.e.text {
	case "count":
		return []any{len(values)}
	case "none":
		return nil
	case "two":
		return []any{values[0], "x"}
	}
	return values
}

func (t *twin) children(c *twinCapture) []any {
	var values []any
	for _, k := range c.kids {
		values = append(values, t.values(k)...)
	}
	return values
}

func (t *twin) inside(c *twinCapture) []any {
	if c.e == nil {
		return c.given
	}
	if values := t.children(c); len(values) > 0 {
		return values
	}
	return []any{t.s[c.start:c.end]}
}

// text is the value of a substitution or string capture.
func (t *twin) text(c *twinCapture) string {
	var b strings.Builder
	if c.e.op == "Cs" {
		at := c.start
		for _, k := range c.kids {
			b.WriteString(t.s[at:k.start])
			at = k.start
			if s, ok := t.first(k, "replacement"); ok {
				b.WriteString(s)
				at = k.end
			}
		}
		b.WriteString(t.s[at:c.end])
		return b.String()
	}
	var list []*twinCapture
	list = t.elements(c, list)
	for i := 0; i < len(c.e.text); i++ {
		if c.e.text[i] != '%' {
			b.WriteByte(c.e.text[i])
			continue
		}
		i++
		n := int(c.e.text[i]) - '0'
		if n < 0 || n > 9 {
			b.WriteByte(c.e.text[i])
			continue
		}
		if n >= len(list) {
			panic(twinError(fmt.Sprintf("invalid capture index (%d)", n)))
		}
		if k := list[n]; n == 0 || k.e != nil && k.e.op == "C" {
			b.WriteString(t.s[k.start:k.end])
		} else if s, ok := t.first(k, "capture"); ok {
			b.WriteString(s)
		} else {
			panic(twinError(fmt.Sprintf("no values in capture index %d", n)))
		}
	}
	return b.String()
}

func (t *twin) elements(c *twinCapture, list []*twinCapture) []*twinCapture {
	list = append(list, c)
	for _, k := range c.kids {
		if k.e != nil && k.e.op == "C" {
			list = t.elements(k, list)
		} else {
			list = append(list, k)
		}
	}
	return list[:min(len(list), 10)]
}

func (t *twin) first(c *twinCapture, what string) (string, bool) {
	values := t.values(c)
	if len(values) == 0 {
		return "", false
	}
	switch v := values[0].(type) {
	case string, int:
		return fmt.Sprint(v), true
	default:
		panic(twinError("invalid " + what + " value (a " + tag(v) + ")"))
	}
}

func key(v any) any {
	if _, ok := v.(twinTable); ok {
		return nil
	}
	return v
}

// tag is like the function of the prelude.
func tag(v any) string {
	switch v.(type) {
	case nil:
		return "nil"
	case twinTable:
		return "table"
	}
	return fmt.Sprint(v)
}

// run matches e and tells what comes of it, as text.
func (t *twin) run(e *expr) (told string, ok bool) {
	ok = true
	defer func() {
		switch r := recover().(type) {
		case nil:
		case tooLong:
			ok = false
		case twinError:
			told = "error " + string(r)
		default:
			panic(r)
		}
	}()
	end, caps, matched := t.match(e, 0, nil)
	if !matched {
		return "nil", true
	}
	all := &twinCapture{e: e}
	for ; caps != nil; caps = caps.before {
		all.kids = append([]*twinCapture{caps.cap}, all.kids...)
	}
	values := t.children(all)
	if len(values) == 0 {
		values = []any{end + 1}
	}
	var parts []string
	for _, v := range values {
		parts = append(parts, show(v))
	}
	return strings.Join(parts, " "), true
}

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return strconv.Quote(v)
	case int:
		return strconv.Itoa(v)
	case twinTable:
		fields := map[string]any{}
		n := 0
		for _, e := range v {
			if e, ok := e.(named); ok {
				if e.v != nil {
					fields[e.name] = e.v
				} else {
					delete(fields, e.name)
				}
				continue
			}
			if n++; e != nil {
				fields[strconv.Itoa(n)] = e
			}
		}
		var parts []string
		for _, k := range []string{"a", "b"} {
			if f, ok := fields[k]; ok {
				parts = append(parts, k+"="+show(f))
			}
		}
		for i := 1; i <= n; i++ {
			if f, ok := fields[strconv.Itoa(i)]; ok {
				parts = append(parts, strconv.Itoa(i)+"="+show(f))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// showLua is show for Lua values.
func showLua(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return strconv.Quote(string(v))
	case *lua.LTable:
		var parts []string
		for _, k := range []string{"a", "b"} {
			if f := v.RawGetString(k); f != lua.LNil {
				parts = append(parts, k+"="+showLua(f))
			}
		}
		for i := 1; i <= 1000; i++ {
			if f := v.RawGetInt(i); f != lua.LNil {
				parts = append(parts, strconv.Itoa(i)+"="+showLua(f))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return v.String()
}

// FuzzAgainstTwin matches random patterns by the machine and by the twin.
func FuzzAgainstTwin(f *testing.F) {
	for i := range 64 {
		data := make([]byte, 40)
		for j := range data {
			data[j] = byte(i*37 + j*j*11 + i*j)
		}
		f.Add(data, "aabbcabc")
	}
	l := newState(f)
	if err := l.DoString(prelude); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, subject string) {
		if len(subject) > 50 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		l.SetContext(ctx)
		e := (&source{data: data}).expr(6)
		defer l.SetTop(0)
		if err := l.DoString("return " + e.Lua()); err != nil {
			if ctx.Err() != nil {
				t.Errorf("%s takes too long", e.Lua())
			}
			return // the checks of patterns have tests of their own
		}
		p := l.Get(-1)
		want, ok := (&twin{s: subject}).run(e)
		if !ok {
			return
		}
		if got := matchLua(l, p, subject); got != want {
			t.Errorf("%s on %q\n got %s\nwant %s", e.Lua(), subject, got, want)
		}
	})
}

// matchLua matches the pattern p with one extra argument and tells what comes of
// it, as text.
func matchLua(l *lua.LState, p lua.LValue, subject string) string {
	top := l.GetTop()
	l.Push(l.GetField(p, "match"))
	l.Push(p)
	l.Push(lua.LString(subject))
	l.Push(lua.LNumber(1))
	l.Push(lua.LString("arg"))
	if err := l.PCall(4, lua.MultRet, nil); err != nil {
		text := err.(*lua.ApiError).Object.String()
		return "error " + strings.TrimPrefix(text, " ")
	}
	var parts []string
	for i := top + 1; i <= l.GetTop(); i++ {
		parts = append(parts, showLua(l.Get(i)))
	}
	return strings.Join(parts, " ")
}
