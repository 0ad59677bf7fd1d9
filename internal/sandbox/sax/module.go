package sax

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// The names of the objects in error texts, and of their metatables in the registry
// of the state.
const (
	windowName = "lsb.sax.window"
	wordName   = "lsb.sax.word"
)

// Options are what a host grants the library in one Lua state.
type Options struct {
	// Reserve is called before an object of n bytes is made. It raises a Lua error
	// when the state may not have them. Nil grants everything; no object takes more
	// than 40 KiB.
	Reserve func(L *lua.LState, n int)
}

// module is the library of one Lua state.
type module struct {
	Options
	window, word *lua.LTable // metatables
}

// Opener returns the function that makes the module within the limits of o: it
// sets the global sax and returns the module table to require.
func Opener(o Options) lua.LGFunction {
	return func(L *lua.LState) int {
		m := &module{o, L.NewTypeMetatable(windowName), L.NewTypeMetatable(wordName)}
		m.window.RawSetString("__index", L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"add":      add,
			"clear":    clearWindow,
			"get_word": m.getWord,
		}))
		// Lua compares two objects by a function that is the same in both metatables.
		equal, text := L.NewFunction(equalWords), L.NewFunction(toString)
		for _, meta := range []*lua.LTable{m.window, m.word} {
			meta.RawSetString("__eq", equal)
			meta.RawSetString("__tostring", text)
		}
		mod := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
			"mindist": minDist,
			"version": version,
		})
		mod.RawSetString("window", L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{"new": m.newWindow}))
		mod.RawSetString("word", L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{"new": m.newWord}))
		L.SetGlobal("sax", mod)
		L.Push(mod)
		return 1
	}
}

func version(L *lua.LState) int {
	L.Push(lua.LString("0.4.0"))
	return 1
}

// push makes an object of n bytes after the state granted them.
func (m *module) push(a args, meta *lua.LTable, n int, object func() any) {
	if m.Reserve != nil {
		m.Reserve(a.LState, n)
	}
	a.Push(&lua.LUserData{Value: object(), Env: a.Env, Metatable: meta})
}

// integer returns argument n without its fraction; what is not between least and
// most raises an error.
func (a args) integer(n int, least, most float64, problem string) int {
	v := math.Trunc(a.Number(n))
	if !(v >= least && v <= most) {
		a.Fail(n, problem)
	}
	return int(v)
}

func (a args) frames(n int) int { return a.integer(n, 2, maxFrames, "w is out of range") }
func (a args) cardinality(n int) int {
	return a.integer(n, 2, maxLetters, "cardinality is out of range")
}

// newWindow is sax.window.new(n, w, c).
func (m *module) newWindow(L *lua.LState) int {
	a := function(L, "new")
	a.Count(3, 3)
	n, w, c := a.integer(1, 2, maxValues, "n is out of range"), a.frames(2), a.cardinality(3)
	if n%w != 0 {
		a.Fail(1, "n must be evenly divisible by w")
	}
	m.push(a, m.window, windowSize(n)+w, func() any { return newWindow(n, w, c) })
	return 1
}

// newWord is sax.word.new(values, w, c) and sax.word.new(text, c).
func (m *module) newWord(L *lua.LState) int {
	a := function(L, "new")
	if values, ok := a.At(1).(*lua.LTable); ok {
		return m.wordOfValues(a, values)
	}
	a.Count(2, 2)
	text, c := a.Bytes(1), a.cardinality(2)
	if len(text) < 2 || len(text) > maxFrames {
		a.Fail(1, "w is out of range")
	}
	for i := range len(text) {
		if text[i] != unknown && (text[i] < 'A' || int(text[i]-'A') >= c) {
			a.Fail(1, "invalid letter in word")
		}
	}
	m.push(a, m.word, fixed+len(text), func() any { return &Word{text, 0, c} })
	return 1
}

func (m *module) wordOfValues(a args, t *lua.LTable) int {
	a.Count(3, 3)
	n, w, c := t.Len(), a.frames(2), a.cardinality(3)
	switch {
	case n < 2 || n > maxValues:
		a.Fail(1, "n is out of range")
	case n%w != 0:
		a.Fail(1, "n must be evenly divisible by w")
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = a.element(t, i+1)
	}
	a.Work(8 * n)
	m.push(a, m.word, fixed+w, func() any {
		return &Word{string(appendWord(nil, values, n/w, breakpoints(c))), n, c}
	})
	return 1
}

// element returns an element of an array of numbers, which is argument 1.
func (a args) element(t *lua.LTable, i int) float64 {
	v, ok := t.RawGetInt(i).(lua.LNumber)
	if !ok {
		a.Fail(1, "array must contain only numbers")
	}
	return float64(v)
}

// self returns the window whose method takes n arguments.
func (a args) self(n int) *Window {
	if ud, ok := a.Get(1).(*lua.LUserData); ok {
		if w, ok := ud.Value.(*Window); ok {
			a.Count(n, n)
			return w
		}
	}
	a.Object = 0
	a.TypeError(1, windowName)
	return nil
}

// add is window:add(number or array).
func add(L *lua.LState) int {
	a := method(L, "add")
	w := a.self(1)
	t, ok := a.At(1).(*lua.LTable)
	if !ok {
		w.add(a.Number(1))
		return 0
	}
	n := t.Len()
	a.Work(8 * n)
	for i := range n {
		a.element(t, i+1) // all or nothing
	}
	for i := max(0, n-w.n); i < n; i++ {
		w.add(a.element(t, i+1))
	}
	return 0
}

// clearWindow is window:clear().
func clearWindow(L *lua.LState) int {
	method(L, "clear").self(0).clear()
	return 0
}

// getWord is window:get_word().
func (m *module) getWord(L *lua.LState) int {
	a := method(L, "get_word")
	w := a.self(0)
	a.Work(8 * w.n)
	m.push(a, m.word, fixed+w.w, func() any { return w.word() })
	return 1
}

// worded is a word or a window.
type worded interface{ word() *Word }

// word returns the word that argument n is or has.
func (a args) word(n int) *Word {
	if ud, ok := a.At(n).(*lua.LUserData); ok {
		if w, ok := ud.Value.(worded); ok {
			if win, ok := w.(*Window); ok && win.current == nil {
				a.Work(8 * win.n)
			}
			return w.word()
		}
	}
	a.TypeError(n, wordName+" or "+windowName)
	return nil
}

// minDist is sax.mindist(a, b).
func minDist(L *lua.LState) int {
	a := function(L, "mindist")
	a.Count(2, 2)
	x, y := a.word(1), a.word(2)
	n := max(x.n, y.n)
	if n == 0 {
		n = len(x.text)
	}
	if len(x.text) != len(y.text) || x.c != y.c || x.n != 0 && x.n != n || y.n != 0 && y.n != n {
		L.Push(lua.LNil)
		return 1
	}
	a.Work(8 * len(x.text))
	all, above, below := distance(x.text, y.text, x.c)
	factor := math.Sqrt(float64(n) / float64(len(x.text)))
	L.Push(lua.LNumber(factor * all))
	L.Push(lua.LNumber(factor * above))
	L.Push(lua.LNumber(factor * below))
	return 3
}

// equalWords is the comparison of words and windows: the same letters out of the
// same alphabet.
func equalWords(L *lua.LState) int {
	a := function(L, "__eq")
	x, y := a.word(1), a.word(2)
	L.Push(lua.LBool(x.text == y.text && x.c == y.c))
	return 1
}

// toString is tostring of a word or window.
func toString(L *lua.LState) int {
	L.Push(lua.LString(function(L, "tostring").word(1).text))
	return 1
}
