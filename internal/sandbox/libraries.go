package sandbox

import (
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/lpeg"
)

// library is what the library functions of one sandbox keep.
type library struct {
	loaded  *lua.LTable // modules by name
	strings *lua.LTable // metatable of strings
	rng     *rand.Rand
	depth   int // of protected calls and callbacks in one another

	catch       catcher
	catching    *lua.LFunction
	raised      func(*lua.LState) // Sandbox.raised
	readMessage *lua.LFunction    // nil where there is none
}

// maxDepth bounds how deep protected calls and callbacks of library functions may
// lie in one another, since each takes a piece of the stack.
const maxDepth = 200

// enter counts a call that runs Lua code from within Go; the caller calls leave.
// An error passes by leave, so whoever catches errors puts the depth back.
func (s *Sandbox) enter(L *lua.LState) {
	if s.lib.depth >= maxDepth {
		raise(L, "C stack overflow")
	}
	s.lib.depth++
}

func (s *Sandbox) leave() { s.lib.depth-- }

// rewind puts the depth back to what it was.
func (s *Sandbox) rewind(depth int) { s.lib.depth = depth }

// functions are the functions of a library, by name.
type functions map[string]lua.LGFunction

func (f functions) table(L *lua.LState) *lua.LTable {
	t := L.CreateTable(0, len(f))
	for name, fn := range f {
		t.RawSetString(name, L.NewFunction(fn))
	}
	return t
}

// openers are the libraries that require finds before it looks for files.
func (s *Sandbox) openers() map[string]func(*lua.LState) lua.LValue {
	m := map[string]func(*lua.LState) lua.LValue{
		"string": s.openString,
		"table":  s.openTable,
		"math":   s.openMath,
		"os":     s.openOS,
	}
	if s.kind.free() {
		m["io"] = s.openIO
	}
	return m
}

// openLibraries makes the globals that exist before anything is required.
func (s *Sandbox) openLibraries(L *lua.LState) {
	s.lib.rng = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	s.lib.catching, s.lib.raised = L.NewFunction(s.catching), s.raised
	lua.OpenBase(L)
	g := L.G.Global
	for _, name := range []string{"_GOPHER_LUA_VERSION", "_printregs", "print", "dofile", "load", "loadfile", "loadstring"} {
		g.RawSetString(name, lua.LNil)
	}
	if !s.kind.free() {
		g.RawSetString("collectgarbage", lua.LNil)
		g.RawSetString("newproxy", lua.LNil)
	}
	for _, name := range []string{"ipairs", "next", "pairs"} {
		checkBefore(L, name, func(L *lua.LState) { checkTable(L, 1, name) })
	}
	checkBefore(L, "getmetatable", func(L *lua.LState) { checkAny(L, 1, "getmetatable") })
	for name, fn := range s.baseFunctions() {
		g.RawSetString(name, L.NewFunction(fn))
	}
	lpeg.Trust(L)
	s.openCoercions(L)
	s.lib.loaded = L.GetField(L.G.Registry, "_LOADED").(*lua.LTable)
	pkg := L.CreateTable(0, 0)
	pkg.Metatable = L.CreateTable(0, 0) // it is no data
	g.RawSetString("package", pkg)
	s.lib.loaded.RawSetString("package", pkg)
	if s.kind.free() {
		s.openCoroutine(L)
	}
	L.SetTop(0)
}
