package circbuf

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// typeName is the name of the objects in error texts, and of their metatable in
// the registry of the state.
const typeName = "lsb.circular_buffer"

// Options are what a host grants the library in one Lua state.
type Options struct {
	// Reserve is called before an object of n bytes is made. It raises a Lua error
	// when the state may not have them. Nil grants everything up to the bound of the
	// package (2²⁶ cells).
	Reserve func(L *lua.LState, n int)
}

// Opener returns the function that makes the module within the limits of o: it
// sets the global circular_buffer and returns the module table to require.
func Opener(o Options) lua.LGFunction {
	return func(L *lua.LState) int {
		meta := L.NewTypeMetatable(typeName)
		meta.RawSetString("__index", L.SetFuncs(L.NewTable(), methods))
		mod := L.NewTable()
		L.SetFuncs(mod, map[string]lua.LGFunction{
			"new":     func(L *lua.LState) int { return o.create(L, meta) },
			"version": version,
		})
		L.SetGlobal("circular_buffer", mod)
		L.Push(mod)
		return 1
	}
}

var methods = map[string]lua.LGFunction{
	"add":               luaAdd,
	"set":               luaSet,
	"get":               luaGet,
	"get_configuration": getConfiguration,
	"set_header":        setHeader,
	"get_header":        getHeader,
	"compute":           compute,
	"mannwhitneyu":      mannWhitneyU,
	"current_time":      currentTime,
	"format":            format,
	"fromstring":        fromString,
}

func version(L *lua.LState) int {
	L.Push(lua.LString("1.0.0"))
	return 1
}

// create is circular_buffer.new(rows, columns, seconds_per_row [, enable_delta]).
func (o Options) create(L *lua.LState, meta *lua.LTable) int {
	a := function(L, "new")
	a.Count(3, 4)
	rows, columns, span := a.integer(1), a.integer(2), a.integer(3)
	switch {
	case rows <= 1:
		a.Fail(1, "rows must be > 1")
	case columns <= 0:
		a.Fail(2, "columns must be > 0")
	case span <= 0:
		a.Fail(3, "seconds_per_row is out of range")
	}
	deltas := lua.LVAsBool(a.At(4))
	if rows > maxCells/columns {
		a.Error(lua.LString(errMemory.Error()), 0)
	}
	size := sizeOf(rows, columns, deltas)
	if o.Reserve != nil {
		o.Reserve(L, size)
	}
	a.Work(size)
	L.Push(&lua.LUserData{Value: newBuffer(rows, columns, span, deltas), Env: L.Env, Metatable: meta})
	return 1
}

// self returns the object of a method.
//
// hot: once per call.
func (a args) self() *Buffer {
	if ud, ok := a.Get(1).(*lua.LUserData); ok {
		if b, ok := ud.Value.(*Buffer); ok {
			return b
		}
	}
	a.Object = 0
	a.TypeError(1, typeName)
	return nil
}

// row returns the row of the time that is argument n.
//
// hot: once per access.
func (a args) row(n int, b *Buffer) int64 {
	ns := a.number(n)
	if !(ns < lastTime) {
		a.Fail(n, "time is out of range")
	}
	return b.rowOf(ns)
}

// column returns the column, counted from 0, that is argument n.
//
// hot: once per access.
func (a args) column(n int, b *Buffer) int {
	c := a.integer(n)
	if c < 1 || c > b.columns {
		a.Fail(n, "column out of range")
	}
	return c - 1
}

// cell returns the index of the cell that arguments 1 and 2 name, -1 if it is
// outside of the window, and the column. A call that changes moves the window
// first.
func (a args) cell(b *Buffer, changes bool) (i, c int) {
	row := a.row(1, b)
	if changes {
		b.advance(row)
	}
	c = a.column(2, b)
	if i = b.index(row); i >= 0 {
		i += c
	}
	return i, c
}

// luaAdd is cb:add(ns, column, value).
func luaAdd(L *lua.LState) int {
	a := method(L, "add")
	b := a.self()
	a.Count(3, math.MaxInt)
	i, c := a.cell(b, true)
	v := a.number(3)
	if i < 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(b.numbers.Value(b.add(i, c, v)))
	return 1
}

