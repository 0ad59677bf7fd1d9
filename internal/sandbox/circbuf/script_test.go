package circbuf_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/circbuf"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// newState returns a state with the library under the limits of o.
func newState(t testing.TB, o circbuf.Options) *lua.LState {
	t.Helper()
	return luatest.NewState(t, "circular_buffer", circbuf.Opener(o))
}

func buffer(L *lua.LState, name string) *circbuf.Buffer {
	return luatest.Object[*circbuf.Buffer](L, name)
}

func TestScripts(t *testing.T) {
	luatest.Scripts(t, func(t testing.TB) *lua.LState { return newState(t, circbuf.Options{}) })
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", circbuf.Opener(circbuf.Options{}))
	luatest.Run(t, L, `assert(require "other" == circular_buffer and circular_buffer.new(2, 1, 1))`)
}

func TestMemoryIsReserved(t *testing.T) {
	var taken int
	L := newState(t, circbuf.Options{Reserve: func(L *lua.LState, n int) {
		if taken = n; n > 32767 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	if got := luatest.ErrText(t, L, `circular_buffer.new(1000, 10, 1)`); got != "not enough memory" {
		t.Errorf("got %q", got)
	}
	luatest.Run(t, L, `cb = circular_buffer.new(100, 10, 1)`)
	if b := buffer(L, "cb"); b.Size() != taken || taken < 8000 {
		t.Errorf("reserved %d bytes, size is %d", taken, b.Size())
	}
	plain := taken
	luatest.Run(t, L, `cb = circular_buffer.new(100, 10, 1, true)`)
	if taken < plain+8000 || buffer(L, "cb").Size() != taken {
		t.Errorf("deltas reserve %d bytes, without %d", taken, plain)
	}
}

func TestHugeBuffersAreRefused(t *testing.T) {
	L := newState(t, circbuf.Options{})
	for _, script := range []string{
		`circular_buffer.new(2147483647, 2147483647, 1)`,
		`circular_buffer.new(1e300, 1e300, 1e300)`,
		`circular_buffer.new(1e8, 1, 1)`,
		`circular_buffer.new(2, 1e8, 1)`,
		`circular_buffer.new(1/0, 1, 1)`,
	} {
		if got := luatest.ErrText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
}

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, circbuf.Options{})
	luatest.Run(t, L, `
		cb = circular_buffer.new(100000, 1, 1)
		new, compute, rank, restore = circular_buffer.new, cb.compute, cb.mannwhitneyu, cb.fromstring
		text = "99999 99999" .. string.rep(" 1", 100000)
	`)
	luatest.Stops(t, L, map[string][]lua.LValue{
		"new":     {lua.LNumber(100000), lua.LNumber(1), lua.LNumber(1)},
		"compute": {L.GetGlobal("cb"), lua.LString("sum"), lua.LNumber(1)},
		"rank":    {L.GetGlobal("cb"), lua.LNumber(1), lua.LNumber(0), lua.LNumber(1e12), lua.LNumber(2e12), lua.LNumber(9e12)},
		"restore": {L.GetGlobal("cb"), L.GetGlobal("text")},
	})
}

// A text that does not fit ends early, and the changes are not lost with it.
func TestOutputStopsBehindTheLimit(t *testing.T) {
	L := newState(t, circbuf.Options{})
	luatest.Run(t, L, `
		cb = circular_buffer.new(1000, 10, 1)
		d = circular_buffer.new(1000, 10, 1, true):format("cbufd")
		for i = 0, 999 do d:add(i * 1e9, 1, 1) end
	`)
	for _, name := range []string{"cb", "d"} {
		b := buffer(L, name)
		whole := len(b.AppendOutput(nil, 500))
		if whole <= 500 || whole > 600 {
			t.Errorf("%s: %d bytes with a limit of 500", name, whole)
		}
		if got := len(b.AppendOutput(nil, 0)); got < 10000 {
			t.Errorf("%s: %d bytes without a limit", name, got)
		}
	}
	if got := len(buffer(L, "d").AppendOutput(nil, 0)); got != 0 {
		t.Errorf("second cbufd has %d bytes", got)
	}
}
