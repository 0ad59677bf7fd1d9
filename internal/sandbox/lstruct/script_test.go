package lstruct_test

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/lstruct"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// newState returns a state with the library under the limits of o, with room for
// many values and with the function hex for scripts.
func newState(t testing.TB, o lstruct.Options) *lua.LState {
	t.Helper()
	L := luatest.NewState(t, "struct", lstruct.Opener(o), lua.Options{RegistrySize: 1 << 10, RegistryMaxSize: 1 << 18, RegistryGrowStep: 1 << 10})
	luatest.Run(t, L, `
		function hex(s)
			return (string.gsub(s, ".", function(c) return string.format("%02x ", string.byte(c)) end))
		end`)
	return L
}

func TestScripts(t *testing.T) {
	luatest.Scripts(t, func(t testing.TB) *lua.LState { return newState(t, lstruct.Options{}) })
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", lstruct.Opener(lstruct.Options{}))
	luatest.Run(t, L, `assert(require "other".size("<i4") == 4)`)
}

func TestMemoryIsReserved(t *testing.T) {
	var taken int
	L := newState(t, lstruct.Options{Reserve: func(L *lua.LState, n int) {
		if taken += n; taken > 1<<20 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	luatest.Run(t, L, `
		local big = string.rep("x", 1e5)
		many = {}
		for i = 1, 1000 do many[i] = big end
		format = string.rep("c0", 1000)
		wide = string.rep("i32", 1e5)
		numbers = {}
		for i = 1, 1e5 do numbers[i] = 1 end
		data = string.rep("x", 2e6)
	`)
	for _, script := range []string{
		`struct.pack(format, unpack(many))`,
		`struct.pack(wide, unpack(numbers))`,
		`struct.unpack("c2000000", data)`,
	} {
		taken = 0
		if got := luatest.ErrText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
	taken = 0
	luatest.Run(t, L, `struct.pack("s", string.rep("y", 100000))`)
	if taken < 100000 || taken > 101000 {
		t.Errorf("100000 bytes took %d", taken)
	}
}

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, lstruct.Options{})
	luatest.Run(t, L, `
		format, data = string.rep("x", 1e5), string.rep("\0", 1e5)
		pack, unpack, size = struct.pack, struct.unpack, struct.size
	`)
	luatest.Stops(t, L, map[string][]lua.LValue{
		"pack":   {L.GetGlobal("format")},
		"unpack": {L.GetGlobal("format"), L.GetGlobal("data")},
		"size":   {L.GetGlobal("format")},
	})
}

func TestTooManyResultsAreAnError(t *testing.T) {
	L := newState(t, lstruct.Options{})
	luatest.Run(t, L, `format = string.rep("b", 1e6) data = string.rep("\0", 1e6)`)
	if got := luatest.ErrText(t, L, `struct.unpack(format, data)`); !strings.Contains(got, "overflow") {
		t.Errorf("got %q", got)
	}
	luatest.Run(t, L, `assert(struct.unpack("b", "\1") == 1)`)
}
