package sandbox

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// builder collects a text whose length is not known beforehand and charges its
// memory as it grows.
type builder struct {
	L *lua.LState
	s *Sandbox
	b []byte
}

// grow makes room for n more bytes.
func (b *builder) grow(n int) {
	if need := len(b.b) + n; need > cap(b.b) {
		size := max(need, 2*cap(b.b), 64)
		b.s.room(b.L, size)
		b.b = append(make([]byte, 0, size), b.b...)
	}
}

func (b *builder) add(text string) {
	b.grow(len(text))
	b.b = append(b.b, text...)
}

func (b *builder) addByte(c byte) {
	b.grow(1)
	b.b = append(b.b, c)
}

func (s *Sandbox) stringGsub(L *lua.LState) int {
	subject, pattern := checkString(L, 1, "gsub"), checkString(L, 2, "gsub")
	replacement := L.Get(3)
	switch replacement.Type() {
	case lua.LTNumber:
		replacement = lua.LString(numberText(float64(replacement.(lua.LNumber))))
	case lua.LTString, lua.LTFunction, lua.LTTable:
	default:
		argumentError(L, 3, "gsub", "string/function/table expected")
	}
	limit := optInt(L, 4, "gsub", math.MaxInt)
	m := matching{L: L, s: s, subject: subject, pattern: pattern}
	start, anchored := 0, strings.HasPrefix(pattern, "^")
	if anchored {
		start = 1
	}
	out := builder{L: L, s: s}
	i, n := 0, 0
	for n < limit {
		m.reset()
		end := m.match(i, start)
		if end >= 0 {
			n++
			s.replace(&m, &out, replacement, i, end)
		}
		switch {
		case end > i:
			i = end
		case i < len(subject):
			out.addByte(subject[i])
			i++
		default:
			i++
		}
		if i > len(subject) || anchored {
			break
		}
	}
	if i < len(subject) {
		out.add(subject[i:])
	}
	L.Push(made(out.b))
	L.Push(lua.LNumber(n))
	return 2
}

// replace adds what takes the place of the match from i to end.
func (s *Sandbox) replace(m *matching, out *builder, replacement lua.LValue, i, end int) {
	L := m.L
	var v lua.LValue
	switch r := replacement.(type) {
	case lua.LString:
		s.expand(m, out, string(r), i, end)
		return
	case *lua.LTable:
		v = L.GetTable(r, m.value(0, i, end))
	default:
		s.enter(L)
		L.Push(r)
		L.Call(m.push(i, end, true), 1)
		s.leave()
		v = L.Get(-1)
		L.Pop(1)
	}
	if !lua.LVAsBool(v) {
		out.add(m.subject[i:end])
		return
	}
	t, ok := text(v)
	if !ok {
		raise(L, "invalid replacement value (a %s)", v.Type())
	}
	out.add(t)
}

// expand adds a replacement with its %0 to %9 filled in.
func (s *Sandbox) expand(m *matching, out *builder, replacement string, i, end int) {
	for {
		at := strings.IndexByte(replacement, '%')
		if at < 0 || at+1 == len(replacement) {
			out.add(strings.TrimSuffix(replacement, "%"))
			return
		}
		out.add(replacement[:at])
		c := replacement[at+1]
		switch {
		case !isDigit(c):
			out.addByte(c)
		case c == '0':
			out.add(m.subject[i:end])
		default:
			t, _ := text(m.value(int(c-'1'), i, end))
			out.add(t)
		}
		replacement = replacement[at+2:]
	}
}
