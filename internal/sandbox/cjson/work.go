package cjson

import (
	lua "github.com/yuin/gopher-lua"
)

// stride is how many bytes of work pass between two looks at the limits.
const stride = 1 << 10

// work is the account of one call with the state that pays for it.
type work struct {
	L       *lua.LState
	reserve func(L *lua.LState, n int)
}

// pay announces n bytes of memory and lets the context of the state count, and
// raises the Lua error of whichever refuses.
func (w *work) pay(n int) {
	if w.reserve != nil && n > 0 {
		w.reserve(w.L, n)
	}
	ctx := w.L.Context()
	if ctx == nil {
		return
	}
	select {
	case <-ctx.Done():
		w.L.Error(lua.LString(ctx.Err().Error()), 0)
	default:
	}
}
