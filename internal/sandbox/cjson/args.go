package cjson

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/luaarg"
)

// raise raises a Lua error with the position of the Lua code that called.
func raise(L *lua.LState, problem string) { luaarg.Function(L, "").Raise(problem) }

// argError raises the error for argument n of the function name.
func argError(L *lua.LState, n int, name, problem string) {
	luaarg.Function(L, name).Fail(n, problem)
}

// checkString returns argument n; a number counts as its text.
func checkString(L *lua.LState, n int, name string) string {
	switch v := L.Get(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return string(appendNumber(nil, float64(v), 14))
	}
	luaarg.Function(L, name).TypeError(n, "string")
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
	luaarg.Function(L, name).TypeError(n, "number")
	return 0
}
