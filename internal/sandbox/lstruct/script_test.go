package lstruct_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/lstruct"
)

// prelude are the words of the scripts in testdata.
const prelude = `
function same(got, want, what)
  if got ~= want and (got == got or want == want) then
    error(string.format("%s: got %s, want %s", what or "value", tostring(got), tostring(want)), 2)
  end
end
function fails(want, script)
  local f = assert(loadstring(script, "s"))
  local ok, got = pcall(f)
  if ok then error("no error from " .. script .. ", want " .. want, 2) end
  if got ~= "s:1: " .. want then error(script .. ": got '" .. tostring(got) .. "', want '" .. want .. "'", 2) end
end
function hex(s) return (string.gsub(s, ".", function(c) return string.format("%02x ", string.byte(c)) end)) end
`

func newState(t testing.TB, o lstruct.Options) *lua.LState {
	t.Helper()
	L := lua.NewState(lua.Options{RegistrySize: 1 << 10, RegistryMaxSize: 1 << 18, RegistryGrowStep: 1 << 10})
	t.Cleanup(L.Close)
	L.PreloadModule("struct", lstruct.Opener(o))
	run(t, L, prelude+`assert(require "struct" == struct)`)
	return L
}

func run(t testing.TB, L *lua.LState, script string) {
	t.Helper()
	if err := L.DoString(script); err != nil {
		t.Fatal(err)
	}
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			L := newState(t, lstruct.Options{})
			if err := L.DoFile(file); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", lstruct.Open)
	run(t, L, `assert(require "other".size("<i4") == 4)`)
}

// errText returns the error of a script.
func errText(t *testing.T, L *lua.LState, script string) string {
	t.Helper()
	err := L.DoString(script)
	var api *lua.ApiError
	if !errors.As(err, &api) {
		t.Fatalf("%s: no error", script)
	}
	return api.Object.String()
}

func TestMemoryIsReserved(t *testing.T) {
	var taken int
	L := newState(t, lstruct.Options{Reserve: func(L *lua.LState, n int) {
		if taken += n; taken > 1<<20 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	run(t, L, `
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
		if got := errText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
	taken = 0
	run(t, L, `struct.pack("s", string.rep("y", 100000))`)
	if taken < 100000 || taken > 101000 {
		t.Errorf("100000 bytes took %d", taken)
	}
}

// done is a context that is over.
type done struct{ context.Context }

func (done) Err() error { return errors.New("instruction_limit exceeded") }

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, lstruct.Options{})
	run(t, L, `format = string.rep("x", 1e5) data = string.rep("\0", 1e5)`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, args := range map[string][]lua.LValue{
		"pack":   {L.GetGlobal("format")},
		"unpack": {L.GetGlobal("format"), L.GetGlobal("data")},
		"size":   {L.GetGlobal("format")},
	} {
		fn := L.GetGlobal("struct").(*lua.LTable).RawGetString(name)
		L.SetContext(done{ctx})
		err := L.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}, args...)
		L.RemoveContext()
		var api *lua.ApiError
		if !errors.As(err, &api) || api.Object.String() != "instruction_limit exceeded" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTooManyResultsAreAnError(t *testing.T) {
	L := newState(t, lstruct.Options{})
	run(t, L, `format = string.rep("b", 1e6) data = string.rep("\0", 1e6)`)
	if got := errText(t, L, `struct.unpack(format, data)`); !strings.Contains(got, "overflow") {
		t.Errorf("got %q", got)
	}
	run(t, L, `assert(struct.unpack("b", "\1") == 1)`)
}
