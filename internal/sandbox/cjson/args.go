package cjson

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// fromLua reports whether Lua code called the running function, and not another
// Go function such as pcall. Only then are position and name of the call known.
func fromLua(L *lua.LState) bool {
	dbg, ok := L.GetStack(1)
	if !ok {
		return false
	}
	_, err := L.GetInfo("S", dbg, nil)
	return err == nil && dbg.What != "G"
}

// raise raises a Lua error with the position of the Lua code that called.
func raise(L *lua.LState, problem string) {
	level := 0
	if fromLua(L) {
		level = 1
	}
	L.Error(lua.LString(problem), level)
}

// argError raises the error for argument n of the function name.
func argError(L *lua.LState, n int, name, problem string) {
	if !fromLua(L) {
		name = "?"
	}
	raise(L, fmt.Sprintf("bad argument #%d to '%s' (%s)", n, name, problem))
}

// typeError raises the error for argument n that should have been of type want.
func typeError(L *lua.LState, n int, name, want string) {
	got := "no value"
	if n <= L.GetTop() {
		got = L.Get(n).Type().String()
	}
	argError(L, n, name, want+" expected, got "+got)
}

// checkString returns argument n; a number counts as its text.
func checkString(L *lua.LState, n int, name string) string {
	switch v := L.Get(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return string(appendNumber(nil, float64(v), 14))
	}
	typeError(L, n, name, "string")
	return ""
}

// checkNumber returns argument n; a string that holds a number counts as it.
func checkNumber(L *lua.LState, n int, name string) float64 {
	switch v := L.Get(n).(type) {
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		if f, ok := parseNumber(string(v)); ok {
			return f
		}
	}
	typeError(L, n, name, "number")
	return 0
}
