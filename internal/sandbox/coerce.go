package sandbox

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// The machine reads numbers in texts as Go does: 010 is 8, and 0b1 and 1_000 are
// numbers. Metamethods of strings, which it looks for first, read them as C does.

// openCoercions makes the metatable of strings, which the string library completes.
func (s *Sandbox) openCoercions(L *lua.LState) {
	t := L.CreateTable(0, 8)
	for event, op := range map[string]func(a, b float64) float64{
		"__add": func(a, b float64) float64 { return a + b },
		"__sub": func(a, b float64) float64 { return a - b },
		"__mul": func(a, b float64) float64 { return a * b },
		"__div": func(a, b float64) float64 { return a / b },
		"__mod": modulo,
		"__pow": math.Pow,
	} {
		t.RawSetString(event, L.NewFunction(arithmetic(event, op)))
	}
	t.RawSetString("__unm", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LNumber(-operand(L, L.Get(1))))
		return 1
	}))
	s.lib.strings = t
	L.SetMetatable(lua.LString(""), t)
}

// arithmetic is an operator one of whose operands is a string.
func arithmetic(event string, op func(a, b float64) float64) lua.LGFunction {
	return func(L *lua.LState) int {
		a, b := L.Get(1), L.Get(2)
		for _, v := range []lua.LValue{a, b} {
			if v.Type() == lua.LTString {
				continue
			}
			if f, ok := L.GetMetaField(v, event).(*lua.LFunction); ok { // of an LPeg pattern, say
				L.Push(f)
				L.Push(a)
				L.Push(b)
				L.Call(2, 1)
				return 1
			}
		}
		L.Push(lua.LNumber(op(operand(L, a), operand(L, b))))
		return 1
	}
}

// operand is a number or a string that holds one.
func operand(L *lua.LState, v lua.LValue) float64 {
	x, ok := number(v)
	if !ok {
		raise(L, "attempt to perform arithmetic on a %s value", v.Type())
	}
	return x
}

// modulo has the sign of b.
func modulo(a, b float64) float64 {
	m := math.Mod(a, b)
	if m != 0 && (m < 0) != (b < 0) {
		m += b
	}
	return m
}
