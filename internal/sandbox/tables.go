package sandbox

import (
	"sort"

	lua "github.com/yuin/gopher-lua"
)

// openTable makes the table library.
func (s *Sandbox) openTable(L *lua.LState) lua.LValue {
	return functions{
		"concat":   s.tableConcat,
		"foreach":  s.tableForeach,
		"foreachi": s.tableForeachi,
		"getn": func(L *lua.LState) int {
			L.Push(lua.LNumber(checkTable(L, 1, "getn").Len()))
			return 1
		},
		"insert": s.tableInsert,
		"maxn":   tableMaxn,
		"remove": s.tableRemove,
		"setn": func(L *lua.LState) int {
			checkTable(L, 1, "setn")
			raise(L, "'setn' is obsolete")
			return 0
		},
		"sort": s.tableSort,
	}.table(L)
}

func (s *Sandbox) tableConcat(L *lua.LState) int {
	t := checkTable(L, 1, "concat")
	separator := optString(L, 2, "concat", "")
	from := optInt(L, 3, "concat", 1)
	to := 0
	if L.Get(4) == lua.LNil {
		to = t.Len()
	} else {
		to = checkInt(L, 4, "concat")
	}
	out := builder{L: L, s: s}
	for i := from; i <= to; i++ {
		switch v := t.RawGetInt(i).(type) {
		case lua.LString:
			out.add(string(v))
		case lua.LNumber:
			out.grow(32)
			out.b = append(out.b, numberText(float64(v))...)
		default:
			raise(L, "invalid value (%s) at index %d in table for 'concat'", v.Type(), i)
		}
		if i < to {
			out.add(separator)
		}
		if i&0xf == 0 {
			s.budget.work(L, 8)
		}
	}
	L.Push(made(out.b))
	return 1
}

// each calls the function in argument 2 and reports whether it returned
// something, which is left on the stack.
func (s *Sandbox) each(L *lua.LState, k, v lua.LValue) bool {
	s.enter(L)
	s.budget.work(L, 1)
	L.Push(L.Get(2))
	L.Push(k)
	L.Push(v)
	L.Call(2, 1)
	s.leave()
	if L.Get(-1) != lua.LNil {
		return true
	}
	L.Pop(1)
	return false
}

func (s *Sandbox) tableForeach(L *lua.LState) int {
	t := checkTable(L, 1, "foreach")
	checkFunction(L, 2, "foreach")
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if s.each(L, k, v) {
			return 1
		}
	}
	return 0
}

func (s *Sandbox) tableForeachi(L *lua.LState) int {
	t := checkTable(L, 1, "foreachi")
	checkFunction(L, 2, "foreachi")
	for i, n := 1, t.Len(); i <= n; i++ {
		if s.each(L, lua.LNumber(i), t.RawGetInt(i)) {
			return 1
		}
	}
	return 0
}

func (s *Sandbox) tableInsert(L *lua.LState) int {
	t := checkTable(L, 1, "insert")
	end := t.Len() + 1
	switch L.GetTop() {
	case 2:
		s.setting(L, t, lua.LNumber(end))
		t.RawSetInt(end, L.Get(2))
	case 3:
		at := checkInt(L, 2, "insert")
		end = max(end, at)
		s.setting(L, t, lua.LNumber(end))
		s.budget.work(L, max(end-at, 0)/8)
		for i := end; i > at; i-- {
			t.RawSetInt(i, t.RawGetInt(i-1))
		}
		t.RawSetInt(at, L.Get(3))
	default:
		raise(L, "wrong number of arguments to 'insert'")
	}
	return 0
}

func (s *Sandbox) tableRemove(L *lua.LState) int {
	t := checkTable(L, 1, "remove")
	n := t.Len()
	at := optInt(L, 2, "remove", n)
	if at < 1 || at > n {
		return 0
	}
	s.budget.work(L, (n-at)/8)
	L.Push(t.RawGetInt(at))
	if at == n {
		t.RawSetInt(at, lua.LNil)
	}
	view := viewTable(t)
	if n <= len(view.array) {
		copy(view.array[at-1:n], view.array[at:n])
		view.array[n-1] = lua.LNil
		if n == len(view.array) {
			view.array = view.array[:n-1]
		}
	}
	return 1
}

func tableMaxn(L *lua.LState) int {
	t := checkTable(L, 1, "maxn")
	highest := lua.LNumber(t.MaxN())
	for k := range viewTable(t).dict {
		if n, ok := k.(lua.LNumber); ok && n > highest {
			highest = n
		}
	}
	L.Push(highest)
	return 1
}

// sorter sorts the first n elements of a table.
type sorter struct {
	s      *Sandbox
	L      *lua.LState
	values []lua.LValue
	less   *lua.LFunction // nil: by <
}

func (x *sorter) Len() int      { return len(x.values) }
func (x *sorter) Swap(i, j int) { x.values[i], x.values[j] = x.values[j], x.values[i] }

func (x *sorter) Less(i, j int) bool {
	x.s.budget.work(x.L, 1)
	if x.less == nil {
		return x.L.LessThan(x.values[i], x.values[j])
	}
	x.L.Push(x.less)
	x.L.Push(x.values[i])
	x.L.Push(x.values[j])
	x.L.Call(2, 1)
	r := x.L.Get(-1)
	x.L.Pop(1)
	return lua.LVAsBool(r)
}

func (s *Sandbox) tableSort(L *lua.LState) int {
	t := checkTable(L, 1, "sort")
	x := sorter{s: s, L: L}
	if L.Get(2) != lua.LNil {
		x.less = checkFunction(L, 2, "sort")
	}
	n := t.Len()
	s.budget.memory.need(L, &s.budget, slotWeight*n)
	x.values = make([]lua.LValue, n)
	for i := range x.values {
		x.values[i] = t.RawGetInt(i + 1)
	}
	s.enter(L)
	sort.Sort(&x)
	s.leave()
	for i, v := range x.values {
		t.RawSetInt(i+1, v)
	}
	return 0
}
