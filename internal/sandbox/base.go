package sandbox

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// baseFunctions replace those of the machine whose behaviour differs from Lua
// 5.1, and add what it lacks.
func (s *Sandbox) baseFunctions() functions {
	f := functions{
		"assert":       baseAssert,
		"error":        baseError,
		"gcinfo":       s.baseGCInfo,
		"pcall":        s.basePCall,
		"rawequal":     baseRawEqual,
		"rawget":       baseRawGet,
		"rawset":       s.baseRawSet,
		"require":      s.require,
		"select":       baseSelect,
		"setmetatable": baseSetMetatable,
		"tonumber":     baseToNumber,
		"tostring":     baseToString,
		"type":         baseType,
		"unpack":       s.baseUnpack,
		"xpcall":       s.baseXPCall,
	}
	if s.kind.free() {
		f["collectgarbage"] = s.baseCollectGarbage
	}
	return f
}

func baseAssert(L *lua.LState) int {
	if lua.LVAsBool(checkAny(L, 1, "assert")) {
		return L.GetTop()
	}
	message := L.Get(2)
	if message == lua.LNil {
		message = lua.LString("assertion failed!")
	}
	L.Error(message, 0)
	return 0
}

func baseError(L *lua.LState) int {
	level := optInt(L, 2, "error", 1)
	v := L.Get(1)
	if message, ok := text(v); ok && level > 0 {
		if at := place(L, level); at != "" {
			message = at + " " + message
		}
		v = lua.LString(message)
	}
	L.Error(v, 0)
	return 0
}

// checkBefore has the arguments of a function of the machine checked, since it
// words errors differently.
func checkBefore(L *lua.LState, name string, check func(*lua.LState)) {
	f := L.G.Global.RawGetString(name).(*lua.LFunction)
	machine := f.GFunction
	f.GFunction = func(L *lua.LState) int {
		check(L)
		return machine(L)
	}
}

func (s *Sandbox) baseGCInfo(L *lua.LState) int {
	L.Push(lua.LNumber(s.budget.memory.current() / 1024))
	return 1
}

func (s *Sandbox) baseCollectGarbage(L *lua.LState) int {
	switch opt := optString(L, 1, "collectgarbage", "collect"); opt {
	case "count":
		L.Push(lua.LNumber(float64(s.budget.memory.current()) / 1024))
	case "collect", "stop", "restart", "step", "setpause", "setstepmul":
		L.Push(lua.LNumber(0))
	default:
		argumentError(L, 1, "collectgarbage", "invalid option '"+opt+"'")
	}
	return 1
}

// errorObject is what pcall hands out for an error of the machine.
func errorObject(err error) lua.LValue {
	if api, ok := err.(*lua.ApiError); ok && api.Type != lua.ApiErrorPanic {
		return api.Object
	}
	return lua.LString(luaError(err).Error())
}

func (s *Sandbox) basePCall(L *lua.LState) int {
	v := checkAny(L, 1, "pcall")
	if v.Type() != lua.LTFunction && L.GetMetaField(v, "__call").Type() != lua.LTFunction {
		L.Push(lua.LFalse)
		L.Push(lua.LString("attempt to call a " + v.Type().String() + " value"))
		return 2
	}
	defer s.rewind(s.lib.depth)
	s.enter(L)
	if err := s.protect(L, L.GetTop()-1, lua.MultRet); err != nil {
		L.Push(lua.LFalse)
		L.Push(errorObject(err))
		return 2
	}
	L.Insert(lua.LTrue, 1)
	n := L.GetTop()
	s.budget.work(L, n/8) // they are copied several times
	return n
}

func (s *Sandbox) baseXPCall(L *lua.LState) int {
	fn, handler := checkAny(L, 1, "xpcall"), checkFunction(L, 2, "xpcall")
	defer s.rewind(s.lib.depth)
	s.enter(L)
	top := L.GetTop()
	L.Push(fn)
	err := s.protect(L, 0, lua.MultRet)
	if err == nil {
		L.Insert(lua.LTrue, top+1)
		return L.GetTop() - top
	}
	L.Push(lua.LFalse)
	L.Push(handler)
	L.Push(errorObject(err))
	if s.protect(L, 1, 1) != nil {
		L.Push(lua.LString("error in error handling"))
	}
	return 2
}

func baseRawEqual(L *lua.LState) int {
	L.Push(lua.LBool(L.RawEqual(checkAny(L, 1, "rawequal"), checkAny(L, 2, "rawequal"))))
	return 1
}

