package hll

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/luaarg"
)

// args are the arguments of the running function.
type args struct{ luaarg.Args }

func function(L *lua.LState, name string) args { return args{luaarg.Function(L, name)} }
func method(L *lua.LState, name string) args   { return args{luaarg.Method(L, name)} }
