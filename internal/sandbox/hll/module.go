package hll

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// typeName is the name of the objects in error texts, and of their metatable in
// the registry of the state.
const typeName = "lsb.hyperloglog"

// Options are what a host grants the library in one Lua state.
type Options struct {
	// Reserve is called before an object, or a string of one, of n bytes is made. It
	// raises a Lua error when the state may not have them. Nil grants everything.
	Reserve func(L *lua.LState, n int)
}

// Opener returns the function that makes the module within the limits of o: it
// sets the global hyperloglog and returns the module table to require.
func Opener(o Options) lua.LGFunction {
	return func(L *lua.LState) int {
		meta := L.NewTypeMetatable(typeName)
		meta.RawSetString("__index", L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"add":        add,
			"count":      count,
			"merge":      merge,
			"clear":      clearSet,
			"fromstring": fromString,
		}))
		meta.RawSetString("__tostring", L.NewFunction(o.toString))
		mod := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"new":     func(L *lua.LState) int { return o.create(L, meta) },
			"count":   countAll,
			"version": version,
		})
		L.SetGlobal("hyperloglog", mod)
		L.Push(mod)
		return 1
	}
}

func version(L *lua.LState) int {
	L.Push(lua.LString("1.0.0"))
	return 1
}

func (o Options) reserve(L *lua.LState) {
	if o.Reserve != nil {
		o.Reserve(L, fixed+dataSize)
	}
}

// create is hyperloglog.new().
func (o Options) create(L *lua.LState, meta *lua.LTable) int {
	function(L, "new").Count(0, 0)
	o.reserve(L)
	L.Push(&lua.LUserData{Value: newSet(), Env: L.Env, Metatable: meta})
	return 1
}

// set returns argument n, which is one.
func (a args) set(n int) *Set {
	if ud, ok := a.At(n).(*lua.LUserData); ok {
		if s, ok := ud.Value.(*Set); ok {
			return s
		}
	}
	a.TypeError(n, typeName)
	return nil
}

// self returns the object of a method with n more arguments.
func (a args) self(n int) *Set {
	s := function(a.LState, a.Name).set(1)
	a.Count(n, n)
	return s
}

// counting is the work of an estimate in bytes.
const counting = registers

// uncounted is how many registers, the last ones, a count of several sets takes for
// empty. Heka 0.10 did, so that its numbers can be compared with ours; it moves the
// estimate by a tenth of its standard error.
const uncounted = 2

// countAll is hyperloglog.count(h, …).
func countAll(L *lua.LState) int {
	a := function(L, "count")
	a.Count(1, math.MaxInt)
	for i := range a.Len() {
		a.set(i + 1)
	}
	if a.Len() == 1 {
		a.Work(counting)
		L.Push(lua.LNumber(a.set(1).count()))
		return 1
	}
	union := newSet()
	for i := range a.Len() {
		a.Work(counting)
		union.merge(a.set(i + 1))
	}
	L.Push(lua.LNumber(union.estimate(registers - uncounted)))
	return 1
}

// add is h:add(key).
func add(L *lua.LState) int {
	a := method(L, "add")
	s := a.self(1)
	key := a.Key(1)
	a.Work(len(key))
	L.Push(lua.LBool(s.add(key)))
	return 1
}

// count is h:count().
func count(L *lua.LState) int {
	a := method(L, "count")
	s := a.self(0)
	if s.cached()&stale != 0 {
		a.Work(counting)
	}
	L.Push(lua.LNumber(s.count()))
	return 1
}

// merge is h:merge(other).
func merge(L *lua.LState) int {
	a := method(L, "merge")
	s := a.self(1)
	other := a.set(1)
	a.Work(counting)
	s.merge(other)
	L.Push(L.Get(1))
	return 1
}

// clearSet is h:clear().
func clearSet(L *lua.LState) int {
	method(L, "clear").self(0).clear()
	return 0
}

// fromString is h:fromstring(data).
func fromString(L *lua.LState) int {
	a := method(L, "fromstring")
	s := a.self(1)
	data := a.Bytes(1)
	a.Work(dataSize)
	if err := s.restore(data); err != nil {
		a.Raise(err.Error())
	}
	return 0
}

// toString is tostring(h).
func (o Options) toString(L *lua.LState) int {
	a := function(L, "tostring")
	s := a.set(1)
	o.reserve(L)
	a.Work(dataSize)
	L.Push(lua.LString(s.data[:]))
	return 1
}
