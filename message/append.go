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
		dst = append(dst, tagFields, 0)
		start := len(dst)
		dst = m.fields[i].appendWire(dst)
		dst = setLength(dst, start)
	}
	return dst
}

// setLength stores the length of dst[start:] in front of it, where one byte is
// left for it; a longer length moves the element up.
func setLength(dst []byte, start int) []byte {
	size := len(dst) - start
	if size < 0x80 {
		dst[start-1] = byte(size)
		return dst
	}
	var room [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(room[:], uint64(size))
	dst = append(dst, room[1:n]...)
	copy(dst[start-1+n:], dst[start:start+size])
	copy(dst[start-1:], room[:n])
	return dst
}

func appendText(dst []byte, tag byte, s string) []byte {
	if len(s) < 0x80 {
		dst = append(dst, tag, byte(len(s)))
	} else {
		dst = binary.AppendUvarint(append(dst, tag), uint64(len(s)))
	}
	return append(dst, s...)
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
		dst = append(dst, tagValueInteger, 0)
		start := len(dst)
		dst = binary.AppendUvarint(dst, f.num)
		for i := 1; i < f.n; i++ {
			dst = binary.AppendUvarint(dst, f.more.nums[i-1])
		}
		dst = setLength(dst, start)
	case Double:
		dst = binary.AppendUvarint(append(dst, tagValueDouble), uint64(8*f.n))
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
