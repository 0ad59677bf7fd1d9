package bloom_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/bloom"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// newState returns a state with the library under the limits of o.
func newState(t testing.TB, o bloom.Options) *lua.LState {
	t.Helper()
	return luatest.NewState(t, "bloom_filter", bloom.Opener(o))
}

func filter(L *lua.LState, name string) *bloom.Filter { return luatest.Object[*bloom.Filter](L, name) }

func TestScripts(t *testing.T) {
	luatest.Scripts(t, func(t testing.TB) *lua.LState { return newState(t, bloom.Options{}) })
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", bloom.Opener(bloom.Options{}))
	luatest.Run(t, L, `assert(require "other".new(10, 0.1):add("x"))`)
}

func TestMemoryIsReserved(t *testing.T) {
	var taken int
	L := newState(t, bloom.Options{Reserve: func(L *lua.LState, n int) {
		if taken = n; n > 1<<20 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	for _, script := range []string{
		`bloom_filter.new(1e6, 0.001)`, `bloom_filter.new(1e300, 0.5)`, `bloom_filter.new(1/0, 0.5)`, `bloom_filter.new(4294967296, 1e-300)`,
	} {
		if got := luatest.ErrText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
	luatest.Run(t, L, `f = bloom_filter.new(1000, 0.01)`)
	if size := filter(L, "f").Size(); size != taken || size < 1199 {
		t.Errorf("reserved %d bytes, size is %d", taken, size)
	}
}

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, bloom.Options{})
	luatest.Run(t, L, `
		f = bloom_filter.new(10, 1e-300)
		add, query, new = f.add, f.query, bloom_filter.new
		key = string.rep("x", 1e6)
	`)
	luatest.Stops(t, L, map[string][]lua.LValue{
		"add":   {L.GetGlobal("f"), L.GetGlobal("key")},
		"query": {L.GetGlobal("f"), L.GetGlobal("key")},
		"new":   {lua.LNumber(1e6), lua.LNumber(0.01)},
	})
}
