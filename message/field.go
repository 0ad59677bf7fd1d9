package message

import (
	"fmt"
	"math"
)

// ValueType is the type of all values of a Field.
type ValueType uint8

// The value types, numbered as on the wire.
const (
	String ValueType = iota
	Bytes
	Integer
	Double
	Bool
)

var valueTypeNames = [...]string{"STRING", "BYTES", "INTEGER", "DOUBLE", "BOOL"}

// String is the upper-case name of the schema: STRING, BYTES, INTEGER, DOUBLE
// or BOOL.
func (t ValueType) String() string {
	if int(t) < len(valueTypeNames) {
		return valueTypeNames[t]
	}
	return fmt.Sprintf("ValueType(%d)", uint8(t))
}

// Field is a named array of values of one type. The first value lies in the
// Field itself, since nearly all fields have just one.
//
// The methods that read may be called on any field. Those that change it may
// be called only on a field that AddField or MutableField returned, since only
// these make the message forget its encoded form.
type Field struct {
	name string
	rep  string
	str  string    // value 0 of String and Bytes
	num  uint64    // value 0 of Integer, Double (IEEE 754 bits) and Bool
	more *overflow // values from 1 on; kept for reuse
	n    int
	typ  ValueType
	set  uint8 // which of the optional wire fields were present
}

const (
	fieldHasType uint8 = 1 << iota
	fieldHasRepresentation
)

type overflow struct {
	strs []string
	nums []uint64
}

// Name of the field; names need not be unique in a message.
func (f *Field) Name() string { return f.name }

// Representation is a free-form unit or format such as "ns", "B" or "ipv4".
func (f *Field) Representation() string { return f.rep }

// Type of all values.
func (f *Field) Type() ValueType { return f.typ }

// HasType reports whether the type was given: by AddField, or on the wire, where
// a field without one is a String.
func (f *Field) HasType() bool { return f.set&fieldHasType != 0 }

// HasRepresentation reports whether the representation was given, if only as "".
func (f *Field) HasRepresentation() bool { return f.set&fieldHasRepresentation != 0 }

// Len is the number of values.
func (f *Field) Len() int { return f.n }

// Text returns value i of a String or Bytes field; ok is false when there is no
// such value or the field has another type. The string is a view, see the
// package comment.
func (f *Field) Text(i int) (s string, ok bool) {
	if f.typ > Bytes || uint(i) >= uint(f.n) {
		return "", false
	}
	if i == 0 {
		return f.str, true
	}
	return f.more.strs[i-1], true
}

// Bytes returns value i of a String or Bytes field. The slice must not be
// written to; it is a view, see the package comment.
func (f *Field) Bytes(i int) ([]byte, bool) {
	s, ok := f.Text(i)
	return bytesOf(s), ok
}

func (f *Field) number(i int, t ValueType) (uint64, bool) {
	if f.typ != t || uint(i) >= uint(f.n) {
		return 0, false
	}
	if i == 0 {
		return f.num, true
	}
	return f.more.nums[i-1], true
}

// Integer returns value i of an Integer field.
func (f *Field) Integer(i int) (int64, bool) {
	u, ok := f.number(i, Integer)
	return int64(u), ok
}

// Double returns value i of a Double field.
func (f *Field) Double(i int) (float64, bool) {
	u, ok := f.number(i, Double)
	return math.Float64frombits(u), ok
}

// Bool returns value i of a Bool field.
func (f *Field) Bool(i int) (v, ok bool) {
	u, ok := f.number(i, Bool)
	return u != 0, ok
}

// Value returns value i as string, []byte (a view), int64, float64 or bool, or
// nil when there is no such value. It allocates; hot code uses the typed
// accessors.
func (f *Field) Value(i int) any {
	if uint(i) >= uint(f.n) {
		return nil
	}
	switch f.typ {
	case String:
		v, _ := f.Text(i)
		return v
	case Bytes:
		v, _ := f.Bytes(i)
		return v
	case Integer:
		v, _ := f.Integer(i)
		return v
	case Double:
		v, _ := f.Double(i)
		return v
	}
	v, _ := f.Bool(i)
	return v
}

// SetName renames the field.
func (f *Field) SetName(name string) { f.name = name }

// SetRepresentation sets the unit or format.
func (f *Field) SetRepresentation(rep string) {
	f.rep = rep
	f.set |= fieldHasRepresentation
}

func (f *Field) addText(v string) {
	if f.n == 0 {
		f.str = v
	} else {
		f.spill().strs = append(f.more.strs, v)
	}
	f.n++
}

func (f *Field) addNumber(u uint64) {
	if f.n == 0 {
		f.num = u
	} else {
		f.spill().nums = append(f.more.nums, u)
	}
	f.n++
}

// spill returns the store of the values behind the first, emptied when the
// field has none yet.
func (f *Field) spill() *overflow {
	if f.more == nil {
		f.more = new(overflow)
	}
	if f.n == 1 {
		f.more.strs, f.more.nums = f.more.strs[:0], f.more.nums[:0]
	}
	return f.more
}

// AddString appends a value to a String field. Like the other Add methods it
// panics when the field has another type; AddValue returns an error instead.
func (f *Field) AddString(v string) { f.must(String); f.addText(v) }

// AddBytes appends a value to a Bytes field. v is not copied.
func (f *Field) AddBytes(v []byte) { f.must(Bytes); f.addText(view(v)) }

// AddInteger appends a value to an Integer field.
func (f *Field) AddInteger(v int64) { f.must(Integer); f.addNumber(uint64(v)) }

// AddDouble appends a value to a Double field.
func (f *Field) AddDouble(v float64) { f.must(Double); f.addNumber(math.Float64bits(v)) }

// AddBool appends a value to a Bool field.
func (f *Field) AddBool(v bool) {
	f.must(Bool)
	if v {
		f.addNumber(1)
	} else {
		f.addNumber(0)
	}
}

func (f *Field) must(t ValueType) {
	if f.typ != t {
		panic(typeMismatch(f.typ, t))
	}
}

func typeMismatch(have, got ValueType) error {
	return fmt.Errorf("The field contains: %v; attempted to add %v", have, got)
}

// AddValue appends a value of any Go type that has a value type: strings,
// byte slices (copied), booleans, and integers and floats of every width. It
// fails when the value's type is not the field's.
func (f *Field) AddValue(v any) error {
	t, err := TypeOf(v)
	if err != nil {
		return err
	}
	if t != f.typ {
		return typeMismatch(f.typ, t)
	}
	switch v := v.(type) {
	case string:
		f.addText(v)
	case []byte:
		f.addText(string(v))
	case bool:
		f.AddBool(v)
	case int:
		f.addNumber(uint64(v))
	case int8:
		f.addNumber(uint64(v))
	case int16:
		f.addNumber(uint64(v))
	case int32:
		f.addNumber(uint64(v))
	case int64:
		f.addNumber(uint64(v))
	case uint:
		f.addNumber(uint64(v))
	case uint8:
		f.addNumber(uint64(v))
	case uint16:
		f.addNumber(uint64(v))
	case uint32:
		f.addNumber(uint64(v))
	case uint64:
		f.addNumber(v)
	case float32:
		f.AddDouble(float64(v))
	case float64:
		f.AddDouble(v)
	}
	return nil
}

// TypeOf says which value type a Go value has.
func TypeOf(v any) (ValueType, error) {
	switch v.(type) {
	case string:
		return String, nil
	case []byte:
		return Bytes, nil
	case bool:
		return Bool, nil
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return Integer, nil
	case float32, float64:
		return Double, nil
	}
	return 0, fmt.Errorf("unsupported value kind: %T", v)
}
