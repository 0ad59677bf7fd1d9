package lstruct

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// unpack is struct.unpack(format, data [, pos]).
func (m *module) unpack(L *lua.LState) int {
	a := function(L, "unpack")
	f := newFormat(a.string(1))
	data := a.string(2)
	pos := 0
	if L.Get(3) != lua.LNil {
		at := a.Number(3)
		if !(at >= 1) {
			a.Fail(3, "offset must be 1 or greater")
		}
		pos = int(min(at-1, math.MaxInt32))
	}
	base := L.GetTop()
	a.Work(len(f.rest))
	for {
		o, ok, err := f.next()
		if err != nil {
			a.failFormat(err)
		}
		if !ok {
			break
		}
		pos += f.padding(o, pos)
		if o.letter == 'c' && o.size == 0 {
			o.size = popSize(a, base)
		}
		if o.size > len(data)-pos {
			a.Fail(2, "data string too short")
		}
		pos += m.value(a, f, o, data[pos:])
	}
	L.Push(lua.LNumber(pos + 1))
	return L.GetTop() - base
}

// popSize takes the size of a c0 off the stack, which is the value before it. A
// number that is no size becomes one that no data has.
func popSize(a args, base int) int {
	n, ok := a.Get(-1).(lua.LNumber)
	if !ok || a.GetTop() == base {
		a.Raise("format `c0' needs a previous size")
	}
	a.Pop(1)
	if !(n > -1 && n < math.MaxInt32) {
		return math.MaxInt32
	}
	return int(n)
}

// value pushes what o makes of the start of data, which is long enough, and
// returns the bytes that took.
func (m *module) value(a args, f format, o option, data string) int {
	switch o.letter {
	case 'x':
	case 'f':
		a.Push(lua.LNumber(math.Float32frombits(uint32(unsigned(f, data[:4])))))
	case 'd':
		a.Push(lua.LNumber(math.Float64frombits(unsigned(f, data[:8]))))
	case 's':
		n := strings.IndexByte(data, 0)
		if n < 0 {
			a.Raise("unfinished string in data")
		}
		m.pushString(a, data[:n])
		return n + 1
	case 'c':
		m.pushString(a, data[:o.size])
	default:
		bits := unsigned(f, data[:o.size])
		if !o.signed() {
			a.Push(lua.LNumber(bits))
			break
		}
		if unused := 64 - 8*o.size; unused > 0 {
			a.Push(lua.LNumber(int64(bits<<unused) >> unused))
			break
		}
		a.Push(lua.LNumber(int64(bits)))
	}
	return o.size
}

// pushString pushes a copy of s: it must not keep the data in memory.
func (m *module) pushString(a args, s string) {
	if m.Reserve != nil {
		m.Reserve(a.LState, len(s)+stringCost)
	}
	a.Work(len(s))
	a.Push(lua.LString(strings.Clone(s)))
}

// stringCost is what a string costs beside its bytes in the model of the host.
const stringCost = 24

// unsigned returns the low 64 bits of the integer that is data.
func unsigned(f format, data string) uint64 {
	var bits uint64
	if f.big() {
		for i := range len(data) {
			bits = bits<<8 | uint64(data[i])
		}
		return bits
	}
	for i := len(data) - 1; i >= 0; i-- {
		bits = bits<<8 | uint64(data[i])
	}
	return bits
}
