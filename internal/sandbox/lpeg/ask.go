package lpeg

import lua "github.com/yuin/gopher-lua"

// ask ends the match-time capture that is open at position i: it evaluates what
// is inside and asks the function. It returns where to go on, or false to fail.
// The marks inside give way to the values of the function, which become a group.
func (m *machine) ask(open int32, i int) (to int, ok bool) {
	c := &m.marks[open]
	c.end, c.next = int32(i), int32(len(m.marks))
	base := m.l.GetTop()
	n := m.inside(open)
	m.l.Push(m.prog.kept[c.ref].value)
	m.l.Push(m.subject)
	m.l.Push(m.lib.numbers.Int(int64(i + 1)))
	m.pass(n)
	m.l.Call(n+2, lua.MultRet)
	if len(m.given) > 0 {
		m.forget(m.marks[open+1:])
	}
	m.marks = m.marks[:open]
	top := m.l.GetTop()
	if top == base || lua.LVIsFalse(m.l.Get(base+1)) {
		m.l.SetTop(base)
		return 0, false
	}
	to = i
	if v := m.l.Get(base + 1); v != lua.LTrue {
		to = m.position(v, i)
	}
	if top > base+1 {
		m.keep(base+2, top, mark{start: c.start, end: int32(to), parent: c.parent})
	}
	m.l.SetTop(base)
	return to, true
}

// position is where a function wants to go on from i; never back, nor beyond the
// end of the subject.
func (m *machine) position(v lua.LValue, i int) int {
	n, ok := toNumber(v)
	if !ok || n < float64(i+1) || n >= float64(len(m.s)+2) {
		m.l.RaiseError("invalid position returned by match-time capture")
	}
	return int(n) - 1
}

// keep adds a group with the values from first to last of the Lua stack.
func (m *machine) keep(first, last int, group mark) {
	need := len(m.marks) + 1 + last - first + 1
	for cap(m.marks) < need {
		m.room(m.marks)
	}
	self := int32(len(m.marks))
	group.next = int32(need)
	m.marks = append(m.marks, group)
	for j := first; j <= last; j++ {
		m.charge(40)
		at := int32(len(m.marks))
		m.marks = append(m.marks, mark{group.end, group.end, at + 1, self, ^int32(len(m.given))})
		m.given = append(m.given, m.l.Get(j))
	}
}

// forget drops the values given by functions that marks no longer stand for.
func (m *machine) forget(marks []mark) {
	for i := range marks {
		if ref := marks[i].ref; ref < 0 {
			clear(m.given[^ref:])
			m.given = m.given[:^ref]
			return
		}
	}
}
