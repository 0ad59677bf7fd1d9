package lpeg

import (
	"context"
	"math"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/box"
)

// Limits of one match.
const (
	defaultStack = 10000   // entries of the backtrack stack, unless setmaxstack says otherwise
	mostStack    = 1 << 22 // the most that setmaxstack can allow
	maxCaptures  = 1 << 21 // captures recorded at any time
	maxValues    = 1 << 21 // values held while captures are evaluated
	maxNesting   = 1 << 15 // captures inside one another
	maxText      = 1 << 26 // bytes of a string that captures build
)

// pollSteps is the number of steps between two looks at the context of the Lua
// state. A jump of the machine is a step, and so is a failure, a capture that is
// evaluated, and every 32 to 64 bytes that one instruction steps over. Looking
// means to call the Done method of the context once, so that a context that
// counts the instructions of a script by its calls counts the work here too.
const pollSteps = 64

// nodeSteps is the number of steps that work on a node of a pattern counts as.
const nodeSteps = 16

// A Meter is a context of a Lua state that also accounts for memory. If the
// context of the state implements it, patterns and captured values are reported
// to it as they are made, in batches. An error ends the match, or the making of
// the pattern; its text becomes the Lua error.
type Meter interface {
	// Alloc accounts for an estimated number of bytes, at least one.
	Alloc(bytes int) error
}

// frame is an entry of the backtrack stack: a choice, or the return address of
// a call, whose pos is negative.
type frame struct {
	pc    int32
	pos   int32
	ncaps int32 // number of captures to be kept
	open  int32 // innermost capture that is open, or -1
}

// mark is a capture found by the match. The marks stand in the order in which
// the captures begin, so what is inside a capture follows it directly.
type mark struct {
	start  int32
	end    int32
	next   int32 // index of the first mark that is not inside; 0 while open
	parent int32 // mark around this one, or -1
	ref    int32 // index of the program's capture, or ^index of a runtime value
}

// machine is the state of one match. It is used by one call of match at a time;
// calls made by functions of the pattern have their own.
type machine struct {
	lib     *library
	l       *lua.LState
	ctx     context.Context // may be nil
	meter   Meter           // may be nil
	prog    *program
	s       string
	subject lua.LValue // s
	nargs   int        // arguments of match

	stack   []frame
	limit   int          // of the stack
	marks   []mark       // captures so far
	given   []lua.LValue // values given by functions during the match
	vals    []lua.LValue // values of captures being evaluated
	peak    int          // the most of them before some were dropped
	text    []byte       // strings being built
	boxes   box.Strings  // for parts of the subject
	fuel    int          // steps until the next look at the context
	nesting int
	cost    int // bytes not yet reported to the meter
}

var machines = sync.Pool{New: func() any { return &machine{stack: make([]frame, 32)} }}

// newMachine gets a machine for a call of match on l.
func (lib *library) newMachine(l *lua.LState, p *program) *machine {
	m := machines.Get().(*machine)
	m.lib, m.l, m.prog, m.limit = lib, l, p, lib.stack
	m.ctx, m.fuel = l.Context(), math.MaxInt
	if m.ctx != nil {
		m.fuel = pollSteps
		m.meter, _ = m.ctx.(Meter)
	}
	return m
}

// release gives the machine back. A match that ends with a Lua error does not
// come here; its machine is left to the collector.
func (m *machine) release() {
	if m.cost > 0 && m.meter != nil {
		m.report()
	}
	clear(m.vals[:max(m.peak, len(m.vals))])
	clear(m.given)
	if len(m.stack) > 1<<12 || cap(m.marks) > 1<<12 || cap(m.vals) > 1<<12 || cap(m.text) > 1<<16 {
		return
	}
	*m = machine{stack: m.stack, marks: m.marks[:0], given: m.given[:0], vals: m.vals[:0], text: m.text[:0]}
	machines.Put(m)
}

// poll lets whoever controls the state stop it, once for each pollSteps that are
// overdue.
func (m *machine) poll() {
	if m.ctx == nil {
		m.fuel = math.MaxInt
	}
	for ; m.fuel < 0; m.fuel += pollSteps {
		select {
		case <-m.ctx.Done():
			m.l.Error(lua.LString(m.ctx.Err().Error()), 0)
		default:
		}
	}
}

// refuel polls and returns the steps until the next poll.
func (m *machine) refuel(fuel int) int {
	m.fuel = fuel
	m.poll()
	return m.fuel
}

// spend counts steps.
func (m *machine) spend(steps int) {
	if m.fuel -= steps; m.fuel < 0 {
		m.poll()
	}
}

// charge accounts for memory.
func (m *machine) charge(bytes int) {
	if m.cost += bytes; m.cost > 1<<13 && m.meter != nil {
		m.report()
	}
}

func (m *machine) report() {
	bytes := m.cost
	m.cost = 0
	if err := m.meter.Alloc(bytes); err != nil {
		m.l.Error(lua.LString(err.Error()), 0)
	}
}

// grow makes room on a full stack.
func (m *machine) grow(full []frame) []frame {
	n := len(full)
	if n >= m.limit {
		m.l.RaiseError("too many pending calls/choices")
	}
	m.charge(16 * n)
	m.stack = make([]frame, min(2*n, m.limit))
	copy(m.stack, full)
	return m.stack
}

// room makes room for more marks.
func (m *machine) room(marks []mark) []mark {
	n := max(32, cap(marks))
	if n >= maxCaptures {
		m.l.RaiseError("too many captures")
	}
	m.charge(20 * n)
	m.marks = append(make([]mark, 0, 2*n), marks...)
	return m.marks
}
