package cuckoo_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/cuckoo"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// newState returns a state with the library under the limits of o.
func newState(t testing.TB, o cuckoo.Options) *lua.LState {
	t.Helper()
	return luatest.NewState(t, "cuckoo_filter", cuckoo.Opener(o))
}

func filter(L *lua.LState, name string) *cuckoo.Filter {
	return luatest.Object[*cuckoo.Filter](L, name)
}

func TestScripts(t *testing.T) {
	luatest.Scripts(t, func(t testing.TB) *lua.LState { return newState(t, cuckoo.Options{}) })
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", cuckoo.Opener(cuckoo.Options{}))
	luatest.Run(t, L, `assert(require "other".new(10):add("x"))`)
}

func TestMemoryIsReserved(t *testing.T) {
	var taken int
	L := newState(t, cuckoo.Options{Reserve: func(L *lua.LState, n int) {
		if taken = n; n > 1<<20 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	for _, script := range []string{
		`cuckoo_filter.new(1e6)`, `cuckoo_filter.new(1e300)`, `cuckoo_filter.new(1/0)`, `cuckoo_filter.new(4294967296)`,
	} {
		if got := luatest.ErrText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
	luatest.Run(t, L, `f = cuckoo_filter.new(1000)`)
	if size := filter(L, "f").Size(); size != taken || size < 2048 {
		t.Errorf("reserved %d bytes, size is %d", taken, size)
	}
}

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, cuckoo.Options{})
	luatest.Run(t, L, `
		f = cuckoo_filter.new(10)
		add, query, new = f.add, f.query, cuckoo_filter.new
		key = string.rep("x", 1e6)
	`)
	luatest.Stops(t, L, map[string][]lua.LValue{
		"add":   {L.GetGlobal("f"), L.GetGlobal("key")},
		"query": {L.GetGlobal("f"), L.GetGlobal("key")},
		"new":   {lua.LNumber(1e6)},
	})
}
