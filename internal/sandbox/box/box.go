// Package box makes Lua values of numbers and strings, many of them with one
// allocation. A value of gopher-lua is an interface: making one of a number takes
// an allocation of eight bytes, and one of a string sixteen beside its text, which
// for functions that are called once per message and return one number is most of
// their cost. Here a block is allocated once for many values, and the interface is
// made to point into it.
//
// A block lives as long as one of its values is in use, so whoever keeps one in
// many keeps up to [Block] times as much.
package box

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Block is the most values that one allocation holds.
const Block = 32

// small holds the whole numbers from 0 on, ready made.
var small = func() (list [1024]lua.LValue) {
	for i := range list {
		list[i] = lua.LNumber(i)
	}
	return list
}()

// Numbers makes values of numbers. The zero value is ready; it is for one
// goroutine at a time.
type Numbers struct{ free []lua.LNumber }

// Value returns x as a Lua value.
//
// hot: several times per message; allocates 256 bytes once in 32 numbers that are
// not small and whole.
func (n *Numbers) Value(x float64) lua.LValue {
	if i := int(x); uint(i) < uint(len(small)) && math.Float64bits(float64(i)) == math.Float64bits(x) {
		return small[i]
	}
	if len(n.free) == 0 {
		n.free = make([]lua.LNumber, Block)
	}
	n.free[0] = lua.LNumber(x)
	v := small[0]
	(*face)(unsafe.Pointer(&v)).data = unsafe.Pointer(&n.free[0])
	n.free = n.free[1:]
	return v
}

// Int returns a whole number as a Lua value.
func (n *Numbers) Int(i int64) lua.LValue {
	if uint64(i) < uint64(len(small)) {
		return small[i]
	}
	return n.Value(float64(i))
}

// Strings makes values of strings. The zero value is ready; it is for one
// goroutine at a time.
type Strings struct{ free []lua.LString }

var empty lua.LValue = lua.LString("")

// Value returns s as a Lua value. The text is not copied. It expects that about n
// strings will be needed, this one included.
//
// hot: once per text; allocates sixteen bytes for each of up to n strings, once in
// n or 32 calls.
func (b *Strings) Value(s string, n int) lua.LValue {
	if len(b.free) == 0 {
		b.free = make([]lua.LString, min(max(n, 1), Block))
	}
	b.free[0] = lua.LString(s)
	v := empty
	(*face)(unsafe.Pointer(&v)).data = unsafe.Pointer(&b.free[0])
	b.free = b.free[1:]
	return v
}

// face is how the runtime lays out an interface.
type face struct{ table, data unsafe.Pointer }
