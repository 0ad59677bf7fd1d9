package sandbox

import (
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Arguments are checked as Lua's auxiliary library does: numbers pass for
// strings and numeric strings for numbers.

// raise raises an error with the place in the script that called the running
// function, if a script has called it.
func raise(L *lua.LState, format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	if at := place(L, 1); at != "" {
		problem = at + " " + problem
	}
	L.Error(lua.LString(problem), 0)
}

// place is file:line: of the function at a level of the stack, "" for one that is
// written in Go.
func place(L *lua.LState, level int) string {
	if at := L.Where(level); !strings.HasPrefix(at, "[G]") {
		return at
	}
	return ""
}

// argumentError raises the error about argument n of function fn.
func argumentError(L *lua.LState, n int, fn, problem string) {
	raise(L, "bad argument #%d to '%s' (%s)", n, fn, problem)
}

func typeError(L *lua.LState, n int, fn, want string) {
	got := "no value"
	if n <= L.GetTop() {
		got = L.Get(n).Type().String()
	}
	argumentError(L, n, fn, want+" expected, got "+got)
}

// text returns a string or number as text.
func text(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return numberText(float64(v)), true
	}
	return "", false
}

// number returns a number or numeric string as a number.
func number(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return parseNumber(string(v))
	}
	return 0, false
}

func checkString(L *lua.LState, n int, fn string) string {
	s, ok := text(L.Get(n))
	if !ok {
		typeError(L, n, fn, "string")
	}
	return s
}

func checkNumber(L *lua.LState, n int, fn string) float64 {
	x, ok := number(L.Get(n))
	if !ok {
		typeError(L, n, fn, "number")
	}
	return x
}

// checkInt truncates to the range of int.
func checkInt(L *lua.LState, n int, fn string) int {
	return int(integer(checkNumber(L, n, fn)))
}

func checkTable(L *lua.LState, n int, fn string) *lua.LTable {
	t, ok := L.Get(n).(*lua.LTable)
	if !ok {
		typeError(L, n, fn, "table")
	}
	return t
}

func checkFunction(L *lua.LState, n int, fn string) *lua.LFunction {
	f, ok := L.Get(n).(*lua.LFunction)
	if !ok {
		typeError(L, n, fn, "function")
	}
	return f
}

func checkAny(L *lua.LState, n int, fn string) lua.LValue {
	if n > L.GetTop() {
		argumentError(L, n, fn, "value expected")
	}
	return L.Get(n)
}

// optInt is checkInt with a value for nil and nothing.
func optInt(L *lua.LState, n int, fn string, otherwise int) int {
	if L.Get(n) == lua.LNil {
		return otherwise
	}
	return checkInt(L, n, fn)
}

// optString is checkString with a value for nil and nothing.
func optString(L *lua.LState, n int, fn, otherwise string) string {
	if L.Get(n) == lua.LNil {
		return otherwise
	}
	return checkString(L, n, fn)
}

// checkIndex reads an index that counts from 0; nothing and nil are 0.
func checkIndex(L *lua.LState, n int, fn, what string) int {
	i := optInt(L, n, fn, 0)
	if i < 0 {
		argumentError(L, n, fn, what+" index must be >= 0")
	}
	return min(i, math.MaxInt32)
}
