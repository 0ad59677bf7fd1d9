package sandbox

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openString makes the string library and the methods of strings.
func (s *Sandbox) openString(L *lua.LState) lua.LValue {
	t := functions{
		"byte":    s.stringByte,
		"char":    s.stringChar,
		"dump":    stringDump,
		"find":    func(L *lua.LState) int { return s.search(L, "find", true) },
		"format":  s.stringFormat,
		"gmatch":  s.stringGmatch,
		"gsub":    s.stringGsub,
		"len":     stringLen,
		"lower":   func(L *lua.LState) int { return s.mapBytes(L, "lower", 'A', 'Z') },
		"match":   func(L *lua.LState) int { return s.search(L, "match", false) },
		"rep":     s.stringRep,
		"reverse": s.stringReverse,
		"sub":     s.stringSub,
		"upper":   func(L *lua.LState) int { return s.mapBytes(L, "upper", 'a', 'z') },
	}.table(L)
	t.RawSetString("gfind", t.RawGetString("gmatch"))
	s.lib.strings.RawSetString("__index", t)
	return t
}

// newString makes a Lua value of a string and charges its memory. A part of a
// longer string keeps that one alive, so short parts of long strings are copied.
func (s *Sandbox) newString(L *lua.LState, text string) lua.LValue {
	s.budget.memory.grow(L, &s.budget, stringWeight+len(text))
	return lua.LString(strings.Clone(text))
}

// made is newString for a text that was just made and charged.
func made(b []byte) lua.LValue { return lua.LString(stringOf(b)) }

// room charges a text of n bytes, and the work to make it, before it is made.
func (s *Sandbox) room(L *lua.LState, n int) {
	s.budget.memory.need(L, &s.budget, stringWeight+n)
	s.budget.work(L, n/bytesPerInstruction)
}

// position turns a position that may count from the end into one from the start.
func position(i, length int) int {
	if i < 0 {
		return max(i+length+1, 0)
	}
	return i
}

func (s *Sandbox) stringByte(L *lua.LState) int {
	text := checkString(L, 1, "byte")
	from := position(optInt(L, 2, "byte", 1), len(text))
	to := position(optInt(L, 3, "byte", from), len(text))
	from, to = max(from, 1), min(to, len(text))
	if from > to {
		return 0
	}
	if to-from+1 >= maxRegisters {
		raise(L, "string slice too long")
	}
	s.budget.work(L, (to-from)/8)
	for i := from; i <= to; i++ {
		L.Push(lua.LNumber(text[i-1]))
	}
	return to - from + 1
}

func (s *Sandbox) stringChar(L *lua.LState) int {
	n := L.GetTop()
	s.room(L, n)
	b := make([]byte, n)
	for i := range b {
		c := machineInt(checkNumber(L, i+1, "char"))
		if c < 0 || c > 255 {
			argumentError(L, i+1, "char", "invalid value")
		}
		b[i] = byte(c)
	}
	L.Push(made(b))
	return 1
}

func stringDump(L *lua.LState) int {
	checkFunction(L, 1, "dump")
	raise(L, "unable to dump given function")
	return 0
}

func stringLen(L *lua.LState) int {
	L.Push(lua.LNumber(len(checkString(L, 1, "len"))))
	return 1
}

// mapBytes changes the case of the letters from low to high.
func (s *Sandbox) mapBytes(L *lua.LState, fn string, low, high byte) int {
	text := checkString(L, 1, fn)
	s.room(L, len(text))
	b := []byte(text)
	for i, c := range b {
		if low <= c && c <= high {
			b[i] = c ^ 0x20
		}
	}
	L.Push(made(b))
	return 1
}

func (s *Sandbox) stringRep(L *lua.LState) int {
	text, n := checkString(L, 1, "rep"), checkInt(L, 2, "rep")
	if n <= 0 || text == "" {
		L.Push(lua.LString(""))
		return 1
	}
	if n > maxString/len(text) {
		L.Error(lua.LString(errMemory), 0)
	}
	s.room(L, n*len(text))
	L.Push(lua.LString(strings.Repeat(text, n)))
	return 1
}

func (s *Sandbox) stringReverse(L *lua.LState) int {
	text := checkString(L, 1, "reverse")
	s.room(L, len(text))
	b := make([]byte, len(text))
	for i := range b {
		b[i] = text[len(text)-1-i]
	}
	L.Push(made(b))
	return 1
}

func (s *Sandbox) stringSub(L *lua.LState) int {
	text := checkString(L, 1, "sub")
	from := max(position(checkInt(L, 2, "sub"), len(text)), 1)
	to := min(position(optInt(L, 3, "sub", -1), len(text)), len(text))
	if from > to {
		L.Push(lua.LString(""))
		return 1
	}
	s.budget.work(L, (to-from)/bytesPerInstruction)
	L.Push(s.newString(L, text[from-1:to]))
	return 1
}

// search implements find and match.
func (s *Sandbox) search(L *lua.LState, fn string, find bool) int {
	subject, pattern := checkString(L, 1, fn), checkString(L, 2, fn)
	from := optInt(L, 3, fn, 1)
	if from = position(from, len(subject)) - 1; from < 0 {
		from = 0
	} else if from > len(subject) {
		from = len(subject)
	}
	if find && (lua.LVAsBool(L.Get(4)) || !strings.ContainsAny(pattern, "^$*+?.([%-")) {
		s.budget.work(L, (len(subject)-from)/bytesPerInstruction)
		i := strings.Index(subject[from:], pattern)
		if i < 0 {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(lua.LNumber(from + i + 1))
		L.Push(lua.LNumber(from + i + len(pattern)))
		return 2
	}
	m := matching{L: L, s: s, subject: subject, pattern: pattern}
	start, anchored := 0, strings.HasPrefix(pattern, "^")
	if anchored {
		start = 1
	}
	for i := from; i <= len(subject); i++ {
		m.reset()
		if end := m.match(i, start); end >= 0 {
			if !find {
				return m.push(i, end, true)
			}
			L.Push(lua.LNumber(i + 1))
			L.Push(lua.LNumber(end))
			return 2 + m.push(i, end, false)
		}
		if anchored {
			break
		}
	}
	L.Push(lua.LNil)
	return 1
}

func (s *Sandbox) stringGmatch(L *lua.LState) int {
	m := &matching{s: s, subject: checkString(L, 1, "gmatch"), pattern: checkString(L, 2, "gmatch")}
	next := 0
	L.Push(L.NewFunction(func(L *lua.LState) int {
		m.L = L
		for i := next; i <= len(m.subject); i++ {
			m.reset()
			if end := m.match(i, 0); end >= 0 {
				if next = end; end == i {
					next++
				}
				return m.push(i, end, true)
			}
		}
		next = len(m.subject) + 1
		return 0
	}))
	return 1
}
