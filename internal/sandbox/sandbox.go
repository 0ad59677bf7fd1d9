package sandbox

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/box"
	"github.com/hekad/heka/message"
)

// Sandbox is a running script. Its methods are for one goroutine at a time,
// except Stop and Usage, which may be called from any.
type Sandbox struct {
	kind   Kind
	script *Script
	opts   Options
	log    *slog.Logger

	state  *lua.LState // nil once terminated or closed
	budget budget
	lib    library

	process, timer entry

	msg       *message.Message // being processed, or nil
	copied    *message.Message // an encoder's own copy of it, made by its first change
	raw       []byte           // what stands for the message's wire form, if not nil
	nextField int
	names     nameCache
	numbers   box.Numbers // read from messages
	texts     *textCache  // of what is read; made when it is needed
	uuids     *message.UUIDSource
	times     *message.TimeParser

	out       []byte // payload buffer
	wire      []byte // encoded form of a table
	lastError string
	keep      bool // data is preserved although a call failed

	usage usage
}

// entry is a function that the host calls, with the texts that go with it.
type entry struct{ name, prefix string }

// usage is what Usage returns, for any goroutine.
type usage struct {
	memory, maxMemory, instructions, maxInstructions, output, maxOutput atomic.Int64
}

// Usage is what a sandbox uses and has used at most.
type Usage struct {
	// Memory in bytes; the maximum counts from the start, or from the end of
	// the restoration of preserved data.
	Memory, MaxMemory int64
	// Instructions of the last call.
	Instructions, MaxInstructions int64
	// Output is the fill of the payload buffer in bytes.
	Output, MaxOutput int64
}

const (
	callStack     = 20000
	registers     = 1 << 10
	maxRegisters  = 1 << 18
	growRegisters = 1 << 13
)

// maxErrorText bounds the last error in bytes.
const maxErrorText = 2 << 10

