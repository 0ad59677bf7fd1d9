package circbuf

import (
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// args are the arguments of the running function. Arguments of a method are
// counted without the object, as Lua does.
type args struct {
	*lua.LState
	name   string
	object int // 1 in a method, else 0
}

// raise raises a Lua error with the position of the Lua code that called. Another
// Go function, such as pcall, has none.
func (a args) raise(problem string) {
	level := 0
	if a.fromLua() {
		level = 1
	}
	a.Error(lua.LString(problem), level)
}

func (a args) fromLua() bool {
	dbg, ok := a.GetStack(1)
	if !ok {
		return false
	}
	_, err := a.GetInfo("S", dbg, nil)
	return err == nil && dbg.What != "G"
}

// fail raises the error for argument n.
func (a args) fail(n int, problem string) {
	name := a.name
	if !a.fromLua() {
		name = "?"
	}
	a.raise(fmt.Sprintf("bad argument #%d to '%s' (%s)", n, name, problem))
}

// typeError raises the error for argument n that should have been of a type.
func (a args) typeError(n int, want string) {
	got := "no value"
	if n <= a.len() {
		got = a.get(n).Type().String()
	}
	a.fail(n, want+" expected, got "+got)
}

func (a args) len() int             { return a.GetTop() - a.object }
func (a args) get(n int) lua.LValue { return a.Get(n + a.object) }

// count checks how many arguments there are.
func (a args) count(least, most int) {
	if n := a.len(); n < least || n > most {
		a.fail(-a.object, "incorrect number of arguments")
	}
}

// number returns argument n; a string that holds a number counts as it.
//
// hot: three times per access.
func (a args) number(n int) float64 {
	if v, ok := a.get(n).(lua.LNumber); ok {
		return float64(v)
	}
	return a.coerce(n)
}

// coerce is number for what is not one.
func (a args) coerce(n int) float64 {
	if v, ok := a.get(n).(lua.LString); ok {
		if f, ok := parseNumber(strings.Trim(string(v), space)); ok {
			return f
		}
	}
	a.typeError(n, "number")
	return 0
}

// integer returns argument n without its fraction, within 32 bits. NaN is 0.
func (a args) integer(n int) int {
	f := a.number(n)
	if f != f {
		return 0
	}
	return int(max(math.MinInt32, min(f, math.MaxInt32)))
}

// string returns argument n; a number counts as its text.
func (a args) string(n int) string {
	switch v := a.get(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return string(appendExact(nil, float64(v)))
	}
	a.typeError(n, "string")
	return ""
}

// option returns which of words argument n is.
func (a args) option(n int, words []string) int {
	word := a.string(n)
	for i, w := range words {
		if w == word {
			return i
		}
	}
	a.fail(n, fmt.Sprintf("invalid option '%s'", word))
	return 0
}

// absent reports whether argument n is missing or nil.
func (a args) absent(n int) bool { return a.get(n) == lua.LNil }

// stride is how many bytes of work the context of a state counts as one.
const stride = 1 << 10

// work lets the context of the state count n bytes of work, and raises its error
// if it is done.
func (a args) work(n int) {
	ctx := a.Context()
	if ctx == nil {
		return
	}
	for ; n >= stride; n -= stride {
		select {
		case <-ctx.Done():
			a.Error(lua.LString(ctx.Err().Error()), 0)
		default:
		}
	}
}
