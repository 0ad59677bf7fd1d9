package lstruct

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// Options are what a host grants the library in one Lua state.
type Options struct {
	// Reserve is called before the library takes about n more bytes that the script
	// may keep. It raises a Lua error when the state may not have them. Nil grants
	// everything up to the bound of the package (1 GiB in one string).
	Reserve func(L *lua.LState, n int)
}

// module is the library of one Lua state.
type module struct{ Options }

// Opener returns the function that makes the module within the limits of o: it
// sets the global struct and returns the module table to require.
func Opener(o Options) lua.LGFunction {
	return func(L *lua.LState) int {
		m := &module{o}
		mod := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"pack":   m.pack,
			"unpack": m.unpack,
			"size":   size,
		})
		L.SetGlobal("struct", mod)
		L.Push(mod)
		return 1
	}
}

// size is struct.size(format).
func size(L *lua.LState) int {
	a := function(L, "size")
	f := newFormat(a.string(1))
	a.Work(len(f.rest))
	total := 0
	for {
		o, ok, err := f.next()
		if err != nil {
			a.failFormat(err)
		}
		if !ok {
			break
		}
		switch {
		case o.letter == 's':
			a.Fail(1, "option 's' has no fixed size")
		case o.size == 0:
			a.Fail(1, "option 'c0' has no fixed size")
		}
		total += f.padding(o, total) + o.size
		total = min(total, math.MaxInt64/2)
	}
	L.Push(lua.LNumber(total))
	return 1
}
