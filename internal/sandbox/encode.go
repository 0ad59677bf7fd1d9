package sandbox

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/message"
)

// Tags of the wire form of a message: field number << 3 | wire type.
const (
	tagUUID       = 1<<3 | 2
	tagTimestamp  = 2 << 3
	tagType       = 3<<3 | 2
	tagLogger     = 4<<3 | 2
	tagSeverity   = 5 << 3
	tagPayload    = 6<<3 | 2
	tagEnvVersion = 7<<3 | 2
	tagPid        = 8 << 3
	tagHostname   = 9<<3 | 2
	tagFields     = 10<<3 | 2

	tagName           = 1<<3 | 2
	tagValueType      = 2 << 3
	tagRepresentation = 3<<3 | 2
	tagValueString    = 4<<3 | 2
	tagValueBytes     = 5<<3 | 2
	tagInteger        = 6 << 3
	tagIntegers       = 6<<3 | 2
	tagDouble         = 7<<3 | 1
	tagDoubles        = 7<<3 | 2
	tagBool           = 8 << 3
	tagBools          = 8<<3 | 2
)

// encoding is the making of a message from a table. The bytes lie in the
// sandbox's buffer.
type encoding struct {
	L *lua.LState
	s *Sandbox
	b []byte
}

// encode makes the wire form of a message table. The result is valid until the
// next call.
//
// hot: once per message that a script makes; allocates only to grow the buffer.
func (s *Sandbox) encode(L *lua.LState, t *lua.LTable) []byte {
	e := encoding{L, s, s.wire[:0]}
	e.uuid(t)
	e.timestamp(t)
	e.header(t, "Type", tagType)
	e.header(t, "Logger", tagLogger)
	e.numeric(t, "Severity", tagSeverity)
	e.header(t, "Payload", tagPayload)
	e.header(t, "EnvVersion", tagEnvVersion)
	e.numeric(t, "Pid", tagPid)
	e.header(t, "Hostname", tagHostname)
	if f, ok := e.member(t, "Fields").(*lua.LTable); ok {
		e.fields(f)
	}
	e.check()
	s.budget.work(L, len(e.b)/bytesPerInstruction)
	s.wire = e.b
	s.usage.maxOutput.Store(max(s.usage.maxOutput.Load(), int64(len(e.b))))
	return e.b
}

// member is a key of a table, found as a script would find it.
func (e *encoding) member(t *lua.LTable, key string) lua.LValue {
	if v := t.RawGetString(key); v != lua.LNil || t.Metatable == lua.LNil {
		return v
	}
	return e.L.GetField(t, key)
}

// fail ends the encoding for a reason.
func (e *encoding) fail(reason string) {
	raise(e.L, "inject_message() could not encode protobuf - %s", reason)
}

// check enforces the output limit; it is called as the message grows.
func (e *encoding) check() {
	if e.s.full(len(e.b)) {
		raise(e.L, "inject_message() output_limit exceeded")
	}
}

func (e *encoding) uuid(t *lua.LTable) {
	e.b = append(e.b, tagUUID, 16)
	if u, ok := e.member(t, "Uuid").(lua.LString); ok && len(u) == 16 {
		e.b = append(e.b, u...)
		return
	}
	u := e.s.uuids.New()
	e.b = append(e.b, u[:]...)
}

func (e *encoding) timestamp(t *lua.LTable) {
	ns := int64(0)
	if x, ok := number(e.member(t, "Timestamp")); ok {
		ns = integer(x)
	} else {
		ns = time.Now().UnixNano()
	}
	e.b = binary.AppendUvarint(append(e.b, tagTimestamp), uint64(ns))
}

func (e *encoding) header(t *lua.LTable, key string, tag byte) {
	if v, ok := text(e.member(t, key)); ok {
		e.text(tag, v)
	}
}

func (e *encoding) numeric(t *lua.LTable, key string, tag byte) {
	if x, ok := number(e.member(t, key)); ok {
		e.b = binary.AppendUvarint(append(e.b, tag), uint64(integer(x)))
	}
}

func (e *encoding) text(tag byte, v string) {
	if e.s.full(len(e.b) + len(v)) {
		raise(e.L, "inject_message() output_limit exceeded")
	}
	e.b = binary.AppendUvarint(append(e.b, tag), uint64(len(v)))
	e.b = append(e.b, v...)
}

// fields appends all fields, in the array or the hash form.
func (e *encoding) fields(t *lua.LTable) {
	if _, ok := t.RawGetInt(1).(*lua.LTable); ok {
		for i := 1; ; i++ {
			f, ok := t.RawGetInt(i).(*lua.LTable)
			if !ok {
				return
			}
			name, ok := text(e.member(f, "name"))
			if !ok {
				e.fail("field name must be a string")
			}
			e.field(name, f)
		}
	}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name, ok := text(k)
		if !ok {
			e.fail("field name must be a string")
		}
		e.field(name, v)
	}
}

// field appends one field.
func (e *encoding) field(name string, v lua.LValue) {
	e.b = append(e.b, tagFields, 0)
	start := len(e.b)
	e.text(tagName, name)
	f := field{given: -1}
	e.object(&f, v, 0)
	e.value(&f)
	e.setLength(start)
	e.check()
	e.s.budget.work(e.L, 1)
}

