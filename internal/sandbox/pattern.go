package sandbox

import (
	lua "github.com/yuin/gopher-lua"
)

// Patterns of Lua 5.1.

const (
	maxCaptures = 32
	maxNesting  = 200
)

// Lengths of captures that are no text.
const (
	captureOpen     = -1
	capturePosition = -2
)

type capture struct{ from, length int }

// matching is one match of a pattern against a subject.
type matching struct {
	L        *lua.LState
	s        *Sandbox
	subject  string
	pattern  string
	captures [maxCaptures]capture
	n        int // captures in use
	depth    int
	steps    int
}

// tick charges work; it is called at every step that may be repeated.
func (m *matching) tick() {
	if m.steps++; m.steps&0xff == 0 {
		m.s.budget.work(m.L, 32)
	}
}

// reset prepares for a match at another place.
func (m *matching) reset() { m.n, m.depth = 0, 0 }

// match matches the pattern from p on at subject position i. It returns the end
// of the match, or -1.
func (m *matching) match(i, p int) int {
	if m.depth++; m.depth > maxNesting {
		raise(m.L, "pattern too complex")
	}
	end := m.run(i, p)
	m.depth--
	return end
}

// run is match without the count of recursions.
func (m *matching) run(i, p int) int {
	for {
		m.tick()
		if p == len(m.pattern) {
			return i
		}
		switch m.pattern[p] {
		case '(':
			if p+1 < len(m.pattern) && m.pattern[p+1] == ')' {
				return m.open(i, p+2, capturePosition)
			}
			return m.open(i, p+1, captureOpen)
		case ')':
			return m.close(i, p+1)
		case '$':
			if p+1 == len(m.pattern) {
				if i == len(m.subject) {
					return i
				}
				return -1
			}
		case '%':
			if p+1 < len(m.pattern) {
				switch c := m.pattern[p+1]; {
				case c == 'b':
					if i = m.balance(i, p+2); i < 0 {
						return -1
					}
					p += 4
					continue
				case c == 'f':
					p += 2
					if p >= len(m.pattern) || m.pattern[p] != '[' {
						raise(m.L, "missing '[' after '%%f' in pattern")
					}
					end := m.itemEnd(p)
					if m.inSet(m.before(i), p, end-1) || !m.inSet(m.at(i), p, end-1) {
						return -1
					}
					p = end
					continue
				case c >= '0' && c <= '9':
					if i = m.again(i, c); i < 0 {
						return -1
					}
					p += 2
					continue
				}
			}
		}
		end := m.itemEnd(p)
		suffix := byte(0)
		if end < len(m.pattern) {
			suffix = m.pattern[end]
		}
		switch suffix {
		case '?':
			if i < len(m.subject) && m.single(i, p, end) {
				if r := m.match(i+1, end+1); r >= 0 {
					return r
				}
			}
			p = end + 1
		case '*':
			return m.most(i, p, end)
		case '+':
			if i < len(m.subject) && m.single(i, p, end) {
				return m.most(i+1, p, end)
			}
			return -1
		case '-':
			return m.least(i, p, end)
		default:
			if i >= len(m.subject) || !m.single(i, p, end) {
				return -1
			}
			i, p = i+1, end
		}
	}
}

func (m *matching) before(i int) byte {
	if i == 0 {
		return 0
	}
	return m.subject[i-1]
}

func (m *matching) at(i int) byte {
	if i == len(m.subject) {
		return 0
	}
	return m.subject[i]
}

// most matches as many of the item as possible, then fewer.
func (m *matching) most(i, p, end int) int {
	n := 0
	for i+n < len(m.subject) && m.single(i+n, p, end) {
		m.tick()
		n++
	}
	for ; n >= 0; n-- {
		if r := m.match(i+n, end+1); r >= 0 {
			return r
		}
	}
	return -1
}

// least matches as few of the item as possible, then more.
func (m *matching) least(i, p, end int) int {
	for {
		if r := m.match(i, end+1); r >= 0 {
			return r
		}
		if i >= len(m.subject) || !m.single(i, p, end) {
			return -1
		}
		i++
	}
}

func (m *matching) open(i, p, length int) int {
	if m.n >= maxCaptures {
		raise(m.L, "too many captures")
	}
	m.captures[m.n] = capture{i, length}
	m.n++
	r := m.match(i, p)
	if r < 0 {
		m.n--
	}
	return r
}

func (m *matching) close(i, p int) int {
	last := m.n - 1
	for last >= 0 && m.captures[last].length != captureOpen {
		last--
	}
	if last < 0 {
		raise(m.L, "invalid pattern capture")
	}
	m.captures[last].length = i - m.captures[last].from
	r := m.match(i, p)
	if r < 0 {
		m.captures[last].length = captureOpen
	}
	return r
}

