package cuckoo

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// typeName is the name of the objects in error texts, and of their metatable in
// the registry of the state.
const typeName = "lsb.cuckoo_filter"

// Options are what a host grants the library in one Lua state.
type Options struct {
	// Reserve is called before an object of n bytes is made. It raises a Lua error
	// when the state may not have them. Nil grants everything up to the bound of the
	// package (2²⁶ buckets).
	Reserve func(L *lua.LState, n int)
}

// Opener returns the function that makes the module within the limits of o: it
// sets the global cuckoo_filter and returns the module table to require.
func Opener(o Options) lua.LGFunction {
	return func(L *lua.LState) int {
		meta := L.NewTypeMetatable(typeName)
		meta.RawSetString("__index", L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"add":        add,
			"query":      query,
			"delete":     remove,
			"count":      count,
			"clear":      clearFilter,
			"fromstring": fromString,
		}))
		mod := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"new":     func(L *lua.LState) int { return o.create(L, meta) },
			"version": version,
		})
		L.SetGlobal("cuckoo_filter", mod)
		L.Push(mod)
		return 1
	}
}

func version(L *lua.LState) int {
	L.Push(lua.LString("1.0.0"))
	return 1
}

// create is cuckoo_filter.new(items).
func (o Options) create(L *lua.LState, meta *lua.LTable) int {
	a := function(L, "new")
	a.Count(1, 1)
	items := math.Trunc(a.Number(1))
	if !(items > slots) {
		a.Fail(1, "items must be > 4")
	}
	buckets := bucketsFor(int(min(items, 2*slots*maxBuckets)))
	if buckets > maxBuckets {
		a.Error(lua.LString("not enough memory"), 0)
	}
	size := sizeOf(buckets)
	if o.Reserve != nil {
		o.Reserve(L, size)
	}
	a.Work(size)
	L.Push(&lua.LUserData{Value: newFilter(buckets), Env: L.Env, Metatable: meta})
	return 1
}

// self returns the object of a method that takes n arguments.
func (a args) self(n int) *Filter {
	if ud, ok := a.Get(1).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*Filter); ok {
			a.Count(n, n)
			return f
		}
	}
	a.Object = 0
	a.TypeError(1, typeName)
	return nil
}

// moving is the work of moving a fingerprint in bytes.
const moving = 16

// add is f:add(key).
func add(L *lua.LState) int {
	a := method(L, "add")
	f := a.self(1)
	key := a.Key(1)
	a.Work(len(key))
	added, err := f.add(key)
	a.Work(len(f.moved) * moving)
	if err != nil {
		a.Raise(err.Error())
	}
	L.Push(lua.LBool(added))
	return 1
}

// query is f:query(key).
func query(L *lua.LState) int {
	a := method(L, "query")
	f := a.self(1)
	key := a.Key(1)
	a.Work(len(key))
	L.Push(lua.LBool(f.query(key)))
	return 1
}

// remove is f:delete(key).
func remove(L *lua.LState) int {
	a := method(L, "delete")
	f := a.self(1)
	key := a.Key(1)
	a.Work(len(key))
	L.Push(lua.LBool(f.remove(key)))
	return 1
}

// count is f:count().
func count(L *lua.LState) int {
	f := method(L, "count").self(0)
	L.Push(lua.LNumber(f.count))
	return 1
}

// clearFilter is f:clear().
func clearFilter(L *lua.LState) int {
	a := method(L, "clear")
	f := a.self(0)
	a.Work(f.Size())
	f.clear()
	return 0
}

// fromString is f:fromstring(count, data).
func fromString(L *lua.LState) int {
	a := method(L, "fromstring")
	f := a.self(2)
	count := a.Number(1)
	if !(count >= 0 && count < 1<<53) {
		a.Fail(1, "count is out of range")
	}
	data := a.Bytes(2)
	a.Work(len(data))
	if err := f.restore(int(count), data); err != nil {
		a.Raise(err.Error())
	}
	return 0
}
