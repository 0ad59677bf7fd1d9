package lpeg

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// firstExtra is the number of arguments of match in front of the extra ones.
const firstExtra = 3

// match is lpeg.match(pattern, subject [, init [, extra …]]).
func (lib *library) match(l *lua.LState) int {
	p, ok := patternAt(l, 1)
	if !ok {
		p = &pattern{root: lib.nodeAt(l, 1, "match")}
	}
	prog := p.prog
	if prog == nil {
		prog = lib.program(l, p)
	}
	s := textAt(l, 2, "match")
	return lib.run(l, prog, l.Get(2), s, startAt(l, "match", len(s)), l.GetTop())
}

// run matches the program against s, which is the text of subject, from start
// on. It pushes the values of the captures, or the position behind the match if
// there are none, or nil if there is no match, and returns the number of values.
// nargs is the number of arguments up to which captures find extra ones.
func (lib *library) run(l *lua.LState, prog *program, subject lua.LValue, s string, start, nargs int) int {
	if len(s) > math.MaxInt32-1 {
		l.RaiseError("subject too long")
	}
	if _, ok := subject.(lua.LString); !ok {
		subject = lua.LString(s)
	}
	if lib.depth++; lib.depth > maxMatches {
		lib.depth--
		l.RaiseError("too many matches inside one another")
	}
	defer lib.leave()
	m := lib.newMachine(l, prog)
	m.s, m.subject, m.nargs = s, subject, nargs
	end, ok := m.run(start)
	m.spend(0)
	if !ok {
		m.release()
		l.Push(lua.LNil)
		return 1
	}
	n := 0
	for _, v := range m.results() {
		l.Push(v)
		n++
	}
	m.release()
	if n == 0 {
		l.Push(lib.numbers.Int(int64(end + 1)))
		n = 1
	}
	return n
}

// maxMatches is how many matches may be under way in one another, since each
// takes a piece of the stack of the process.
const maxMatches = 200

// leave ends a match.
func (lib *library) leave() { lib.depth-- }

// startAt is the offset, in a subject of the given length, at which the optional
// argument 3 of fn tells to begin. Negative positions count from the end.
func startAt(l *lua.LState, fn string, length int) int {
	if l.Get(3) == lua.LNil {
		return 0
	}
	switch init := intAt(l, 3, fn); {
	case init > length:
		return length
	case init > 0:
		return init - 1
	case -init < length:
		return length + init
	}
	return 0
}
