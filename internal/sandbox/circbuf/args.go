package circbuf

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/luaarg"
)

// args are the arguments of the running function.
type args struct{ luaarg.Args }

func function(L *lua.LState, name string) args { return args{luaarg.Function(L, name)} }
func method(L *lua.LState, name string) args   { return args{luaarg.Method(L, name)} }

// number is Number, with a short way for what is one.
//
// hot: three times per access.
func (a args) number(n int) float64 {
	if v, ok := a.At(n).(lua.LNumber); ok {
		return float64(v)
	}
	return a.Number(n)
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
	switch v := a.At(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return string(appendExact(nil, float64(v)))
	}
	a.TypeError(n, "string")
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
	a.Fail(n, fmt.Sprintf("invalid option '%s'", word))
	return 0
}

// absent reports whether argument n is missing or nil.
func (a args) absent(n int) bool { return a.At(n) == lua.LNil }
