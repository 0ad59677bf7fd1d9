package lpeg

import (
	lua "github.com/yuin/gopher-lua"
)

// results evaluates all captures of a successful match. The values are valid
// until the machine is released.
func (m *machine) results() []lua.LValue {
	for i := int32(0); int(i) < len(m.marks); i = m.marks[i].next {
		m.evaluate(i)
	}
	return m.vals
}

// evaluate appends the values of capture i and returns how many there are.
func (m *machine) evaluate(i int32) int {
	if m.spend(1); len(m.vals) >= maxValues {
		m.l.RaiseError("too many captures")
	}
	c := &m.marks[i]
	if c.ref < 0 {
		return m.push(m.given[^c.ref])
	}
	k := m.prog.kept[c.ref]
	switch k.keep {
	case keepNamed:
		return 0
	case keepGroup:
		return m.inside(i)
	case keepSimple:
		return m.pushText(c) + m.children(i)
	case keepPosition:
		return m.push(m.lib.numbers.Int(int64(c.start) + 1))
	case keepConst:
		return m.push(k.value)
	case keepArgument:
		if firstExtra+k.index > m.nargs {
			m.l.RaiseError("reference to absent argument #%d", k.index)
		}
		return m.push(m.l.Get(firstExtra + k.index))
	case keepBack:
		return m.inside(m.group(i, k.value))
	case keepFold:
		return m.fold(i, k)
	case keepSubst:
		from := len(m.text)
		m.substitute(i)
		return m.pushBuilt(from)
	case keepString:
		if len(k.pieces) == 1 {
			return m.push(k.value)
		}
		from := len(m.text)
		m.fill(i, k)
		return m.pushBuilt(from)
	case keepTable:
		return m.table(i, k)
	case keepSelect:
		return m.pick(i, k.index)
	case keepQuery:
		return m.query(i, k)
	}
	return m.callWith(i, k)
}

func (m *machine) push(v lua.LValue) int {
	m.vals = append(m.vals, v)
	return 1
}

func (m *machine) pushText(c *mark) int {
	m.charge(24 + int(c.end-c.start))
	m.vals = append(m.vals, m.boxes.Value(m.s[c.start:c.end], len(m.marks)/2))
	return 1
}

// children evaluates what is directly inside capture i.
func (m *machine) children(i int32) int {
	if m.nesting++; m.nesting > maxNesting {
		m.l.RaiseError("captures nested too deeply")
	}
	n := 0
	for j := i + 1; j < m.marks[i].next; j = m.marks[j].next {
		n += m.evaluate(j)
	}
	m.nesting--
	return n
}

// inside gives the values inside capture i, or its text if there are none.
func (m *machine) inside(i int32) int {
	if n := m.children(i); n > 0 {
		return n
	}
	return m.pushText(&m.marks[i])
}

// cut drops all values but the first n.
func (m *machine) cut(n int) {
	m.peak = max(m.peak, len(m.vals))
	m.vals = m.vals[:n]
}

// one keeps the first of the last n values.
func (m *machine) one(n int) lua.LValue {
	m.cut(len(m.vals) - n + 1)
	return m.vals[len(m.vals)-1]
}

// pick gives the n-th value inside capture i; none for 0.
func (m *machine) pick(i int32, n int) int {
	if n == 0 {
		return 0
	}
	from := len(m.vals)
	if m.inside(i) < n {
		m.l.RaiseError("no capture '%d'", n)
	}
	m.vals[from] = m.vals[from+n-1]
	m.cut(from + 1)
	return 1
}

// query looks the first value inside capture i up in a table.
func (m *machine) query(i int32, k *capture) int {
	key := m.one(m.inside(i))
	v := m.l.GetTable(k.value, key)
	if v == lua.LNil {
		m.cut(len(m.vals) - 1)
		return 0
	}
	m.vals[len(m.vals)-1] = v
	return 1
}

// callWith gives the results of the function of k for the values inside capture
// i.
func (m *machine) callWith(i int32, k *capture) int {
	if c := &m.marks[i]; k.value == m.lib.tonumber && c.next == i+1 {
		if n, ok := digits(m.s[c.start:c.end]); ok {
			return m.push(m.lib.numbers.Int(n))
		}
	}
	base := m.l.GetTop()
	n := m.inside(i)
	m.l.Push(k.value)
	m.pass(n)
	m.l.Call(n, lua.MultRet)
	return m.take(base)
}

// pass moves the last n values to the Lua stack.
func (m *machine) pass(n int) {
	from := len(m.vals) - n
	for _, v := range m.vals[from:] {
		m.l.Push(v)
	}
	m.cut(from)
}

// take moves what is above base on the Lua stack to the values.
func (m *machine) take(base int) int {
	top := m.l.GetTop()
	for j := base + 1; j <= top; j++ {
		m.vals = append(m.vals, m.l.Get(j))
	}
	m.l.SetTop(base)
	return top - base
}

