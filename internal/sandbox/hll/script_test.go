package hll_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/hll"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// newState returns a state with the library under the limits of o.
func newState(t testing.TB, o hll.Options) *lua.LState {
	t.Helper()
	return luatest.NewState(t, "hyperloglog", hll.Opener(o))
}

func set(L *lua.LState, name string) *hll.Set { return luatest.Object[*hll.Set](L, name) }

func TestScripts(t *testing.T) {
	luatest.Scripts(t, func(t testing.TB) *lua.LState { return newState(t, hll.Options{}) })
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", hll.Opener(hll.Options{}))
	luatest.Run(t, L, `assert(require "other".new():add("x"))`)
}

func TestMemoryIsReserved(t *testing.T) {
	var taken int
	L := newState(t, hll.Options{Reserve: func(L *lua.LState, n int) {
		if taken += n; taken > 100000 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	luatest.Run(t, L, `h = hyperloglog.new()`)
	if size := set(L, "h").Size(); size != taken || size < 12304 {
		t.Errorf("reserved %d bytes, size is %d", taken, size)
	}
	for _, script := range []string{
		`local t = {} for i = 1, 100 do t[i] = hyperloglog.new() end`,
		`local t = {} for i = 1, 100 do t[i] = tostring(h) end`,
	} {
		taken = 0
		if got := luatest.ErrText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
}

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, hll.Options{})
	luatest.Run(t, L, `
		h, other = hyperloglog.new(), hyperloglog.new()
		h:add(1)
		add, merge, count, all = h.add, h.merge, h.count, hyperloglog.count
		key = string.rep("x", 1e6)
	`)
	luatest.Stops(t, L, map[string][]lua.LValue{
		"add":   {L.GetGlobal("h"), L.GetGlobal("key")},
		"merge": {L.GetGlobal("h"), L.GetGlobal("other")},
		"count": {L.GetGlobal("h")},
		"all":   {L.GetGlobal("h"), L.GetGlobal("other")},
	})
}
