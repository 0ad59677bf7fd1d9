package sandbox

import (
	"errors"

	lua "github.com/yuin/gopher-lua"
)

// What values weigh, in bytes, about as in the original Lua, so that limits keep
// their meaning.
const (
	stringWeight   = 24
	tableWeight    = 56
	slotWeight     = 16
	entryWeight    = 40
	closureWeight  = 48
	userdataWeight = 40
	opWeight       = 12
	threadWeight   = 1 << 10
)

// libraryWeight is what the libraries weigh in the original Lua; it takes the
// place of what ours weigh.
const libraryWeight = 25000

// maxString is the longest string that a script can make even without a memory
// limit, since a request that the machine refuses would end the program.
const maxString = 1 << 30

// memory accounts for what a script holds. The collector does not say what is
// alive, so growth is estimated where it happens, and when the estimate has come
// far from the last known value, what can be reached is weighed anew. The estimate
// counts garbage, the weight does not: only a weight above the limit is an error.
type memory struct {
	limit int64 // 0 is none
	base  int64 // added to every weight
	live  int64 // at the last weighing
	fresh int64 // estimated since
	next  int64 // value of fresh at which to weigh
	peak  int64
	scale scale
}

// current is the memory in use, at most.
func (m *memory) current() int64 { return m.live + m.fresh }

// grow charges a small allocation.
//
// hot: once per allocating instruction.
func (m *memory) grow(L *lua.LState, b *budget, bytes int) {
	if m.fresh += int64(bytes); m.fresh > m.next {
		m.weigh(L, b)
		if m.limit > 0 && m.live > m.limit {
			L.Error(lua.LString(errMemory), 0)
		}
	}
}

// need charges an allocation that may be large before it is made.
func (m *memory) need(L *lua.LState, b *budget, bytes int) {
	if err := m.allow(L, b, bytes); err != nil {
		L.Error(lua.LString(errMemory), 0)
	}
}

var errNoMemory = errors.New(errMemory)

// allow is need with the error as a result.
func (m *memory) allow(L *lua.LState, b *budget, bytes int) error {
	n := int64(bytes)
	if n > maxString {
		return errNoMemory
	}
	if m.limit > 0 && m.live+m.fresh+n > m.limit && n > m.slack() {
		if m.weigh(L, b); m.live+n > m.limit {
			return errNoMemory
		}
	}
	if m.fresh += n; m.fresh > m.next {
		if m.weigh(L, b); m.limit > 0 && m.live > m.limit {
			return errNoMemory
		}
		m.fresh += n // it is not there yet
	}
	return nil
}

// index charges the assignment of t[key]. The machine fills the room up to a key
// within its array limit.
func (m *memory) index(L *lua.LState, b *budget, t *lua.LTable, key float64) {
	n := float64(len(viewTable(t).array))
	switch {
	case key <= n && key >= 1:
	case key == n+1:
		m.grow(L, b, slotWeight)
	case key > n && key < float64(lua.MaxArrayIndex):
		gap := int(key - n)
		if gap > bytesPerInstruction {
			b.left -= int64(gap / bytesPerInstruction)
		}
		m.need(L, b, slotWeight*gap)
	default:
		m.grow(L, b, entryWeight)
	}
}

// slack is the growth that is always left between two weighings, so that a script
// at its limit does not spend its time on them.
func (m *memory) slack() int64 { return max(m.limit/16, 1<<10) }

// freeVisits is how many values are weighed for nothing.
const freeVisits = 1000

// weigh finds out what is alive and charges the work.
func (m *memory) weigh(L *lua.LState, b *budget) {
	weight, visited := m.scale.weigh(L)
	weight += m.base
	m.live, m.fresh = weight, 0
	m.next = max(weight, 64<<10)
	if m.limit > 0 {
		m.next = max(min(m.next, m.limit-weight), m.slack())
	}
	m.peak = max(m.peak, weight)
	b.left -= int64(max(visited-freeVisits, 0) / 4)
}
