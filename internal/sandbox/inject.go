package sandbox

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// outputter is implemented by the values of userdata that have a form for payloads
// and fields, such as circular buffers.
type outputter interface {
	// AppendOutput appends the form to dst, and ends early when dst grows beyond
	// limit; 0 is no limit.
	AppendOutput(dst []byte, limit int) []byte
}

// outputLimit is the output limit as an int.
func (s *Sandbox) outputLimit() int { return int(min(s.opts.Limits.Output, math.MaxInt)) }

// full reports whether n bytes do not fit into an output limit.
func (s *Sandbox) full(n int) bool {
	limit := s.opts.Limits.Output
	return limit > 0 && uint(n) >= limit
}

// addToPayload implements add_to_payload.
func (s *Sandbox) addToPayload(L *lua.LState) int {
	if L.GetTop() < 1 {
		argumentError(L, 0, "add_to_payload", "must have at least one argument")
	}
	s.addOutput(L, 1, "add_to_payload")
	return 0
}

// addOutput appends the arguments from first on to the payload.
//
// hot: once per add_to_payload and inject_payload; allocates only to grow the
// buffer.
func (s *Sandbox) addOutput(L *lua.LState, first int, fn string) {
	for i := first; i <= L.GetTop(); i++ {
		before := len(s.out)
		switch v := L.Get(i).(type) {
		case lua.LString:
			if s.full(before + len(v)) {
				raise(L, "output_limit exceeded")
			}
			s.budget.work(L, len(v)/bytesPerInstruction)
			s.out = append(s.out, v...)
		case lua.LNumber:
			s.out = appendNumber(s.out, float64(v))
		case *lua.LNilType:
			s.out = append(s.out, "nil"...)
		case lua.LBool:
			s.out = append(s.out, v.String()...)
		case *lua.LUserData:
			o, ok := v.Value.(outputter)
			if !ok {
				argumentError(L, i, fn, "unknown userdata type")
			}
			s.out = o.AppendOutput(s.out, s.outputLimit())
			s.budget.work(L, (len(s.out)-before)/bytesPerInstruction)
		default:
			argumentError(L, i, fn, "unsupported type")
		}
		if s.full(len(s.out)) {
			s.out = s.out[:before]
			raise(L, "output_limit exceeded")
		}
	}
	u := &s.usage
	u.maxOutput.Store(max(u.maxOutput.Load(), int64(len(s.out))))
}

// injectPayload implements inject_payload.
func (s *Sandbox) injectPayload(L *lua.LState) int {
	typ, name := "txt", ""
	n := L.GetTop()
	if n > 0 {
		if typ = checkString(L, 1, "inject_payload"); typ == "" {
			typ = "txt"
		}
	}
	if n > 1 {
		name = checkString(L, 2, "inject_payload")
		s.addOutput(L, 3, "inject_payload")
	}
	if len(s.out) == 0 {
		return 0
	}
	payload := s.out
	v := s.opts.Host.InjectPayload(typ, name, payload)
	s.emptyOutput()
	if v != Injected {
		raise(L, "inject_payload() %s", v.text())
	}
	return 0
}

// maxKeptOutput is the largest buffer that is kept for the next payload.
const maxKeptOutput = 256 << 10

func (s *Sandbox) emptyOutput() {
	if cap(s.out) > maxKeptOutput {
		s.out = nil
	}
	s.usage.output.Store(int64(len(s.out)))
	s.out = s.out[:0]
}

// injectMessage implements inject_message.
func (s *Sandbox) injectMessage(L *lua.LState) int {
	if L.GetTop() != 1 {
		raise(L, "inject_message() takes a single string or table argument")
	}
	var wire []byte
	switch v := L.Get(1).(type) {
	case lua.LString:
		if v == "" {
			return 0
		}
		wire = []byte(v)
	case *lua.LTable:
		s.out = s.out[:0]
		wire = s.encode(L, v)
	default:
		raise(L, "inject_message() takes a single string or table argument")
	}
	v := s.opts.Host.InjectMessage(wire)
	if cap(s.wire) > maxKeptOutput {
		s.wire = nil
	}
	if v != Injected {
		raise(L, "inject_message() %s", v.text())
	}
	return 0
}