func baseRawGet(L *lua.LState) int {
	L.Push(checkTable(L, 1, "rawget").RawGet(checkAny(L, 2, "rawget")))
	return 1
}

func (s *Sandbox) baseRawSet(L *lua.LState) int {
	t, k, v := checkTable(L, 1, "rawset"), checkAny(L, 2, "rawset"), checkAny(L, 3, "rawset")
	s.setting(L, t, k)
	L.RawSet(t, k, v)
	L.Push(t)
	return 1
}

// setting charges the assignment of t[k].
func (s *Sandbox) setting(L *lua.LState, t *lua.LTable, k lua.LValue) {
	if n, ok := k.(lua.LNumber); ok {
		s.budget.memory.index(L, &s.budget, t, float64(n))
		return
	}
	s.budget.memory.grow(L, &s.budget, entryWeight)
}

func baseSelect(L *lua.LState) int {
	n := L.GetTop()
	if L.Get(1) == lua.LString("#") {
		L.Push(lua.LNumber(n - 1))
		return 1
	}
	i := checkInt(L, 1, "select")
	if i < 0 {
		i += n
	} else if i > n {
		i = n
	}
	if i < 1 {
		argumentError(L, 1, "select", "index out of range")
	}
	return n - i
}

func baseSetMetatable(L *lua.LState) int {
	t := checkTable(L, 1, "setmetatable")
	mt := L.Get(2)
	if L.GetTop() < 2 || mt.Type() != lua.LTNil && mt.Type() != lua.LTTable {
		argumentError(L, 2, "setmetatable", "nil or table expected")
	}
	if L.GetMetaField(t, "__metatable") != lua.LNil {
		raise(L, "cannot change a protected metatable")
	}
	L.SetMetatable(t, mt)
	L.SetTop(1)
	return 1
}

func baseToNumber(L *lua.LState) int {
	v := checkAny(L, 1, "tonumber")
	base := optInt(L, 2, "tonumber", 10)
	result := lua.LNil
	if base == 10 {
		if x, ok := number(v); ok {
			result = lua.LNumber(x)
		}
	} else {
		if base < 2 || base > 36 {
			argumentError(L, 2, "tonumber", "base out of range")
		}
		if x, ok := parseBase(checkString(L, 1, "tonumber"), base); ok {
			result = lua.LNumber(x)
		}
	}
	L.Push(result)
	return 1
}

// parseBase reads an integer in a base as C's strtoul does, which takes a sign
// and wraps around.
func parseBase(text string, base int) (float64, bool) {
	s := strings.Trim(text, cSpace)
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if base == 16 && len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		s = s[2:]
	}
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil {
		// Too large a number is refused before what stands behind it is read.
		for i := range len(s) {
			if _, err := strconv.ParseUint(s[i:i+1], base, 64); err != nil {
				return 0, false
			}
		}
		if s == "" {
			return 0, false
		}
	}
	if negative && err == nil {
		n = -n
	}
	return float64(n), true
}

func baseToString(L *lua.LState) int {
	v := checkAny(L, 1, "tostring")
	if L.GetMetaField(v, "__tostring") != lua.LNil {
		L.Push(L.CallMeta(v, "__tostring"))
		return 1
	}
	if _, ok := v.(lua.LString); ok {
		L.Push(v)
		return 1
	}
	L.Push(lua.LString(display(v)))
	return 1
}

// display is the text of a value without metatables.
func display(v lua.LValue) string {
	if t, ok := text(v); ok {
		return t
	}
	return v.String()
}

func baseType(L *lua.LState) int {
	L.Push(typeNames[checkAny(L, 1, "type").Type()])
	return 1
}

// typeNames are the results of type, which is called often, ready made.
var typeNames = func() (names [lua.LTChannel + 1]lua.LValue) {
	for t := range names {
		names[t] = lua.LString(lua.LValueType(t).String())
	}
	return names
}()

func (s *Sandbox) baseUnpack(L *lua.LState) int {
	t := checkTable(L, 1, "unpack")
	from := optInt(L, 2, "unpack", 1)
	to := t.Len()
	if L.Get(3) != lua.LNil {
		to = checkInt(L, 3, "unpack")
	}
	if from > to {
		return 0
	}
	n := to - from + 1
	if n <= 0 || n >= maxRegisters {
		raise(L, "too many results to unpack")
	}
	s.budget.work(L, n/8)
	for i := from; i <= to; i++ {
		L.Push(t.RawGetInt(i))
	}
	return n
}
