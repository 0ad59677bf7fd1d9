package sax_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/luatest"
	"github.com/hekad/heka/internal/sandbox/sax"
)

// object is what the host sees of a word or window.
type object interface {
	Size() int
	AppendOutput(dst []byte, limit int) []byte
	AppendPreserved(dst []byte, variable string) []byte
}

// newState returns a state with the library under the limits of o.
func newState(t testing.TB, o sax.Options) *lua.LState {
	t.Helper()
	return luatest.NewState(t, "sax", sax.Opener(o))
}

func TestScripts(t *testing.T) {
	luatest.Scripts(t, func(t testing.TB) *lua.LState { return newState(t, sax.Options{}) })
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", sax.Opener(sax.Options{}))
	luatest.Run(t, L, `assert(tostring(require "other".word.new("AB", 2)) == "AB")`)
}

func TestMemoryIsReserved(t *testing.T) {
	var taken int
	L := newState(t, sax.Options{Reserve: func(L *lua.LState, n int) {
		if taken = n; n > 20000 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	if got := luatest.ErrText(t, L, `sax.window.new(4096, 2048, 4)`); got != "not enough memory" {
		t.Errorf("got %q", got)
	}
	for _, script := range []string{
		`v = sax.window.new(1024, 16, 4)`, `v = sax.word.new("ABC", 4)`, `v = sax.word.new({1, 2, 3, 4}, 2, 4)`, `v = sax.window.new(4, 2, 4):get_word()`,
	} {
		luatest.Run(t, L, script)
		if size := L.GetGlobal("v").(*lua.LUserData).Value.(object).Size(); size != taken {
			t.Errorf("%s: reserved %d bytes, size is %d", script, taken, size)
		}
	}
}

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, sax.Options{})
	luatest.Run(t, L, `
		win = sax.window.new(4096, 2048, 4)
		add, get, dist, text = win.add, win.get_word, sax.mindist, tostring
		array = {}
		for i = 1, 1e5 do array[i] = i end
	`)
	luatest.Stops(t, L, map[string][]lua.LValue{
		"add":  {L.GetGlobal("win"), L.GetGlobal("array")},
		"get":  {L.GetGlobal("win")},
		"dist": {L.GetGlobal("win"), L.GetGlobal("win")},
		"text": {L.GetGlobal("win")},
	})
}