// luaSet is cb:set(ns, column, value).
func luaSet(L *lua.LState) int {
	a := method(L, "set")
	b := a.self()
	a.Count(3, math.MaxInt)
	i, c := a.cell(b, true)
	v := a.number(3)
	if i < 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(b.numbers.Value(b.set(i, c, v)))
	return 1
}

// luaGet is cb:get(ns, column).
func luaGet(L *lua.LState) int {
	a := method(L, "get")
	b := a.self()
	a.Count(2, math.MaxInt)
	i, _ := a.cell(b, false)
	if i < 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(b.numbers.Value(b.cells[i]))
	return 1
}

// getConfiguration is cb:get_configuration().
func getConfiguration(L *lua.LState) int {
	b := method(L, "get_configuration").self()
	L.Push(lua.LNumber(b.rows))
	L.Push(lua.LNumber(b.columns))
	L.Push(lua.LNumber(b.span))
	return 3
}

// compute is cb:compute(function, column [, start_ns [, end_ns]]).
func compute(L *lua.LState) int {
	a := method(L, "compute")
	b := a.self()
	a.Count(2, math.MaxInt)
	function := a.option(1, functions)
	c := a.column(2, b)
	from, to := max(b.oldest(), 0), b.newest
	if !a.absent(3) {
		from = a.row(3, b)
	}
	if !a.absent(4) {
		to = a.row(4, b)
		if !a.absent(3) && a.number(4) < a.number(3) {
			a.Fail(4, "end must be >= start")
		}
	}
	if b.index(from) < 0 || b.index(to) < 0 || to < from {
		L.Push(lua.LNil)
		L.Push(lua.LNumber(0))
		return 2
	}
	a.Work(int(to-from) * 16)
	v, n := b.compute(function, c, from, to)
	L.Push(lua.LNumber(v))
	L.Push(lua.LNumber(n))
	return 2
}

// mannWhitneyU is cb:mannwhitneyu(column, start_1, end_1, start_2, end_2 [, use_continuity]).
func mannWhitneyU(L *lua.LState) int {
	a := method(L, "mannwhitneyu")
	b := a.self()
	if a.Len() > 6 {
		a.Fail(-1, "too many arguments")
	}
	a.Count(5, 6)
	c := a.column(1, b)
	first := rowRange{a.row(2, b), a.row(3, b)}
	second := rowRange{a.row(4, b), a.row(5, b)}
	start1, end1, start2, end2 := a.number(2), a.number(3), a.number(4), a.number(5)
	switch {
	case end1 < start1:
		a.Fail(3, "end_1 must be >= start_1")
	case end2 < start2:
		a.Fail(5, "end_2 must be >= start_2")
	case start1 <= end2 && start2 <= end1:
		a.Fail(3, "ranges must not overlap")
	}
	continuity := true
	if a.Len() == 6 {
		flag, ok := a.At(6).(lua.LBool)
		if !ok {
			a.Fail(6, "use_continuity must be a boolean")
		}
		continuity = bool(flag)
	}
	for _, row := range []int64{first.from, first.to, second.from, second.to} {
		if b.index(row) < 0 {
			return 0
		}
	}
	a.Work((first.len() + second.len()) * 64)
	u, p, ok := b.rankSum(c, first, second, continuity)
	if !ok {
		return 0
	}
	L.Push(lua.LNumber(u))
	L.Push(lua.LNumber(p))
	return 2
}

// currentTime is cb:current_time().
func currentTime(L *lua.LState) int {
	b := method(L, "current_time").self()
	L.Push(b.numbers.Value(float64(b.newest*b.span) * 1e9))
	return 1
}

// format is cb:format("cbuf" or "cbufd").
func format(L *lua.LState) int {
	a := method(L, "format")
	b := a.self()
	a.Count(1, 1)
	b.delta = a.option(1, []string{"cbuf", "cbufd"}) == 1
	L.Push(L.Get(1))
	return 1
}

// fromString is cb:fromstring(text).
func fromString(L *lua.LState) int {
	a := method(L, "fromstring")
	b := a.self()
	a.Count(1, 1)
	text := a.string(1)
	a.Work(len(text) + len(b.cells)*8)
	if err := b.restore(text); err != nil {
		a.Raise(err.Error())
	}
	return 0
}
