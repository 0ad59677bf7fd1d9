package sandbox

import (
	"errors"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// The machine has no hooks. The meter puts its own loop over the instructions in
// the place of the machine's, and to know what an instruction is about to allocate
// it looks at the running frame, the registers and the tables through these
// mirrors of the machine's own types. sameLayout compares them with the real ones
// by reflection, once, and New refuses to work when they differ. This is the only
// file that knows the machine from inside.

// instructions are what the machine does for each operation, by its number. An
// instruction returns 1 when it has ended the function that the loop was begun
// for, whose frame is the last argument.
//
//go:linkname instructions github.com/yuin/gopher-lua.jumpTable
var instructions [lua.OP_NOP + 1]func(*lua.LState, uint32, *frameView) int

// stateView mirrors the beginning of lua.LState.
type stateView struct {
	g       *lua.Global
	parent  *lua.LState
	env     *lua.LTable
	panic   func(*lua.LState)
	dead    bool
	options lua.Options
	stop    int32
	reg     *registryView
	stack   any // an interface of the machine's; never looked into
	alloc   unsafe.Pointer
	frame   *frameView
	wrapped bool
	open    *upvalueView // upvalues that still live in registers, in their order
	// keepOpen says that raising an error leaves upvalues as they are. The
	// machine sets it while a call has an error function.
	keepOpen bool
	loop     func(*lua.LState, *frameView) // runs the innermost frame to its end
}

// upvalueView mirrors lua.Upvalue.
type upvalueView struct {
	next   *upvalueView
	reg    *registryView
	index  int
	value  lua.LValue
	closed bool
}

// frameView mirrors the beginning of a call frame.
type frameView struct {
	index     int // its place on the stack
	fn        *lua.LFunction
	parent    *frameView
	pc        int // of the next instruction
	_         int // where the function lies
	localBase int
}

// registryView mirrors the beginning of the registers of a state.
type registryView struct {
	array []lua.LValue
	top   int
}

// tableView mirrors lua.LTable.
type tableView struct {
	metatable lua.LValue
	array     []lua.LValue
	dict      map[lua.LValue]lua.LValue
	strdict   map[string]lua.LValue
	keys      []lua.LValue
	k2i       map[lua.LValue]int
}

// closeFrom makes the upvalues in registers from index on independent of them, as
// when the functions that have these registers return.
func (v *stateView) closeFrom(index int) {
	link := &v.open
	for *link != nil && (*link).index < index {
		link = &(*link).next
	}
	for u := *link; u != nil; u = u.next {
		(*lua.Upvalue)(unsafe.Pointer(u)).Close()
	}
	*link = nil
}

func viewState(L *lua.LState) *stateView  { return (*stateView)(unsafe.Pointer(L)) }
func viewTable(t *lua.LTable) *tableView  { return (*tableView)(unsafe.Pointer(t)) }
func stringPointer(s string) *byte        { return unsafe.StringData(s) }
func stringOf(b []byte) string            { return unsafe.String(unsafe.SliceData(b), len(b)) }
func stringSlot(p *byte, n, mask int) int { return (int(uintptr(unsafe.Pointer(p))>>3) ^ n) & mask }

var errLayout = errors.New("this version of gopher-lua is not known to the sandbox")

// layoutKnown is fixed when the program starts.
var layoutKnown = sameLayout()

func sameLayout() bool {
	state := reflect.TypeFor[lua.LState]()
	reg, ok := fieldAt(state, "reg", unsafe.Offsetof(stateView{}.reg))
	frame, ok2 := fieldAt(state, "currentFrame", unsafe.Offsetof(stateView{}.frame))
	if !ok || !ok2 || reg.Kind() != reflect.Pointer || frame.Kind() != reflect.Pointer {
		return false
	}
	open, ok := fieldAt(state, "uvcache", unsafe.Offsetof(stateView{}.open))
	keep, ok2 := fieldAt(state, "hasErrorFunc", unsafe.Offsetof(stateView{}.keepOpen))
	if !ok || !ok2 || open != reflect.TypeFor[*lua.Upvalue]() || keep.Kind() != reflect.Bool {
		return false
	}
	loop, ok := fieldAt(state, "mainLoop", unsafe.Offsetof(stateView{}.loop))
	if !ok || loop.Kind() != reflect.Func || loop.NumIn() != 2 || loop.In(1) != frame {
		return false
	}
	return sameFields(reflect.TypeFor[lua.Upvalue](), reflect.TypeFor[upvalueView](), "next", "reg", "index", "value", "closed") &&
		sameFields(reg.Elem(), reflect.TypeFor[registryView](), "array", "top") &&
		sameFields(frame.Elem(), reflect.TypeFor[frameView](),
			"Idx", "Fn", "Parent", "Pc", "Base", "LocalBase") &&
		sameFields(reflect.TypeFor[lua.LTable](), reflect.TypeFor[tableView](),
			"Metatable", "array", "dict", "strdict", "keys", "k2i")
}

func fieldAt(t reflect.Type, name string, offset uintptr) (reflect.Type, bool) {
	f, ok := t.FieldByName(name)
	return f.Type, ok && f.Offset == offset
}

// sameFields reports whether the fields of a mirror stand in real where they
// must, under the given names and with types of the same kind.
func sameFields(real, mirror reflect.Type, names ...string) bool {
	for i, name := range names {
		m := mirror.Field(i)
		t, ok := fieldAt(real, name, m.Offset)
		if !ok || t.Kind() != m.Type.Kind() {
			return false
		}
		if k := t.Kind(); (k == reflect.Slice || k == reflect.Map) && t != m.Type {
			return false
		}
	}
	return true
}
