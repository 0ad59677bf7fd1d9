package lstruct

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/luaarg"
)

// args are the arguments of the running function.
type args struct{ luaarg.Args }

func function(L *lua.LState, name string) args { return args{luaarg.Function(L, name)} }

func (a args) failFormat(err *formatError) {
	if err.argument {
		a.Fail(1, err.text)
	}
	a.Raise(err.text)
}

// string returns argument n; a number counts as its text.
func (a args) string(n int) string {
	switch v := a.At(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return strconv.FormatFloat(float64(v), 'g', 14, 64)
	}
	a.TypeError(n, "string")
	return ""
}
