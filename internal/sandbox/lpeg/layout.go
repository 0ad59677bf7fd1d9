package lpeg

import (
	"maps"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// This is the only file with unsafe in it. It knows what the API of gopher-lua
// hides, since building the table of a match is most of the cost of matching a log
// line: how a table is laid out. That is checked when the program starts; where it
// is not as expected, tables are filled through the API.

// A table keeps string keys in a map of values, a list of keys in the order of
// their first assignment, and a map from keys to their place in the list.
var (
	valuesOffset, keysOffset, placesOffset uintptr
	layoutKnown                            = knowLayout()
)

// knowLayout finds the fields of tables and reports whether they are what they
// are thought to be.
func knowLayout() bool {
	t := reflect.TypeFor[lua.LTable]()
	if t.NumField() != 6 {
		return false
	}
	for _, want := range []struct {
		name   string
		typ    reflect.Type
		offset *uintptr
	}{
		{"strdict", reflect.TypeFor[map[string]lua.LValue](), &valuesOffset},
		{"keys", reflect.TypeFor[[]lua.LValue](), &keysOffset},
		{"k2i", reflect.TypeFor[map[lua.LValue]int](), &placesOffset},
	} {
		f, ok := t.FieldByName(want.name)
		if !ok || f.Type != want.typ {
			return false
		}
		*want.offset = f.Offset
	}
	return true
}

// shape is a set of string keys in the order of their assignment. Tables of one
// shape share the list of keys: its capacity is its length, so that adding a key
// to a table makes a list of its own.
type shape struct {
	names  []string
	keys   []lua.LValue
	places map[lua.LValue]int
}

// newShape returns the shape with the given names, or nil if one occurs twice or
// tables cannot be made of it.
func newShape(names []string) *shape {
	if !layoutKnown {
		return nil
	}
	s := &shape{names: names, keys: make([]lua.LValue, len(names)), places: make(map[lua.LValue]int, len(names))}
	for i, name := range names {
		s.keys[i] = lua.LString(name)
		s.places[s.keys[i]] = i
	}
	if len(s.places) != len(names) {
		return nil
	}
	return s
}

// table makes a table with the values under the names. No value may be nil.
func (s *shape) table(values []lua.LValue) *lua.LTable {
	t := &lua.LTable{Metatable: lua.LNil}
	fields := make(map[string]lua.LValue, len(s.names))
	for i, name := range s.names {
		fields[name] = values[i]
	}
	base := unsafe.Pointer(t)
	*(*map[string]lua.LValue)(unsafe.Add(base, valuesOffset)) = fields
	*(*[]lua.LValue)(unsafe.Add(base, keysOffset)) = s.keys
	*(*map[lua.LValue]int)(unsafe.Add(base, placesOffset)) = maps.Clone(s.places)
	return t
}
