package luaarg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Args are the arguments of the running function. Those of a method are counted
// without the object, as Lua does.
type Args struct {
	*lua.LState
	// Name is what errors call the function.
	Name string
	// Object is 1 in a method, else 0.
	Object int
}

// Function returns the arguments of a function.
func Function(L *lua.LState, name string) Args { return Args{L, name, 0} }

// Method returns the arguments of a method.
func Method(L *lua.LState, name string) Args { return Args{L, name, 1} }

// Raise raises a Lua error with the position of the Lua code that called. Another
// Go function, such as pcall, has none.
func (a Args) Raise(problem string) {
	level := 0
	if a.fromLua() {
		level = 1
	}
	a.Error(lua.LString(problem), level)
}

func (a Args) fromLua() bool {
	dbg, ok := a.GetStack(1)
	if !ok {
		return false
	}
	_, err := a.GetInfo("S", dbg, nil)
	return err == nil && dbg.What != "G"
}

// Fail raises the error for argument n.
func (a Args) Fail(n int, problem string) {
	name := a.Name
	if !a.fromLua() {
		name = "?"
	}
	a.Raise(fmt.Sprintf("bad argument #%d to '%s' (%s)", n, name, problem))
}

// TypeError raises the error for argument n that should have been of a type.
func (a Args) TypeError(n int, want string) {
	got := "no value"
	if n <= a.Len() {
		got = a.At(n).Type().String()
	}
	a.Fail(n, want+" expected, got "+got)
}

// Len is the number of arguments.
func (a Args) Len() int { return a.GetTop() - a.Object }

// At returns argument n, which is nil behind the last one.
func (a Args) At(n int) lua.LValue { return a.Get(n + a.Object) }

// Count checks how many arguments there are.
func (a Args) Count(least, most int) {
	if n := a.Len(); n < least || n > most {
		a.Fail(-a.Object, "incorrect number of arguments")
	}
}

// Number returns argument n; a string that holds a number counts as it.
func (a Args) Number(n int) float64 {
	switch v := a.At(n).(type) {
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		if f, ok := ParseNumber(string(v)); ok {
			return f
		}
	}
	a.TypeError(n, "number")
	return 0
}

// Key returns the bytes of argument n, which is a string or a number; a number is
// its 8 bytes in IEEE 754, little endian.
func (a Args) Key(n int) string {
	switch v := a.At(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(float64(v)))
		return string(b[:])
	}
	a.Fail(n, "must be a string or number")
	return ""
}

// Bytes returns argument n, which is a string.
func (a Args) Bytes(n int) string {
	s, ok := a.At(n).(lua.LString)
	if !ok {
		a.TypeError(n, "string")
	}
	return string(s)
}

// Stride is how many bytes of work the context of a state counts as one.
const Stride = 1 << 10

// Work lets the context of the state count n bytes of work, and raises its error
// if it is done.
func (a Args) Work(n int) {
	ctx := a.Context()
	if ctx == nil {
		return
	}
	for ; n >= Stride; n -= Stride {
		select {
		case <-ctx.Done():
			a.Error(lua.LString(ctx.Err().Error()), 0)
		default:
		}
	}
}

// ParseNumber is the value of a text that C's strtod takes as a whole, with white
// space around it.
func ParseNumber(s string) (float64, bool) {
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
