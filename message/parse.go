package message

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Parse replaces the message by the one encoded in b, without copying: the
// message keeps views of b and remembers b as its encoded form, so b must not
// be written to while the message is in use. No bytes at all are an empty
// message.
//
// Reading follows proto2: the last of a repeated scalar wins, packed and
// unpacked numbers may be mixed, unknown fields are skipped (and survive in the
// encoded form). Text is not checked for UTF-8. On an error the message is
// empty.
//
// hot: once per received protobuf message; allocates only while the message
// grows beyond what its storage held before.
func (m *Message) Parse(b []byte) error {
	m.Reset()
	if err := m.parse(b); err != nil {
		m.Reset()
		return err
	}
	m.wire = b
	return nil
}

func (m *Message) parse(b []byte) error {
	for i := 0; i < len(b); {
		tag := uint64(b[i])
		i++
		if tag >= 0x80 {
			var n int
			if tag, n = uvarint(b[i-1:]); n <= 0 {
				return varintError(n)
			}
			i += n - 1
		}
		num, wt := tag>>3, tag&7
		if wt == wireBytes {
			size := uint64(0)
			if i < len(b) && b[i] < 0x80 {
				size = uint64(b[i])
				i++
			} else {
				var n int
				if size, n = uvarint(b[i:]); n <= 0 {
					return varintError(n)
				}
				i += n
			}
			if size > uint64(len(b)-i) {
				return io.ErrUnexpectedEOF
			}
			v := b[i : i+int(size)]
			i += int(size)
			switch num {
			case 1:
				m.uuid, m.set = UUID{}, m.set&^hasUUID
				if len(v) == len(m.uuid) {
					m.uuid = UUID(v)
					m.set |= hasUUID
				}
			case 3:
				m.typ = view(v)
				m.set |= hasType
			case 4:
				m.logger = view(v)
				m.set |= hasLogger
			case 6:
				m.payload = view(v)
				m.set |= hasPayload
			case 7:
				m.envVersion = view(v)
				m.set |= hasEnvVersion
			case 9:
				m.hostname = view(v)
				m.set |= hasHostname
			case 10:
				if err := m.slot().parse(v, false); err != nil {
					return err
				}
			case 2, 5, 8:
				return wireTypeError(wt, num)
			default:
				if num == 0 || num > maxFieldNumber {
					return errTag
				}
			}
			continue
		}
		if num >= 1 && num <= 10 {
			if wt != wireVarint || (num != 2 && num != 5 && num != 8) {
				return wireTypeError(wt, num)
			}
			v, n := uvarint(b[i:])
			if n <= 0 {
				return varintError(n)
			}
			i += n
			switch num {
			case 2:
				m.timestamp = int64(v)
				m.set |= hasTimestamp
			case 5:
				m.severity = int32(v)
				m.set |= hasSeverity
			case 8:
				m.pid = int32(v)
				m.set |= hasPid
			}
			continue
		}
		n, err := skip(b[i:], num, wt)
		if err != nil {
			return err
		}
		i += n
	}
	return nil
}

// parse fills the field from one encoded Field. With fixed set, f.typ is the type
// whatever b says; otherwise it is the last value_type of b.
//
// hot: once per field of a received message.
func (f *Field) parse(b []byte, fixed bool) error {
	f.name, f.rep, f.n, f.set = "", "", 0, 0
	if !fixed {
		f.typ = String
	}
	seen := false // a value stood in front of what follows
	for i := 0; i < len(b); {
		tag := uint64(b[i])
		i++
		if tag >= 0x80 {
			var n int
			if tag, n = uvarint(b[i-1:]); n <= 0 {
				return varintError(n)
			}
			i += n - 1
		}
		num, wt := tag>>3, tag&7
		switch wt {
		case wireBytes:
			size := uint64(0)
			if i < len(b) && b[i] < 0x80 {
				size = uint64(b[i])
				i++
			} else {
				var n int
				if size, n = uvarint(b[i:]); n <= 0 {
					return varintError(n)
				}
				i += n
			}
			if size > uint64(len(b)-i) {
				return io.ErrUnexpectedEOF
			}
			v := b[i : i+int(size)]
			i += int(size)
			switch num {
			case 1:
				f.name = view(v)
			case 2:
				return wireTypeError(wt, num)
			case 3:
				f.rep = view(v)
				f.set |= fieldHasRepresentation
			case 4:
				seen = true
				if f.typ == String {
					f.addText(view(v))
				}
			case 5:
				seen = true
				if f.typ == Bytes {
					f.addText(view(v))
				}
			case 6, 7, 8:
				seen = true
				if err := f.parsePacked(num, v); err != nil {
					return err
				}
			default:
				if num == 0 || num > maxFieldNumber {
					return errTag
				}
			}
		case wireVarint:
			v, n := uvarint(b[i:])
			if n <= 0 {
				return varintError(n)
			}
			i += n
			switch num {
			case 2:
				if v > uint64(Bool) {
					return fmt.Errorf("field %q: unknown value_type %d", f.name, v)
				}
				f.set |= fieldHasType
				if fixed || ValueType(v) == f.typ {
					continue
				}
				if seen {
					f.typ = lastType(b)
					return f.parse(b, true)
				}
				f.typ = ValueType(v)
			case 6, 8:
				seen = true
				if (num == 6 && f.typ == Integer) || (num == 8 && f.typ == Bool) {
					f.addNumber(v)
				}
			case 1, 3, 4, 5, 7:
				return wireTypeError(wt, num)
			default:
				if num == 0 || num > maxFieldNumber {
					return errTag
				}
			}
		default:
			if num >= 1 && num <= 8 && (num != 7 || wt != wire64) {
				return wireTypeError(wt, num)
			}
			if num == 7 {
				seen = true
				if len(b)-i < 8 {
					return io.ErrUnexpectedEOF
				}
				if f.typ == Double {
					f.addNumber(binary.LittleEndian.Uint64(b[i:]))
				}
				i += 8
				continue
			}
			n, err := skip(b[i:], num, wt)
			if err != nil {
				return err
			}
			i += n
		}
	}
	return nil
}

// lastType returns the last value_type in b, for a field whose type stands behind
// some of its values. It stops at what is malformed; parse finds that too.
func lastType(b []byte) ValueType {
	t := String
	for len(b) > 0 {
		tag, n := uvarint(b)
		if n <= 0 {
			return t
		}
		b = b[n:]
		if tag == tagValueType {
			if v, _ := uvarint(b); v <= uint64(Bool) {
				t = ValueType(v)
			}
		}
		n, err := skip(b, tag>>3, tag&7)
		if err != nil {
			return t
		}
		b = b[n:]
	}
	return t
}

// parsePacked takes a packed element of a value array. Arrays of another type
// than the field's are checked and left out.
func (f *Field) parsePacked(num uint64, v []byte) error {
	if num == 7 {
		if len(v)%8 != 0 {
			return io.ErrUnexpectedEOF
		}
		if f.typ == Double {
			for ; len(v) > 0; v = v[8:] {
				f.addNumber(binary.LittleEndian.Uint64(v))
			}
		}
		return nil
	}
	active := (num == 6 && f.typ == Integer) || (num == 8 && f.typ == Bool)
	for len(v) > 0 {
		u, n := uvarint(v)
		if n <= 0 {
			return varintError(n)
		}
		v = v[n:]
		if active {
			f.addNumber(u)
		}
	}
	return nil
}
