package message

import "encoding/binary"

// Wire returns the encoded form that the message was parsed from, or nil when
// it was modified or never encoded. The slice must not be written to.
func (m *Message) Wire() []byte { return m.wire }

// AppendWire appends the encoded form to dst. An unmodified parsed message is
// copied byte by byte; any other one is encoded with its fields in ascending
// order and value_type and representation of every field written out.
//
// hot: once per message and output; allocates only to grow dst.
func (m *Message) AppendWire(dst []byte) []byte {
	if m.wire != nil {
		return append(dst, m.wire...)
	}
	if m.set&hasUUID != 0 {
		dst = append(dst, tagUUID, byte(len(m.uuid)))
		dst = append(dst, m.uuid[:]...)
	}
	if m.set&hasTimestamp != 0 {
		dst = binary.AppendUvarint(append(dst, tagTimestamp), uint64(m.timestamp))
	}
	if m.set&hasType != 0 {
		dst = appendText(dst, tagType, m.typ)
	}
	if m.set&hasLogger != 0 {
		dst = appendText(dst, tagLogger, m.logger)
	}
	if m.set&hasSeverity != 0 {
		dst = binary.AppendUvarint(append(dst, tagSeverity), uint64(int64(m.severity)))
	}
	if m.set&hasPayload != 0 {
		dst = appendText(dst, tagPayload, m.payload)
	}
	if m.set&hasEnvVersion != 0 {
		dst = appendText(dst, tagEnvVersion, m.envVersion)
	}
	if m.set&hasPid != 0 {
		dst = binary.AppendUvarint(append(dst, tagPid), uint64(int64(m.pid)))
	}
	if m.set&hasHostname != 0 {
		dst = appendText(dst, tagHostname, m.hostname)
	}
	for i := range m.fields {
		f := &m.fields[i]
		dst = binary.AppendUvarint(append(dst, tagFields), uint64(f.wireSize()))
		dst = f.appendWire(dst)
	}
	return dst
}

func appendText(dst []byte, tag byte, s string) []byte {
	dst = binary.AppendUvarint(append(dst, tag), uint64(len(s)))
	return append(dst, s...)
}

func uvarintSize(v uint64) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

func textSize(s string) int { return 1 + uvarintSize(uint64(len(s))) + len(s) }

// wireSize is the length of what appendWire appends.
func (f *Field) wireSize() int {
	n := textSize(f.name)
	if f.set&fieldHasType != 0 {
		n += 2
	}
	if f.set&fieldHasRepresentation != 0 {
		n += textSize(f.rep)
	}
	if f.typ <= Bytes {
		for i := range f.n {
			s, _ := f.Text(i)
			n += textSize(s)
		}
		return n
	}
	if f.n > 0 {
		packed := f.packedSize()
		n += 1 + uvarintSize(uint64(packed)) + packed
	}
	return n
}

func (f *Field) packedSize() int {
	switch f.typ {
	case Double:
		return 8 * f.n
	case Bool:
		return f.n
	}
	n := uvarintSize(f.num)
	for i := 1; i < f.n; i++ {
		n += uvarintSize(f.more.nums[i-1])
	}
	return n
}

func (f *Field) appendWire(dst []byte) []byte {
	dst = appendText(dst, tagName, f.name)
	if f.set&fieldHasType != 0 {
		dst = append(dst, tagValueType, byte(f.typ))
	}
	if f.set&fieldHasRepresentation != 0 {
		dst = appendText(dst, tagRepresentation, f.rep)
	}
	if f.n == 0 {
		return dst
	}
	switch f.typ {
	case String, Bytes:
		tag := byte(tagValueString)
		if f.typ == Bytes {
			tag = tagValueBytes
		}
		dst = appendText(dst, tag, f.str)
		for i := 1; i < f.n; i++ {
			dst = appendText(dst, tag, f.more.strs[i-1])
		}
		return dst
	case Integer:
		dst = binary.AppendUvarint(append(dst, tagValueInteger), uint64(f.packedSize()))
		dst = binary.AppendUvarint(dst, f.num)
		for i := 1; i < f.n; i++ {
			dst = binary.AppendUvarint(dst, f.more.nums[i-1])
		}
	case Double:
		dst = binary.AppendUvarint(append(dst, tagValueDouble), uint64(f.packedSize()))
		dst = binary.LittleEndian.AppendUint64(dst, f.num)
		for i := 1; i < f.n; i++ {
			dst = binary.LittleEndian.AppendUint64(dst, f.more.nums[i-1])
		}
	case Bool:
		dst = binary.AppendUvarint(append(dst, tagValueBool), uint64(f.n))
		dst = append(dst, boolByte(f.num))
		for i := 1; i < f.n; i++ {
			dst = append(dst, boolByte(f.more.nums[i-1]))
		}
	}
	return dst
}

func boolByte(u uint64) byte {
	if u != 0 {
		return 1
	}
	return 0
}
