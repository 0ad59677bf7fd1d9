package sax

import (
	"errors"
	"fmt"
	"strconv"
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
func (a args) number(n int) float64 {
	switch v := a.get(n).(type) {
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		if f, ok := parseNumber(string(v)); ok {
			return f
		}
	}
	a.typeError(n, "number")
	return 0
}

// parseNumber is the value of a text that C's strtod takes as a whole, with white
// space around it.
func parseNumber(s string) (float64, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	digits := strings.TrimLeft(s, "+-")
	if len(digits) > 1 && digits[0] == '0' && digits[1]|0x20 == 'x' && !strings.ContainsAny(s, "pP") {
		s += "p0"
	}
	f, err := strconv.ParseFloat(s, 64)
	if errors.Is(err, strconv.ErrRange) {
		err = nil
	}
	return f, err == nil && !strings.Contains(s, "_")
}

// bytes returns argument n, which is a string.
func (a args) bytes(n int) string {
	s, ok := a.get(n).(lua.LString)
	if !ok {
		a.typeError(n, "string")
	}
	return string(s)
}

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