// New makes a sandbox and runs the script's body. The script's preserved data is
// restored if there is any; a file that cannot be read is put aside. Errors begin
// with "Init() ".
func New(o Options) (*Sandbox, error) {
	if !layoutKnown {
		return nil, errLayout
	}
	s := &Sandbox{kind: o.Kind, script: o.Script, opts: o, log: o.Log, uuids: message.NewUUIDSource(),
		process: entry{"process_message", "process_message() "}, timer: entry{"timer_event", "timer_event() "}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.Kind.free() {
		s.opts.Limits.Instructions = 0
	}
	s.open()
	s.budget.begin(int64(s.opts.Limits.Instructions))
	if err := s.run(s.script.proto); err != nil {
		s.terminate()
		return nil, fmt.Errorf("Init() %w", err)
	}
	s.settle()
	if err := s.restore(); err != nil {
		s.terminate()
		return nil, fmt.Errorf("Init() %w", err)
	}
	return s, nil
}

// open makes the state with the functions that a script finds at its start.
func (s *Sandbox) open() {
	L := lua.NewState(lua.Options{CallStackSize: callStack, RegistrySize: registers,
		RegistryMaxSize: maxRegisters, RegistryGrowStep: growRegisters, SkipOpenLibs: true, MinimizeStackMemory: true})
	s.state = L
	s.budget.memory = memory{next: math.MaxInt64}
	newMeter(L, &s.budget).drive(L, s.readAtOnce)
	s.openLibraries(L)
	s.openHostFunctions(L)
	m := &s.budget.memory
	m.weigh(L, &s.budget)
	m.base = libraryWeight - m.live
	m.limit = int64(min(s.opts.Limits.Memory, math.MaxInt64/4))
	m.weigh(L, &s.budget)
	m.peak = m.live
}

// run calls a chunk with the sandbox's functions.
func (s *Sandbox) run(p *lua.FunctionProto) error {
	L := s.state
	L.Push(L.NewFunctionFromProto(p))
	return luaError(s.enterState(L, 0, 0))
}

// luaError strips an error of the machine of everything but its message.
func luaError(err error) error {
	if err == nil {
		return nil
	}
	var api *lua.ApiError
	if !errors.As(err, &api) {
		return err
	}
	switch v := api.Object.(type) {
	case lua.LString:
		return errors.New(string(v))
	case lua.LNumber:
		return errors.New(numberText(float64(v)))
	}
	return fmt.Errorf("(error object is a %s value)", api.Object.Type())
}

// ProcessMessage calls process_message for m, which is nil for inputs. m is
// changed by write_message, except by encoders, which change a copy; it must not
// be used by others meanwhile. The status is the script's, or 1 after an error;
// the text is what the script said, or the error, or "".
func (s *Sandbox) ProcessMessage(m *message.Message) (status int, text string) {
	return s.ProcessRaw(m, nil)
}

// ProcessRaw is ProcessMessage for a record that is not decoded yet: raw is what
// read_message("raw") gives.
func (s *Sandbox) ProcessRaw(m *message.Message, raw []byte) (status int, text string) {
	if s.state == nil {
		return 1, s.lastError
	}
	s.msg, s.copied, s.raw, s.nextField = m, nil, raw, 0
	if m != nil && raw == nil && s.kind == Encoder {
		s.raw = m.Wire() // as it is before the script's changes
	}
	status = s.call(&s.process, 2)
	s.msg, s.raw = nil, nil
	return status, s.lastError
}

// Message is the message that the last call of ProcessMessage was given or, if an
// encoder changed it, the copy that it made. It is valid until the next call.
func (s *Sandbox) Message(m *message.Message) *message.Message {
	if s.copied != nil {
		return s.copied
	}
	return m
}

// TimerEvent calls timer_event with a time. The status is 0, or 1 after an error,
// which text tells.
func (s *Sandbox) TimerEvent(now time.Time) (status int, text string) {
	if s.state == nil {
		return 1, s.lastError
	}
	status = s.call(&s.timer, 0, lua.LNumber(now.UnixNano()))
	if status == 0 {
		s.lastError = ""
	}
	return status, s.lastError
}

// call runs a function of the script.
func (s *Sandbox) call(e *entry, results int, args ...lua.LValue) int {
	L := s.state
	fn, ok := L.G.Global.RawGetString(e.name).(*lua.LFunction)
	if !ok {
		s.fail(e.name + "() function was not found")
		return 1
	}
	s.budget.begin(int64(s.opts.Limits.Instructions))
	s.rewind(0)
	L.Push(fn)
	for _, a := range args {
		L.Push(a)
	}
	err := luaError(s.enterState(L, len(args), results))
	if err != nil {
		text := e.prefix + err.Error()
		if strings.HasSuffix(text, "aborted") {
			s.setError(text)
			s.keep = true
			s.settle()
		} else {
			s.fail(text)
		}
		return 1
	}
	status := 0
	if results == 2 {
		status = s.verdict(e, L.Get(-2), L.Get(-1))
		if s.state == nil {
			return 1
		}
	}
	L.SetTop(0)
	s.settle()
	return status
}

// verdict reads what process_message returned.
func (s *Sandbox) verdict(e *entry, status, text lua.LValue) int {
	n, ok := status.(lua.LNumber)
	if !ok {
		s.fail(e.prefix + "must return a numeric status code")
		return 1
	}
	switch t := text.(type) {
	case lua.LString:
		s.setError(string(t))
	case *lua.LNilType:
		s.lastError = ""
	default:
		s.fail(e.prefix + "must return a nil or string error message")
		return 1
	}
	return int(max(min(integer(float64(n)), math.MaxInt32), math.MinInt32))
}

// settle publishes the usage after a call.
func (s *Sandbox) settle() {
	u, m := &s.usage, &s.budget.memory
	if len(m.scale.worn) > 0 {
		m.scale.repair()
	}
	m.peak = max(m.peak, min(m.current(), m.live+m.slack()))
	n := s.budget.count()
	publish(&u.memory, m.current())
	publish(&u.maxMemory, m.peak)
	publish(&u.instructions, n)
	publish(&u.maxInstructions, max(n, u.maxInstructions.Load()))
	publish(&u.output, int64(len(s.out)))
}

// publish stores n unless it is there: a store takes many times as long as a look.
func publish(v *atomic.Int64, n int64) {
	if v.Load() != n {
		v.Store(n)
	}
}

// setError keeps the text of an error.
func (s *Sandbox) setError(text string) {
	if len(text) > maxErrorText {
		text = text[:maxErrorText]
	}
	s.lastError = text
}

// fail ends the sandbox because of an error.
func (s *Sandbox) fail(text string) {
	s.setError(text)
	s.settle()
	s.terminate()
}

// terminate lets go of the state.
func (s *Sandbox) terminate() {
	if s.state != nil {
		s.state.Close()
	}
	s.state = nil
	s.names, s.texts = nameCache{}, nil
	s.usage.memory.Store(0)
}

// Terminated reports whether the script can no longer be called.
func (s *Sandbox) Terminated() bool { return s.state == nil }

// LastError is what the last call said, or why the sandbox was terminated.
func (s *Sandbox) LastError() string { return s.lastError }

// Usage returns what the sandbox uses.
func (s *Sandbox) Usage() Usage {
	u := &s.usage
	return Usage{u.memory.Load(), u.maxMemory.Load(), u.instructions.Load(), u.maxInstructions.Load(),
		u.output.Load(), u.maxOutput.Load()}
}

// Stop makes a running script, and every later call, fail with "shutting down" at
// its next instruction but a few thousand.
func (s *Sandbox) Stop() { s.budget.stop.Store(true) }

// Close preserves the script's data, unless the sandbox was terminated, and lets
// go of it. Errors begin with "Destroy() ".
func (s *Sandbox) Close() error {
	if s.state == nil {
		return nil
	}
	err := s.preserve()
	s.terminate()
	if err != nil {
		return fmt.Errorf("Destroy() %w", err)
	}
	return nil
}
