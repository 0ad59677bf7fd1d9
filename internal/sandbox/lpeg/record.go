//go:build go1.26 && !go1.27 && (amd64 || arm64)

package lpeg

import (
	"maps"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// A table of named groups is made of a form: the memory of a table and its map of
// values, all of it one block, which is copied and given the values. Otherwise
// hashing the names and allocating the pieces would take twice as long as finding
// the texts, and the map of places would double the memory. That map is only ever
// added to, so tables share its groups for as long as nothing is added: they seem
// to be full, so that the first addition moves everything into groups of its own.
//
// The forms know how Go 1.26 lays out maps; checkForms tries that out when the
// program starts, and with another Go, or where it is not so, newForm gives none
// and tables are filled by the name.

// mapHead is what a map variable points to.
type mapHead struct {
	used   uint64
	_      uintptr        // seed of the hash
	dir    unsafe.Pointer // the group of a map of up to 8 entries, else **mapTable
	dirLen int            // 0 in a map of up to 8 entries
	_      [4]uint8       // depth, shift, and what goes on
	_      uint64         // how often it was cleared
}

// mapTable is what holds the groups of a map of more than 8 entries.
type mapTable struct {
	used, capacity, left uint16
	_                    uint8 // depth
	_                    int   // place in the directory
	groups               unsafe.Pointer
	mask                 uint64
}

// groupSlots is the number of entries of a group.
const groupSlots = 8

// valueGroup is a group of the map from names to values; a byte of control is
// below 0x80 where its slot is taken.
type valueGroup struct {
	control [groupSlots]uint8
	slots   [groupSlots]struct {
		name  string
		value lua.LValue
	}
}

// smallForm is a table of up to 8 names, largeForm one of up to 14.
type (
	smallForm struct {
		table          lua.LTable
		values, places mapHead
		group          valueGroup
	}
	largeForm struct {
		table                  lua.LTable
		values, places         mapHead
		valueDir, placeDir     *mapTable
		valueTable, placeTable mapTable
		groups                 [2]valueGroup
	}
)

// form makes tables of the names of a shape.
type form struct {
	small *smallForm
	large *largeForm
	slots []uint8 // where the value of each name is
}

const (
	mostSmall = groupSlots
	mostLarge = 2*groupSlots - 2 // the load that a map bears
)

var formsKnown = layoutKnown && checkForms()

// newForm returns the form of a shape, or nil if there is none.
func newForm(s *shape) *form {
	if !formsKnown {
		return nil
	}
	return makeForm(s)
}

func makeForm(s *shape) *form {
	n := len(s.names)
	values := make(map[string]lua.LValue, n)
	for _, name := range s.names {
		values[name] = lua.LNil
	}
	places := maps.Clone(s.places)
	for len(places) < groupSlots { // with keys that no script has
		places[new(lua.LUserData)] = 0
	}
	values = maps.Clone(values) // for the heap, whatever the compiler thinks of it
	f, groups := new(form), 0
	v, p := headOf(values), headOf(places)
	switch {
	case n <= mostSmall && v.used == uint64(n) && v.dirLen == 0 && p.used == groupSlots && p.dirLen == 0:
		f.small = &smallForm{values: *v, places: *p, group: *(*valueGroup)(v.dir)}
		setKeys(&f.small.table, s.keys)
		groups = 1
	case n > mostSmall && n <= mostLarge && v.used == uint64(n) && v.dirLen == 1 && p.used == v.used && p.dirLen == 1:
		vt, pt := **(**mapTable)(v.dir), **(**mapTable)(p.dir)
		if vt.capacity != 2*groupSlots || vt.mask != 1 || pt.capacity != vt.capacity || pt.mask != vt.mask {
			return nil
		}
		pt.used, pt.left = mostLarge, 0
		f.large = &largeForm{values: *v, places: *p, valueTable: vt, placeTable: pt, groups: *(*[2]valueGroup)(vt.groups)}
		setKeys(&f.large.table, s.keys)
		groups = 2
	default:
		return nil
	}
	f.forget()
	for _, name := range s.names {
		slot, ok := f.slot(name, groups)
		if !ok {
			return nil
		}
		f.slots = append(f.slots, slot)
	}
	return f
}

// forget drops the pointers that each table gets anew.
func (f *form) forget() {
	if f.small != nil {
		f.small.values.dir = nil
	} else {
		f.large.values.dir, f.large.places.dir, f.large.valueTable.groups = nil, nil, nil
	}
}

// slot finds the slot of a name.
func (f *form) slot(name string, groups int) (uint8, bool) {
	for i := range groups * groupSlots {
		g := f.group(i)
		if g.control[i%groupSlots] < 0x80 && g.slots[i%groupSlots].name == name {
			return uint8(i), true
		}
	}
	return 0, false
}

func (f *form) group(slot int) *valueGroup {
	if f.small != nil {
		return &f.small.group
	}
	return &f.large.groups[slot/groupSlots]
}

// table makes a table with the values.
//
// hot: once per table; one allocation.
func (f *form) table(values []lua.LValue) *lua.LTable {
	if f.small != nil {
		r := new(smallForm)
		*r = *f.small
		r.values.dir = unsafe.Pointer(&r.group)
		setMaps(&r.table, &r.values, &r.places)
		for i, at := range f.slots[:len(values)] {
			r.group.slots[at%groupSlots].value = values[i]
		}
		return &r.table
	}
	r := new(largeForm)
	*r = *f.large
	r.valueTable.groups = unsafe.Pointer(&r.groups)
	r.valueDir, r.placeDir = &r.valueTable, &r.placeTable
	r.values.dir, r.places.dir = unsafe.Pointer(&r.valueDir), unsafe.Pointer(&r.placeDir)
	setMaps(&r.table, &r.values, &r.places)
	for i, at := range f.slots[:len(values)] {
		r.groups[at/groupSlots%2].slots[at%groupSlots].value = values[i]
	}
	return &r.table
}

func headOf[K comparable, V any](m map[K]V) *mapHead { return *(**mapHead)(unsafe.Pointer(&m)) }

func setKeys(t *lua.LTable, keys []lua.LValue) {
	t.Metatable = lua.LNil
	*(*[]lua.LValue)(unsafe.Add(unsafe.Pointer(t), keysOffset)) = keys
}

func setMaps(t *lua.LTable, values, places *mapHead) {
	*(**mapHead)(unsafe.Add(unsafe.Pointer(t), valuesOffset)) = values
	*(**mapHead)(unsafe.Add(unsafe.Pointer(t), placesOffset)) = places
}

// checkForms makes tables of all sizes, and reports whether they are as they must
// be, also when they are changed.
func checkForms() bool {
	var names []string
	var values []lua.LValue
	for len(names) < mostLarge {
		names = append(names, string(rune('a'+len(names))))
		values = append(values, lua.LNumber(len(names)))
		f := makeForm(newShape(names))
		if f == nil {
			return false
		}
		t, twin := f.table(values), f.table(values)
		for i, name := range names {
			if t.RawGetString(name) != values[i] {
				return false
			}
		}
		t.RawSetString(names[0], lua.LNil)
		for i := range 2 * mostLarge {
			t.RawSetString("more "+names[0]+string(rune('A'+i)), lua.LTrue)
		}
		n := 0
		for key, v := t.Next(lua.LNil); key != lua.LNil; key, v = t.Next(key) {
			if i := len(key.String()) - 1; i == 0 && v != values[key.String()[0]-'a'] {
				return false
			}
			n++
		}
		if n != len(names)-1+2*mostLarge {
			return false
		}
		for n = 0; n < len(names) && twin.RawGetString(names[n]) == values[n]; n++ {
		}
		if n < len(names) || twin.RawGetString("more "+names[0]+"A") != lua.LNil {
			return false
		}
	}
	return true
}