// setLength stores the length of the element that begins at start in front of
// it, where one byte is left for it; a longer length moves the element up.
func (e *encoding) setLength(start int) {
	size := len(e.b) - start
	if size < 0x80 {
		e.b[start-1] = byte(size)
		return
	}
	var room [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(room[:], uint64(size))
	e.b = append(e.b, room[1:n]...)
	copy(e.b[start-1+n:], e.b[start:start+size])
	copy(e.b[start-1:], room[:n])
}

// field is what a table says about a field.
type field struct {
	value  lua.LValue
	rep    lua.LValue
	given  int64 // value_type, -1 is none
	values *lua.LTable
}

// maxObjects bounds how deep objects may lie in one another.
const maxObjects = 16

// object finds the value, representation and value_type of a field.
func (e *encoding) object(f *field, v lua.LValue, depth int) {
	t, ok := v.(*lua.LTable)
	if !ok {
		f.value = v
		return
	}
	switch first := t.RawGetInt(1); first.Type() {
	case lua.LTString, lua.LTNumber, lua.LTBool:
		f.values, f.value = t, first
		return
	case lua.LTNil:
	default:
		e.fail("unsupported array type: " + first.Type().String())
	}
	if depth > maxObjects {
		e.fail("unsupported type: table")
	}
	if r, ok := e.member(t, "representation").(lua.LString); ok {
		f.rep = r
	}
	if n, ok := e.member(t, "value_type").(lua.LNumber); ok {
		f.given = integer(float64(n))
	}
	e.object(f, e.member(t, "value"), depth+1)
}

// value appends the members of a field behind its name.
func (e *encoding) value(f *field) {
	typ := int64(0)
	var output []byte
	switch v := f.value.(type) {
	case lua.LString:
		if typ = max(f.given, 0); typ > 1 {
			e.fail("invalid string value_type: " + strconv.FormatInt(f.given, 10))
		}
	case lua.LNumber:
		if typ = f.given; typ < 0 {
			typ = int64(message.Double)
		}
		if typ != int64(message.Integer) && typ != int64(message.Double) {
			e.fail("invalid numeric value_type: " + strconv.FormatInt(f.given, 10))
		}
	case lua.LBool:
		if typ = int64(message.Bool); f.given >= 0 && f.given != typ {
			e.fail("invalid boolean value_type: " + strconv.FormatInt(f.given, 10))
		}
	case *lua.LUserData:
		o, ok := v.Value.(outputter)
		if !ok {
			e.fail("user data object does not implement lsb_output")
		}
		output = o.AppendOutput(nil, e.s.outputLimit())
		typ = int64(message.Bytes)
	default:
		e.fail("unsupported type: " + f.value.Type().String())
	}
	if typ != 0 {
		e.b = append(e.b, tagValueType, byte(typ))
	}
	if r, ok := f.rep.(lua.LString); ok {
		e.text(tagRepresentation, string(r))
	}
	switch {
	case output != nil || f.value.Type() == lua.LTUserData:
		e.text(tagValueBytes, message.View(output))
	case f.values == nil:
		e.one(f.value, message.ValueType(typ))
	default:
		e.many(f.values, f.value.Type(), message.ValueType(typ))
	}
}

// one appends a single value.
func (e *encoding) one(v lua.LValue, typ message.ValueType) {
	switch v := v.(type) {
	case lua.LString:
		e.text(textTag(typ), string(v))
	case lua.LNumber:
		if typ == message.Integer {
			e.b = append(e.b, tagInteger)
		} else {
			e.b = append(e.b, tagDouble)
		}
		e.number(float64(v), typ)
	case lua.LBool:
		e.b = append(e.b, tagBool, boolByte(v))
	}
}

func textTag(typ message.ValueType) byte {
	if typ == message.Bytes {
		return tagValueBytes
	}
	return tagValueString
}

func (e *encoding) number(x float64, typ message.ValueType) {
	if typ == message.Integer {
		e.b = binary.AppendUvarint(e.b, uint64(integer(x)))
		return
	}
	e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(x))
}

func boolByte(b lua.LBool) byte {
	if b {
		return 1
	}
	return 0
}

// many appends the values of an array; more than one number or boolean is packed.
func (e *encoding) many(t *lua.LTable, want lua.LValueType, typ message.ValueType) {
	n := t.Len()
	if n == 1 {
		e.one(t.RawGetInt(1), typ)
		return
	}
	start := 0
	switch typ {
	case message.Integer:
		e.b = append(e.b, tagIntegers, 0)
	case message.Double:
		e.b = append(e.b, tagDoubles, 0)
	case message.Bool:
		e.b = append(e.b, tagBools, 0)
	}
	start = len(e.b)
	for i := 1; i <= n; i++ {
		v := t.RawGetInt(i)
		if v.Type() != want {
			e.fail("array has mixed types")
		}
		switch v := v.(type) {
		case lua.LString:
			e.text(textTag(typ), string(v))
		case lua.LNumber:
			e.number(float64(v), typ)
		case lua.LBool:
			e.b = append(e.b, boolByte(v))
		}
		if i&0xff == 0 {
			e.check()
			e.s.budget.work(e.L, 32)
		}
	}
	if typ > message.Bytes {
		e.setLength(start)
	}
}
