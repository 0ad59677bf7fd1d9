package lpeg

import lua "github.com/yuin/gopher-lua"

// Strings that captures build grow at the end of m.text. A capture that needs
// the string of another one inside it lets it grow behind its own and cuts it
// off.

// pushBuilt gives the string built from from on.
func (m *machine) pushBuilt(from int) int {
	s := string(m.text[from:])
	m.text = m.text[:from]
	m.charge(24 + len(s))
	return m.push(lua.LString(s))
}

func (m *machine) add(s string) {
	if len(m.text)+len(s) > maxText {
		m.l.RaiseError("captured string too long")
	}
	if len(m.text)+len(s) > cap(m.text) {
		m.charge(2 * cap(m.text))
	}
	m.text = append(m.text, s...)
	m.spend(len(s) >> 6)
}

// substitute builds the text of capture i with each capture directly inside
// replaced by its first value, where it has one.
func (m *machine) substitute(i int32) {
	if m.nesting++; m.nesting > maxNesting {
		m.l.RaiseError("captures nested too deeply")
	}
	c := m.marks[i]
	at := c.start
	for j := i + 1; j < c.next; j = m.marks[j].next {
		inner := m.marks[j]
		m.add(m.s[at:inner.start])
		at = inner.start
		if m.addValue(j, "replacement") {
			at = inner.end
		}
	}
	m.add(m.s[at:c.end])
	m.nesting--
}

// addValue adds the first value of capture i, and reports whether it has one.
func (m *machine) addValue(i int32, what string) bool {
	if ref := m.marks[i].ref; ref >= 0 {
		switch k := m.prog.kept[ref]; k.keep {
		case keepSubst:
			m.substitute(i)
			return true
		case keepString:
			m.fill(i, k)
			return true
		case keepSimple:
			if c := &m.marks[i]; c.next == i+1 {
				m.add(m.s[c.start:c.end])
				return true
			}
		}
	}
	n := m.evaluate(i)
	if n == 0 {
		return false
	}
	v := m.one(n)
	m.cut(len(m.vals) - 1)
	switch v := v.(type) {
	case lua.LString:
		m.add(string(v))
	case lua.LNumber:
		m.add(numberText(v))
	default:
		m.l.RaiseError("invalid %s value (a %s)", what, v.Type().String())
	}
	return true
}

// element is something that an index of a string capture can mean: the text from
// start to end, or else the capture mark.
type element struct{ mark, start, end int32 }

// elements is the list that the indices 0 to 9 refer to.
type elements struct {
	list [10]element
	n    int
}

// fill builds the string of the string capture i.
func (m *machine) fill(i int32, k *capture) {
	if m.nesting++; m.nesting > maxNesting {
		m.l.RaiseError("captures nested too deeply")
	}
	var e elements
	m.collect(i, &e)
	for _, p := range k.pieces {
		m.add(p.text)
		if p.index < 0 {
			continue
		}
		if p.index >= e.n {
			m.l.RaiseError("invalid capture index (%d)", p.index)
		}
		if el := e.list[p.index]; el.mark < 0 {
			m.add(m.s[el.start:el.end])
		} else if !m.addValue(el.mark, "capture") {
			m.l.RaiseError("no values in capture index %d", p.index)
		}
	}
	m.nesting--
}

// collect lists the text of capture i and, in order, the captures inside it.
// Simple captures count with those inside them.
func (m *machine) collect(i int32, e *elements) {
	c := &m.marks[i]
	e.list[e.n] = element{-1, c.start, c.end}
	e.n++
	for j := i + 1; j < c.next && e.n < len(e.list); j = m.marks[j].next {
		ref := m.marks[j].ref
		if ref >= 0 && m.prog.kept[ref].keep == keepSimple {
			m.collect(j, e)
			continue
		}
		e.list[e.n] = element{mark: j}
		e.n++
	}
}
