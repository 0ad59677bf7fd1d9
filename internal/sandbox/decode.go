package sandbox

import (
	"encoding/binary"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// decodeMessage implements decode_message.
func (s *Sandbox) decodeMessage(L *lua.LState) int {
	wire, ok := "", L.GetTop() == 1
	if ok {
		wire, ok = text(L.Get(1))
	}
	if !ok {
		argumentError(L, 0, "decode_message", "must have one string argument")
	}
	if len(wire) < 20 {
		raise(L, "invalid message, too short")
	}
	s.room(L, len(wire))
	d := decoding{L: L, s: s, b: wire}
	L.Push(d.message())
	return 1
}

// decoding is the strict reading of a message's wire form into a table.
type decoding struct {
	L   *lua.LState
	s   *Sandbox
	b   string
	pos int
	// The member being read, for errors: in a field, that of the message.
	tag, wireType uint64
	start         int
}

// bad raises the error about the member at hand.
func (d *decoding) bad() {
	raise(d.L, "error in tag: %d wiretype: %d offset: %d", d.tag, d.wireType, d.start)
}

// varint reads a varint before end.
func (d *decoding) varint(end int) uint64 {
	var v uint64
	for shift := 0; shift < 70 && d.pos < end; shift += 7 {
		c := d.b[d.pos]
		d.pos++
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
	d.bad()
	return 0
}

// text reads a length and as many bytes.
func (d *decoding) text(end int) string {
	size := d.varint(end)
	if size > uint64(end-d.pos) {
		d.bad()
	}
	v := d.b[d.pos : d.pos+int(size)]
	d.pos += int(size)
	return v
}

// want checks the wire type of a member.
func (d *decoding) want(got, want uint64) {
	if got != want {
		d.bad()
	}
}

var textHeaders = [...]string{3: "Type", 4: "Logger", 6: "Payload", 7: "EnvVersion", 9: "Hostname"}
var numberHeaders = [...]string{2: "Timestamp", 5: "Severity", 8: "Pid"}

func (d *decoding) message() *lua.LTable {
	t := d.L.CreateTable(0, 10)
	fields := d.L.CreateTable(0, 0)
	for d.pos < len(d.b) {
		d.start = d.pos
		d.tag, d.wireType = uint64(d.b[d.pos])>>3, uint64(d.b[d.pos])&7
		d.pos++
		switch d.tag {
		case 1:
			d.want(d.wireType, 2)
			u := d.text(len(d.b))
			if len(u) != 16 {
				d.bad()
			}
			t.RawSetString("Uuid", d.s.newString(d.L, u))
		case 2, 5, 8:
			d.want(d.wireType, 0)
			t.RawSetString(numberHeaders[d.tag], lua.LNumber(int64(d.varint(len(d.b)))))
		case 3, 4, 6, 7, 9:
			d.want(d.wireType, 2)
			t.RawSetString(textHeaders[d.tag], d.s.newString(d.L, d.text(len(d.b))))
		case 10:
			d.want(d.wireType, 2)
			size := d.varint(len(d.b))
			if size > uint64(len(d.b)-d.pos) {
				d.bad()
			}
			fields.Append(d.field(d.pos + int(size)))
		default:
			d.bad()
		}
	}
	if fields.Len() > 0 {
		t.RawSetString("Fields", fields)
	}
	found := func(key string) string {
		if t.RawGetString(key) == lua.LNil {
			return "not found"
		}
		return "found"
	}
	if u, at := found("Uuid"), found("Timestamp"); u != "found" || at != "found" {
		raise(d.L, "missing required field uuid: %s timestamp: %s", u, at)
	}
	return t
}

// field reads a field that ends at end.
func (d *decoding) field(end int) *lua.LTable {
	m := &d.s.budget.memory
	m.grow(d.L, &d.s.budget, 2*tableWeight+4*entryWeight)
	t, values := d.L.CreateTable(0, 4), d.L.CreateTable(1, 0)
	for d.pos < end {
		tag, wireType := d.b[d.pos]>>3, uint64(d.b[d.pos]&7)
		d.pos++
		switch tag {
		case 1:
			d.want(wireType, 2)
			t.RawSetString("name", d.s.newString(d.L, d.text(end)))
		case 2:
			d.want(wireType, 0)
			t.RawSetString("value_type", lua.LNumber(int64(d.varint(end))))
		case 3:
			d.want(wireType, 2)
			t.RawSetString("representation", d.s.newString(d.L, d.text(end)))
		case 4, 5:
			d.want(wireType, 2)
			values.Append(d.s.newString(d.L, d.text(end)))
		case 6, 7, 8:
			d.numbers(values, tag, wireType, end)
		default:
			d.bad()
		}
	}
	if t.RawGetString("name") == lua.LNil {
		d.bad()
	}
	t.RawSetString("value", values)
	return t
}

// numbers reads one number or boolean, or a packed array of them.
func (d *decoding) numbers(values *lua.LTable, tag byte, wireType uint64, end int) {
	single := uint64(0)
	if tag == 7 {
		single = 1
	}
	if wireType != 2 {
		d.want(wireType, single)
		values.Append(d.number(tag, end))
		return
	}
	size := d.varint(end)
	if size > uint64(end-d.pos) {
		d.bad()
	}
	d.s.budget.memory.need(d.L, &d.s.budget, slotWeight*int(size))
	d.s.budget.work(d.L, int(size)/8)
	for stop := d.pos + int(size); d.pos < stop; {
		values.Append(d.number(tag, stop))
	}
}

func (d *decoding) number(tag byte, end int) lua.LValue {
	switch tag {
	case 6:
		return lua.LNumber(int64(d.varint(end)))
	case 8:
		return lua.LBool(d.varint(end) != 0)
	}
	if end-d.pos < 8 {
		d.bad()
	}
	bits := binary.LittleEndian.Uint64([]byte(d.b[d.pos : d.pos+8]))
	d.pos += 8
	return lua.LNumber(math.Float64frombits(bits))
}
