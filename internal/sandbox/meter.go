package sandbox

import (
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// budget is what one call of a script may use, shared by the state and its
// coroutines.
type budget struct {
	left    int64 // instructions until the next pause
	granted int64 // value of left after the last pause
	used    int64 // instructions of this call before the last pause
	limit   int64 // instructions of a call, 0 is any number
	tripped string
	stop    atomic.Bool
	memory  memory
}

// slice is how many instructions pass between two looks at the stop flag.
const slice = 4096

// begin starts a call with a limit; 0 is none.
func (b *budget) begin(limit int64) {
	b.used, b.limit, b.tripped = 0, limit, ""
	b.grant()
}

func (b *budget) grant() {
	b.granted = slice
	if b.limit > 0 {
		b.granted = min(slice, b.limit-b.used)
	}
	b.left = b.granted
}

// count is the number of instructions of the call so far.
func (b *budget) count() int64 { return b.used + b.granted - max(b.left, 0) }

// work charges instructions for what a library function did or is about to do.
func (b *budget) work(L *lua.LState, instructions int) {
	if b.left -= int64(instructions); b.left < 0 {
		b.pause(L)
	}
}

// bytesPerInstruction is how much text a library function handles for the price
// of an instruction.
const bytesPerInstruction = 1 << 10

// pause is called when a slice is used up. It raises the error of a limit, again
// and again until the call has ended: no pcall can get past it.
func (b *budget) pause(L *lua.LState) {
	b.used += b.granted - b.left
	b.granted, b.left = 0, 0
	switch {
	case b.tripped != "":
	case b.stop.Load():
		b.tripped = errStopped
	case b.limit > 0 && b.used > b.limit:
		b.used, b.tripped = b.limit, errInstructions
	default:
		b.grant()
		return
	}
	L.Error(lua.LString(b.tripped), 0)
}

// Texts that end a call.
const (
	errInstructions = "instruction_limit exceeded"
	errStopped      = "shutting down"
	errMemory       = "not enough memory"
)

// meter is the context of a state or coroutine. Before every instruction it
// counts, stops, and looks at what the instruction will allocate: in its own loop
// for the state, and for a coroutine, which runs in the loop of the machine, in
// Done, since the machine asks its context each time. Nothing is ever sent on the
// channel: limits are raised as errors from within Done.
type meter struct {
	*budget
	state *lua.LState
	view  *stateView
	loop  func(*lua.LState, *frameView) // the machine's own
	read  func(L *lua.LState, regs []lua.LValue, inst uint32) bool
}

func newMeter(L *lua.LState, b *budget) *meter {
	return &meter{budget: b, state: L, view: viewState(L)}
}

// drive makes m the context of the state L, and its loop the one that L runs in.
// read may execute instructions that call a function, and says whether it did.
func (m *meter) drive(L *lua.LState, read func(L *lua.LState, regs []lua.LValue, inst uint32) bool) {
	m.read = read
	L.SetContext(m)
	m.loop, m.view.loop = m.view.loop, m.run
}

// run executes instructions until the function of the innermost frame, which is
// base, or nil at the very beginning, has returned.
//
// hot: a turn of its loop is an instruction of a script.
func (m *meter) run(L *lua.LState, base *frameView) {
	v, b := m.view, m.budget
	if v.frame.fn.IsG {
		m.loop(L, base)
		return
	}
	for {
		f := v.frame
		inst := f.fn.Proto.Code[f.pc]
		f.pc++
		if b.left--; b.left < 0 {
			b.pause(L)
		}
		if f.index > maxFrames {
			L.RaiseError("stack overflow")
		}
		op := int(inst >> 26)
		if growing>>op&1 != 0 {
			m.watch(f, inst)
		} else if op == lua.OP_CALL && m.read(L, v.reg.array[f.localBase:], inst) {
			continue
		}
		if instructions[op](L, inst, base) == 1 {
			return
		}
	}
}

// maxFrames is how many calls may be open in one another: fewer than the machine
// can hold, since its own error about that is not fit to be caught.
const maxFrames = callStack - 64

// Operations that allocate, by their numbers in the machine.
const growing = 1<<lua.OP_CONCAT | 1<<lua.OP_NEWTABLE | 1<<lua.OP_CLOSURE | 1<<lua.OP_SETTABLE |
	1<<lua.OP_SETTABLEKS | 1<<lua.OP_SETGLOBAL | 1<<lua.OP_SETLIST

// Done implements context.Context.
//
// hot: once per instruction of a coroutine, and for the work of library functions.
func (m *meter) Done() <-chan struct{} {
	b := m.budget
	if b.left--; b.left < 0 {
		b.pause(m.state)
	}
	f := m.view.frame
	if f.fn.Proto == nil {
		return nil // a library function polls
	}
	if f.index > maxFrames {
		m.state.RaiseError("stack overflow")
	}
	if inst := f.fn.Proto.Code[f.pc-1]; growing>>(inst>>26)&1 != 0 {
		m.watch(f, inst)
	}
	return nil
}

// watch charges the memory that an instruction is about to allocate.
//
// hot: once per allocating instruction.
func (m *meter) watch(f *frameView, inst uint32) {
	a, bb, c := int(inst>>18)&0xff, int(inst&0x1ff), int(inst>>9)&0x1ff
	switch int(inst >> 26) {
	case lua.OP_CONCAT:
		regs := m.view.reg.array[f.localBase+bb : f.localBase+c+1]
		size := operands(regs)
		m.memory.need(m.state, m.budget, stringWeight+size)
		if size > bytesPerInstruction {
			m.left -= int64(size / bytesPerInstruction)
		}
	case lua.OP_NEWTABLE:
		m.memory.grow(m.state, m.budget, tableWeight+slotWeight*bb+entryWeight*c)
	case lua.OP_CLOSURE:
		m.memory.grow(m.state, m.budget, closureWeight)
	case lua.OP_SETTABLE:
		regs := m.view.reg.array
		var key lua.LValue
		if bb >= 0x100 { // a constant
			key = f.fn.Proto.Constants[bb&0xff]
		} else {
			key = regs[f.localBase+bb]
		}
		t, ok := regs[f.localBase+a].(*lua.LTable)
		if n, isNumber := key.(lua.LNumber); ok && isNumber {
			m.memory.index(m.state, m.budget, t, float64(n))
			return
		}
		m.memory.grow(m.state, m.budget, entryWeight)
	case lua.OP_SETTABLEKS, lua.OP_SETGLOBAL:
		m.memory.grow(m.state, m.budget, entryWeight)
	case lua.OP_SETLIST:
		m.memory.grow(m.state, m.budget, slotWeight*max(bb, 50))
	}
}

// operands returns the bytes that the result of a concatenation takes at most.
// Numbers among texts become the texts that tostring makes of them, since the
// machine would write them with more digits.
func operands(regs []lua.LValue) (size int) {
	numbers, others := 0, 0
	for _, v := range regs {
		switch v := v.(type) {
		case lua.LString:
			size += len(v)
		case lua.LNumber:
			numbers++
			size += 24
		default:
			others++
			size += 24
		}
	}
	if numbers == 0 || others > 0 {
		return size
	}
	for i, v := range regs {
		if n, ok := v.(lua.LNumber); ok {
			regs[i] = lua.LString(numberText(float64(n)))
		}
	}
	return size
}

// Err implements context.Context; Done never says that there is one.
func (m *meter) Err() error { return nil }

// Deadline implements context.Context.
func (m *meter) Deadline() (time.Time, bool) { return time.Time{}, false }

// Value implements context.Context.
func (m *meter) Value(any) any { return nil }

// Alloc charges bytes that a Lua module written in Go is about to allocate for
// the script. Modules find it through the state's context. An error says that
// the limit does not allow them, and should be raised in the script without a
// position.
func (m *meter) Alloc(bytes int) error { return m.memory.allow(m.state, m.budget, bytes) }
