package bloom

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// typeName is the name of the objects in error texts, and of their metatable in
// the registry of the state.
const typeName = "lsb.bloom_filter"

// Options are what a host grants the library in one Lua state.
type Options struct {
	// Reserve is called before an object of n bytes is made. It raises a Lua error
	// when the state may not have them. Nil grants everything up to the bound of the
	// package (2³² bits).
	Reserve func(L *lua.LState, n int)
}

// Opener returns the function that makes the module within the limits of o: it
// sets the global bloom_filter and returns the module table to require.
func Opener(o Options) lua.LGFunction {
	return func(L *lua.LState) int {
		meta := L.NewTypeMetatable(typeName)
		meta.RawSetString("__index", L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"add":        add,
			"query":      query,
			"count":      count,
			"clear":      clearFilter,
			"fromstring": fromString,
		}))
		mod := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"new":     func(L *lua.LState) int { return o.create(L, meta) },
			"version": version,
		})
		L.SetGlobal("bloom_filter", mod)
		L.Push(mod)
		return 1
	}
}

func version(L *lua.LState) int {
	L.Push(lua.LString("1.0.0"))
	return 1
}

// create is bloom_filter.new(items, probability).
func (o Options) create(L *lua.LState, meta *lua.LTable) int {
	a := function(L, "new")
	a.Count(2, 2)
	items, probability := math.Trunc(a.Number(1)), a.Number(2)
	switch {
	case !(items > 1):
		a.Fail(1, "items must be > 1")
	case !(probability > 0 && probability < 1):
		a.Fail(2, "probability must be between 0 and 1")
	}
	items = min(items, maxBits) // more do not fit for any probability that counts
	bits := bitsFor(int(items), probability)
	if bits > maxBits {
		a.Error(lua.LString("not enough memory"), 0)
	}
	size := sizeOf(bits)
	if o.Reserve != nil {
		o.Reserve(L, fixed+size)
	}
	a.Work(size)
	L.Push(&lua.LUserData{Value: newFilter(int(items), probability), Env: L.Env, Metatable: meta})
	return 1
}

// self returns the object of a method that takes so many arguments.
func (a args) self(least, most int) *Filter {
	if ud, ok := a.Get(1).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*Filter); ok {
			a.Count(least, most)
			return f
		}
	}
	a.Object = 0
	a.TypeError(1, typeName)
	return nil
}

// add is f:add(key).
func add(L *lua.LState) int {
	a := method(L, "add")
	f := a.self(1, 1)
	key := a.Key(1)
	a.Work(f.hashes * (len(key) + 16))
	L.Push(lua.LBool(f.add(key)))
	return 1
}

// query is f:query(key).
func query(L *lua.LState) int {
	a := method(L, "query")
	f := a.self(1, 1)
	key := a.Key(1)
	a.Work(f.hashes * (len(key) + 16))
	L.Push(lua.LBool(f.query(key)))
	return 1
}

// count is f:count().
func count(L *lua.LState) int {
	f := method(L, "count").self(0, 0)
	L.Push(lua.LNumber(f.count))
	return 1
}

// clearFilter is f:clear().
func clearFilter(L *lua.LState) int {
	a := method(L, "clear")
	f := a.self(0, 0)
	a.Work(len(f.data))
	f.clear()
	return 0
}

// fromString is f:fromstring([count,] data).
func fromString(L *lua.LState) int {
	a := method(L, "fromstring")
	f := a.self(1, 2)
	count := -1
	if a.Len() == 2 {
		v := a.Number(1)
		if !(v >= 0 && v < 1<<53) {
			a.Fail(1, "count is out of range")
		}
		count = int(v)
	}
	data := a.Bytes(a.Len())
	a.Work(len(data))
	if err := f.restore(count, data); err != nil {
		a.Raise(err.Error())
	}
	return 0
}
