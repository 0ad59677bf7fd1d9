package sandbox

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/message"
)

// readMessage implements read_message.
//
// hot: several times per message.
func (s *Sandbox) readMessage(L *lua.LState) int {
	n := L.GetTop()
	if n < 1 || n > 3 {
		raise(L, "read_message() incorrect number of arguments")
	}
	name, ok := L.Get(1).(lua.LString)
	if !ok {
		name = lua.LString(checkString(L, 1, "read_message"))
	}
	instance, index := 0, 0
	if n > 1 {
		instance = checkIndex(L, 2, "read_message", "field")
		index = checkIndex(L, 3, "read_message", "array")
	}
	if s.msg == nil {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(s.read(L, s.names.lookup(string(name)), instance, index))
	return 1
}

// readAtOnce executes a call of read_message with one argument and one result, for
// which there is no need of a frame on the machine's stack. regs are the registers
// of the calling function.
//
// hot: once per call that a script makes.
func (s *Sandbox) readAtOnce(L *lua.LState, regs []lua.LValue, inst uint32) bool {
	const oneEach = 2<<9 | 2 // the counts of arguments and results, plus one each
	if inst&(1<<18-1) != oneEach || s.msg == nil {
		return false
	}
	at := inst >> 18 & 0xff
	if fn, ok := regs[at].(*lua.LFunction); !ok || fn != s.lib.readMessage {
		return false
	}
	name, ok := regs[at+1].(lua.LString)
	if ok {
		regs[at] = s.read(L, s.names.lookup(string(name)), 0, 0)
	}
	return ok
}

// read returns what a name stands for in the message at hand.
func (s *Sandbox) read(L *lua.LState, name *nameSlot, instance, index int) lua.LValue {
	m := s.msg
	switch name.what {
	case headerField:
		if f := m.FindField(name.field, instance); f != nil {
			return s.readField(L, f, index)
		}
		return lua.LNil
	case headerType:
		return s.readText(L, m.Type())
	case headerLogger:
		return s.readText(L, m.Logger())
	case headerPayload:
		return s.readText(L, m.Payload())
	case headerHostname:
		return s.readText(L, m.Hostname())
	case headerEnvVersion:
		return s.readText(L, m.EnvVersion())
	case headerUUID:
		return s.readText(L, m.UUIDText())
	case headerTimestamp:
		if m.HasTimestamp() {
			return s.numbers.Value(float64(m.Timestamp()))
		}
	case headerSeverity:
		if m.Has("Severity") {
			return s.numbers.Int(int64(m.Severity()))
		}
	case headerPid:
		if m.Has("Pid") {
			return s.numbers.Int(int64(m.Pid()))
		}
	case headerRaw:
		if raw := s.wireForm(); raw != nil {
			return s.newString(L, message.View(raw))
		}
	}
	return lua.LNil
}

// wireForm is the message's encoded form, an encoder's before its changes; nil if
// there is none.
func (s *Sandbox) wireForm() []byte {
	if s.raw != nil || s.kind == Encoder {
		return s.raw
	}
	return s.msg.Wire()
}

func (s *Sandbox) readText(L *lua.LState, text string) lua.LValue {
	if text == "" {
		return emptyString
	}
	v, fresh := s.luaText(text)
	if fresh {
		s.budget.memory.grow(L, &s.budget, stringWeight+len(text))
	}
	return v
}

func (s *Sandbox) readField(L *lua.LState, f *message.Field, index int) lua.LValue {
	switch f.Type() {
	case message.String, message.Bytes:
		text, ok := f.Text(index)
		if !ok || text == "" && f.Type() == message.Bytes {
			return lua.LNil
		}
		return s.readText(L, text)
	case message.Integer:
		if n, ok := f.Integer(index); ok {
			return s.numbers.Int(n)
		}
	case message.Double:
		if x, ok := f.Double(index); ok {
			return s.numbers.Value(x)
		}
	case message.Bool:
		if b, ok := f.Bool(index); ok {
			return lua.LBool(b)
		}
	}
	return lua.LNil
}

// readNextField implements read_next_field.
func (s *Sandbox) readNextField(L *lua.LState) int {
	if L.GetTop() != 0 {
		raise(L, "read_next_field() takes no arguments")
	}
	if s.msg == nil || s.nextField >= s.msg.NumFields() {
		for range 5 {
			L.Push(lua.LNil)
		}
		return 5
	}
	f := s.msg.Field(s.nextField)
	s.nextField++
	L.Push(s.numbers.Int(int64(f.Type())))
	L.Push(s.newString(L, f.Name()))
	L.Push(s.readField(L, f, 0))
	L.Push(s.newString(L, f.Representation()))
	L.Push(s.numbers.Int(int64(f.Len())))
	return 5
}

var emptyString lua.LValue = lua.LString("")
