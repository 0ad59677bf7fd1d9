package lpeg

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/box"
)

// version is what lpeg.version() tells.
const version = "0.12"

// Name is the name under which scripts require the library, and of the global
// that holds it.
const Name = "lpeg"

// library is what the functions of one Lua state share.
type library struct {
	module *lua.LTable
	meta   *lua.LTable // metatable of patterns
	stack  int         // limit of the backtrack stack
	depth  int         // matches under way in one another
	re     *lua.LTable // the module re, once it is opened

	tonumber lua.LValue  // Lua's own, as Trust was told, or nil
	numbers  box.Numbers // positions and what tonumber gives
}

// pattern is the Go value of a pattern's userdata.
type pattern struct {
	root *node
	prog *program // once it has been matched
}

// Open pushes the module table of lpeg, which it makes on the first call for a
// state, and sets the global lpeg. It is a loader for package.preload or a
// require of one's own.
func Open(l *lua.LState) int {
	lib := libraryOf(l)
	l.SetGlobal(Name, lib.module)
	l.Push(lib.module)
	return 1
}

// Trust says that the global tonumber is, at this moment, the one of Lua, so that
// captures need not call it for what is obviously a number.
func Trust(l *lua.LState) {
	l.Get(lua.RegistryIndex).(*lua.LTable).RawSetString(trusted, l.GetGlobal("tonumber"))
}

// trusted is the entry of the registry in which Trust keeps tonumber.
const trusted = "heka.lpeg.tonumber"

// libraryOf returns the library of the state, which is kept in its registry.
func libraryOf(l *lua.LState) *library {
	registry := l.Get(lua.RegistryIndex).(*lua.LTable)
	const key = "heka.lpeg"
	if ud, ok := registry.RawGetString(key).(*lua.LUserData); ok {
		return ud.Value.(*library)
	}
	lib := &library{stack: defaultStack, tonumber: registry.RawGetString(trusted)}
	lib.module = functions(l, []function{
		{"P", lib.newP}, {"S", lib.newS}, {"R", lib.newR}, {"V", lib.newV}, {"B", lib.newB},
		{"C", lib.newC}, {"Carg", lib.newCarg}, {"Cb", lib.newCb}, {"Cc", lib.newCc}, {"Cf", lib.newCf},
		{"Cg", lib.newCg}, {"Cmt", lib.newCmt}, {"Cp", lib.newCp}, {"Cs", lib.newCs}, {"Ct", lib.newCt},
		{"match", lib.match}, {"type", typeOf}, {"version", versionOf}, {"locale", lib.locale},
		{"setmaxstack", lib.setStack}, {"ptree", lib.printTree}, {"pcode", lib.printCode},
	})
	lib.meta = functions(l, []function{
		{"__mul", lib.mul}, {"__add", lib.add}, {"__sub", lib.sub}, {"__div", lib.div},
		{"__pow", lib.pow}, {"__unm", lib.unm}, {"__len", lib.len},
	})
	lib.meta.RawSetString("__index", lib.module)
	registry.RawSetString(key, &lua.LUserData{Value: lib, Metatable: lua.LNil})
	return lib
}

// function is an entry of a module table.
type function struct {
	name string
	fn   lua.LGFunction
}

// functions makes a table of functions, in their order.
func functions(l *lua.LState, list []function) *lua.LTable {
	t := l.CreateTable(0, len(list))
	for _, f := range list {
		t.RawSetString(f.name, l.NewFunction(f.fn))
	}
	return t
}

// push makes a pattern of a tree and pushes it.
func (lib *library) push(l *lua.LState, root *node) int {
	l.Push(lib.pattern(l, root))
	return 1
}

func (lib *library) pattern(l *lua.LState, root *node) *lua.LUserData {
	if root.size > maxSize {
		l.RaiseError("pattern too big")
	}
	if root.depth > maxDepth {
		l.RaiseError("pattern too deep")
	}
	charge(l, 40+nodeMemory)
	return &lua.LUserData{Value: &pattern{root: root}, Env: l.Env, Metatable: lib.meta}
}

// What a node of a pattern is charged for, in bytes, when it is made and when it
// is compiled.
const (
	nodeMemory = 256
	codeMemory = 48
)

// charge accounts for memory outside of a match.
func charge(l *lua.LState, bytes int) {
	if m, ok := l.Context().(Meter); ok {
		if err := m.Alloc(bytes); err != nil {
			l.Error(lua.LString(err.Error()), 0)
		}
	}
}

// spender returns a function that counts work outside of a match and polls the
// context of l, so that making and compiling patterns can be stopped too.
func spender(l *lua.LState) func(int) {
	m := machine{l: l, ctx: l.Context(), fuel: pollSteps}
	return m.spend
}

// program returns the compiled pattern.
func (lib *library) program(l *lua.LState, p *pattern) *program {
	if p.prog == nil {
		if p.root.open {
			l.RaiseError("rule '%s' used outside a grammar", nameText(openName(p.root)))
		}
		charge(l, codeMemory*p.root.size)
		p.prog = compile(p.root, spender(l))
	}
	return p.prog
}

// openName is the name of the first open reference in n.
func openName(n *node) lua.LValue {
	for n.kind != kindOpen {
		if n.a.open {
			n = n.a
		} else {
			n = n.b
		}
	}
	return n.value
}

func typeOf(l *lua.LState) int {
	if _, ok := patternAt(l, 1); ok {
		l.Push(lua.LString("pattern"))
	} else {
		l.Push(lua.LNil)
	}
	return 1
}

func versionOf(l *lua.LState) int {
	l.Push(lua.LString(version))
	return 1
}

func (lib *library) setStack(l *lua.LState) int {
	n := intAt(l, 1, "setmaxstack")
	if n <= 0 {
		argError(l, 1, "setmaxstack", "out of range")
	}
	lib.stack = min(n, mostStack)
	return 0
}

// locale adds the character classes of the C locale to a table.
func (lib *library) locale(l *lua.LState) int {
	t, ok := l.Get(1).(*lua.LTable)
	if !ok {
		if l.Get(1) != lua.LNil {
			typeError(l, 1, "locale", "table")
		}
		t = l.CreateTable(0, len(classes))
	}
	for name, set := range classes {
		t.RawSetString(name, lib.pattern(l, setNode(set)))
	}
	l.Push(t)
	return 1
}

// classes are the character classes of the C locale.
var classes = func() map[string]charset {
	ranges := func(list ...string) (s charset) {
		for _, r := range list {
			s.addRange(r[0], r[1])
		}
		return s
	}
	upper, lower, digit := ranges("AZ"), ranges("az"), ranges("09")
	alpha, graph := upper.union(lower), ranges("!~")
	alnum := alpha.union(digit)
	return map[string]charset{
		"upper": upper, "lower": lower, "digit": digit, "alpha": alpha, "alnum": alnum,
		"graph": graph, "print": ranges(" ~"), "punct": graph.minus(alnum),
		"cntrl": ranges("\x00\x1f", "\x7f\x7f"), "space": ranges("\t\r", "  "),
		"xdigit": ranges("09", "af", "AF"),
	}
}()
