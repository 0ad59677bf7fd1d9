package message

import "fmt"

// JSONError says why a text is not a message in JSON form.
type JSONError struct {
	Offset  int // of the offending byte in the text
	Problem string
}

// Error is the problem with its place.
func (e *JSONError) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Problem) }

// ParseJSON replaces the message by the one that b holds in the form of
// AppendJSON; white space may stand around it. The keys may come in any order,
// but every key must be one of the form, stand once, and have a value of its
// type: integers without fraction and exponent and in the range of their field,
// a uuid of 16 bytes, values in the array of their value_type (0, STRING, when
// that is left out). null is taken only for a double and reads as NaN.
//
// The message keeps views of b, as with Parse; a text with escapes and bytes
// are storage of their own. On an error, a *JSONError, the message is empty.
func (m *Message) ParseJSON(b []byte) error {
	m.Reset()
	r := jsonReader{b: b}
	if err := r.document(m); err != nil {
		m.Reset()
		return err
	}
	return nil
}

func (r *jsonReader) document(m *Message) error {
	r.space()
	err := r.object("a message", func(key string, at int) (bool, error) { return r.messageKey(m, key) })
	if err != nil {
		return err
	}
	if r.space(); r.i < len(r.b) {
		return r.fail(r.i, "%s behind the message", r.found())
	}
	return nil
}

// messageKey reads the value of one key; known is false when there is no such
// key.
func (r *jsonReader) messageKey(m *Message, key string) (known bool, err error) {
	var s string
	var n int64
	switch key {
	case "uuid":
		at := r.i
		if s, err = r.base64(key); err != nil {
			return true, err
		}
		if len(s) != len(m.uuid) {
			return true, r.fail(at, "uuid has %d bytes; it must have 16", len(s))
		}
		m.SetUUID(UUID([]byte(s)))
	case "timestamp":
		n, err = r.integer(key, 64)
		m.SetTimestamp(n)
	case "type":
		s, err = r.text(key)
		m.SetType(s)
	case "logger":
		s, err = r.text(key)
		m.SetLogger(s)
	case "severity":
		n, err = r.integer(key, 32)
		m.SetSeverity(int32(n))
	case "payload":
		s, err = r.text(key)
		m.SetPayload(s)
	case "env_version":
		s, err = r.text(key)
		m.SetEnvVersion(s)
	case "pid":
		n, err = r.integer(key, 32)
		m.SetPid(int32(n))
	case "hostname":
		s, err = r.text(key)
		m.SetHostname(s)
	case "fields":
		err = r.array(key, func() error { return r.field(m) })
	default:
		return false, nil
	}
	return true, err
}

// field reads one element of "fields". The type of a field is that of its array
// until the whole object is read, since value_type may stand behind it.
func (r *jsonReader) field(m *Message) error {
	start, valuesAt, named, declared := r.i, 0, false, String
	f := m.slot()
	f.name, f.rep, f.typ, f.n, f.set = "", "", String, 0, 0
	err := r.object("a field", func(key string, at int) (bool, error) {
		var err error
		switch key {
		case "name":
			f.name, err = r.text(key)
			named = true
			return true, err
		case "representation":
			f.rep, err = r.text(key)
			f.set |= fieldHasRepresentation
			return true, err
		case "value_type":
			n, err := r.integer(key, 64)
			if err == nil && (n < 0 || n > int64(Bool)) {
				err = r.fail(at, "value_type is %d; it must be 0 to 4", n)
			}
			declared = ValueType(n)
			f.set |= fieldHasType
			return true, err
		}
		for t, name := range valueKeys {
			if key != name {
				continue
			}
			had := f.n
			if had == 0 {
				f.typ = ValueType(t)
				valuesAt = at
			}
			err = r.array(key, func() error {
				if had > 0 {
					return r.fail(at, "%s besides %s", key, valueKeys[f.typ])
				}
				return r.value(f, key)
			})
			return true, err
		}
		return false, nil
	})
	switch {
	case err != nil:
		return err
	case !named:
		return r.fail(start, "field without a name")
	case f.n > 0 && f.typ != declared:
		return r.fail(valuesAt, "%s in field %q, whose value_type is %d (%v); it must be %d", valueKeys[f.typ], f.name, declared, declared, f.typ)
	}
	f.typ = declared
	return nil
}

// value reads one element of a value array.
func (r *jsonReader) value(f *Field, key string) error {
	switch f.typ {
	case String:
		s, err := r.text(key)
		f.addText(s)
		return err
	case Bytes:
		s, err := r.base64(key)
		f.addText(s)
		return err
	case Integer:
		n, err := r.integer(key, 64)
		f.addNumber(uint64(n))
		return err
	case Double:
		v, err := r.double(key)
		f.AddDouble(v)
		return err
	}
	v := r.word("true")
	if !v && !r.word("false") {
		return r.fail(r.i, "%s in %s; it must be true or false", r.found(), key)
	}
	f.AddBool(v)
	return nil
}