// again matches the text of an earlier capture.
func (m *matching) again(i int, digit byte) int {
	n := int(digit) - '1'
	if n < 0 || n >= m.n || m.captures[n].length == captureOpen {
		raise(m.L, "invalid capture index")
	}
	c := m.captures[n]
	if c.length < 0 || len(m.subject)-i < c.length || m.subject[c.from:c.from+c.length] != m.subject[i:i+c.length] {
		return -1
	}
	return i + c.length
}

// balance matches %b with the two characters at p.
func (m *matching) balance(i, p int) int {
	if p+1 >= len(m.pattern) {
		raise(m.L, "unbalanced pattern")
	}
	if i >= len(m.subject) || m.subject[i] != m.pattern[p] {
		return -1
	}
	open, closing, level := m.pattern[p], m.pattern[p+1], 1
	for i++; i < len(m.subject); i++ {
		m.tick()
		switch m.subject[i] {
		case closing:
			if level--; level == 0 {
				return i + 1
			}
		case open:
			level++
		}
	}
	return -1
}

// itemEnd returns the end of the single-character item at p.
func (m *matching) itemEnd(p int) int {
	c := m.pattern[p]
	p++
	switch c {
	case '%':
		if p == len(m.pattern) {
			raise(m.L, "malformed pattern (ends with '%%')")
		}
		return p + 1
	case '[':
		if p < len(m.pattern) && m.pattern[p] == '^' {
			p++
		}
		for first := true; first || p >= len(m.pattern) || m.pattern[p] != ']'; first = false {
			if p >= len(m.pattern) {
				raise(m.L, "malformed pattern (missing ']')")
			}
			p++
			if m.pattern[p-1] == '%' && p < len(m.pattern) {
				p++
			}
		}
		return p + 1
	}
	return p
}

// single reports whether the item from p to end matches the character at i.
func (m *matching) single(i, p, end int) bool {
	c := m.subject[i]
	switch m.pattern[p] {
	case '.':
		return true
	case '%':
		return inClass(c, m.pattern[p+1])
	case '[':
		return m.inSet(c, p, end-1)
	}
	return m.pattern[p] == c
}

// inSet reports whether c is in the set from p, its '[', to last, its ']'.
func (m *matching) inSet(c byte, p, last int) bool {
	in := true
	p++
	if m.pattern[p] == '^' {
		in = false
		p++
	}
	for p < last {
		switch {
		case m.pattern[p] == '%':
			if p++; p <= last && inClass(c, m.pattern[p]) {
				return in
			}
			p++
		case p+2 < last && m.pattern[p+1] == '-':
			if m.pattern[p] <= c && c <= m.pattern[p+2] {
				return in
			}
			p += 3
		default:
			if m.pattern[p] == c {
				return in
			}
			p++
		}
	}
	return !in
}

// inClass reports whether c is in the class %class.
func inClass(c, class byte) bool {
	var in bool
	switch class | 0x20 {
	case 'a':
		in = isAlpha(c)
	case 'c':
		in = c < ' ' || c == 0x7f
	case 'd':
		in = isDigit(c)
	case 'l':
		in = 'a' <= c && c <= 'z'
	case 'p':
		in = c > ' ' && c < 0x7f && !isAlnum(c)
	case 's':
		in = c == ' ' || '\t' <= c && c <= '\r'
	case 'u':
		in = 'A' <= c && c <= 'Z'
	case 'w':
		in = isAlnum(c)
	case 'x':
		in = isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f'
	case 'z':
		in = c == 0
	default:
		return c == class
	}
	if !isAlpha(class) {
		return c == class
	}
	return in == (class >= 'a')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isAlnum(c byte) bool { return isAlpha(c) || isDigit(c) }

// value is capture k of a match from i to end; without captures the whole match
// is number 0.
func (m *matching) value(k, i, end int) lua.LValue {
	if k >= m.n {
		if k > 0 {
			raise(m.L, "invalid capture index")
		}
		return m.s.newString(m.L, m.subject[i:end])
	}
	c := m.captures[k]
	switch c.length {
	case captureOpen:
		raise(m.L, "unfinished capture")
	case capturePosition:
		return lua.LNumber(c.from + 1)
	}
	return m.s.newString(m.L, m.subject[c.from:c.from+c.length])
}

// push pushes all captures, or the whole match when there are none and whole is
// set, and returns how many.
func (m *matching) push(i, end int, whole bool) int {
	n := m.n
	if n == 0 && whole {
		n = 1
	}
	for k := range n {
		m.L.Push(m.value(k, i, end))
	}
	return n
}