// fold calls a function for each capture inside capture i but the first, with
// what it gave the time before and the values of the capture. It begins with the
// first value of the first capture.
func (m *machine) fold(i int32, k *capture) int {
	end := m.marks[i].next
	j := i + 1
	if j >= end {
		m.l.RaiseError("no initial value for fold capture")
	}
	n := m.evaluate(j)
	if n == 0 {
		m.l.RaiseError("no initial value for fold capture")
	}
	m.one(n)
	for j = m.marks[j].next; j < end; j = m.marks[j].next {
		n := m.evaluate(j)
		m.l.Push(k.value)
		m.pass(n + 1)
		m.l.Call(n+1, 1)
		m.push(m.l.Get(-1))
		m.l.Pop(1)
	}
	return 1
}

// table gives a table with the values inside capture i in order, and the first
// value of each named group directly inside under its name.
func (m *machine) table(i int32, k *capture) int {
	if k.shape != nil && m.fits(i, k) {
		return m.record(i, k.shape)
	}
	end := m.marks[i].next
	named, others := 0, 0
	for j := i + 1; j < end; j = m.marks[j].next {
		if m.isNamed(j) {
			named++
		} else {
			others++
		}
	}
	if others == 0 && named > 0 && m.learn(i, k) {
		return m.record(i, k.shape)
	}
	m.charge(56 + 16*others + 40*named)
	t := m.l.CreateTable(others, named)
	from := len(m.vals)
	count := 0
	for j := i + 1; j < end; j = m.marks[j].next {
		if m.isNamed(j) {
			v := m.one(m.inside(j))
			m.setField(t, m.prog.kept[m.marks[j].ref].value, v)
		} else {
			m.evaluate(j)
			for _, v := range m.vals[from:] {
				if count++; v != lua.LNil {
					t.RawSetInt(count, v)
				}
			}
		}
		m.cut(from)
	}
	return m.push(t)
}

// record gives the table of a capture with nothing but the named groups of a
// shape inside.
func (m *machine) record(i int32, s *shape) int {
	m.charge(56 + 40*len(s.names))
	from := len(m.vals)
	whole := true
	for j, end := i+1, m.marks[i].next; j < end; {
		c := &m.marks[j]
		if next := c.next; next == j+1 {
			m.pushText(c)
			j = next
		} else {
			whole = m.one(m.inside(j)) != lua.LNil && whole
			j = next
		}
	}
	values := m.vals[from:]
	var t *lua.LTable
	if whole {
		t = s.table(values)
	} else {
		t = m.l.CreateTable(0, len(values))
		for at, v := range values {
			t.RawSetString(s.names[at], v)
		}
	}
	m.cut(from)
	return m.push(t)
}

// fits reports whether exactly the captures that the shape of k was made of are
// inside capture i.
func (m *machine) fits(i int32, k *capture) bool {
	at := 0
	for j := i + 1; j < m.marks[i].next; j = m.marks[j].next {
		if at == len(k.shaped) || m.marks[j].ref != k.shaped[at] {
			return false
		}
		at++
	}
	return at == len(k.shaped)
}

// learn makes the shape of the named groups inside capture i, which patterns
// give time and again, the one of k. It reports whether there is such a shape.
func (m *machine) learn(i int32, k *capture) bool {
	var names []string
	k.shape, k.shaped = nil, k.shaped[:0]
	for j := i + 1; j < m.marks[i].next; j = m.marks[j].next {
		ref := m.marks[j].ref
		name, ok := m.prog.kept[ref].value.(lua.LString)
		if !ok {
			return false
		}
		names, k.shaped = append(names, string(name)), append(k.shaped, ref)
	}
	k.shape = newShape(names)
	return k.shape != nil
}

func (m *machine) isNamed(i int32) bool {
	ref := m.marks[i].ref
	return ref >= 0 && m.prog.kept[ref].keep == keepNamed
}

// setField sets a field of a table that is being built. Tables keep the values
// of whole numbers in an array, so a large number would fill memory.
func (m *machine) setField(t *lua.LTable, name, v lua.LValue) {
	switch name := name.(type) {
	case lua.LString:
		t.RawSetString(string(name), v)
		return
	case lua.LNumber:
		if name > lua.LNumber(t.Len()+1<<10) && name < lua.LNumber(lua.MaxArrayIndex) {
			m.l.RaiseError("group number too large for a table")
		}
	}
	m.l.RawSet(t, name, v)
}

// group finds the latest group of a name that is complete before capture i. It
// goes backwards, steps over captures that are still open around i, and does not
// look into closed ones.
func (m *machine) group(i int32, name lua.LValue) int32 {
	closed := func(c *mark) bool { return c.next != 0 && c.next <= i }
	for j := i - 1; j >= 0; j-- {
		m.spend(1)
		c := &m.marks[j]
		if !closed(c) {
			continue
		}
		for c.parent >= 0 && closed(&m.marks[c.parent]) {
			j = c.parent
			c = &m.marks[j]
		}
		if c.ref >= 0 {
			if k := m.prog.kept[c.ref]; k.keep == keepNamed && k.value == name {
				return j
			}
		}
	}
	m.l.RaiseError("back reference '%s' not found", nameText(name))
	return 0
}
