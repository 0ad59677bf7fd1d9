package hll_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/hll"
)

// prelude are the words of the scripts in testdata.
const prelude = `
function same(got, want, what)
  if got ~= want then
    error(string.format("%s: got %s, want %s", what or "value", tostring(got), tostring(want)), 2)
  end
end
function fails(want, script)
  local f = assert(loadstring(script, "s"))
  local ok, got = pcall(f)
  if ok then error("no error from " .. script .. ", want " .. want, 2) end
  if got ~= "s:1: " .. want then error(script .. ": got '" .. tostring(got) .. "', want '" .. want .. "'", 2) end
end
`

// newState returns a state with the library and the functions
// output(h) and preserve(h, variable) of the host.
func newState(t testing.TB, o hll.Options) *lua.LState {
	t.Helper()
	L := lua.NewState()
	t.Cleanup(L.Close)
	L.PreloadModule("hyperloglog", hll.Opener(o))
	L.SetGlobal("preserve", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(*hll.Set).AppendPreserved(nil, L.CheckString(2))))
		return 1
	}))
	L.SetGlobal("output", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(*hll.Set).AppendOutput(nil, 0)))
		return 1
	}))
	run(t, L, prelude+`assert(require "hyperloglog" == hyperloglog)`)
	return L
}

func run(t testing.TB, L *lua.LState, script string) {
	t.Helper()
	if err := L.DoString(script); err != nil {
		t.Fatal(err)
	}
}

func set(L *lua.LState, name string) *hll.Set {
	return L.GetGlobal(name).(*lua.LUserData).Value.(*hll.Set)
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			L := newState(t, hll.Options{})
			if err := L.DoFile(file); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", hll.Open)
	run(t, L, `assert(require "other".new():add("x"))`)
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
	L := newState(t, hll.Options{Reserve: func(L *lua.LState, n int) {
		if taken += n; taken > 100000 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	run(t, L, `h = hyperloglog.new()`)
	if size := set(L, "h").Size(); size != taken || size < 12304 {
		t.Errorf("reserved %d bytes, size is %d", taken, size)
	}
	for _, script := range []string{
		`local t = {} for i = 1, 100 do t[i] = hyperloglog.new() end`,
		`local t = {} for i = 1, 100 do t[i] = tostring(h) end`,
	} {
		taken = 0
		if got := errText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
}

// done is a context that is over.
type done struct{ context.Context }

func (done) Err() error { return errors.New("instruction_limit exceeded") }

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, hll.Options{})
	run(t, L, `
		h, other = hyperloglog.new(), hyperloglog.new()
		h:add(1)
		add, merge, count, all = h.add, h.merge, h.count, hyperloglog.count
		key = string.rep("x", 1e6)
	`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, args := range map[string][]lua.LValue{
		"add":   {L.GetGlobal("h"), L.GetGlobal("key")},
		"merge": {L.GetGlobal("h"), L.GetGlobal("other")},
		"count": {L.GetGlobal("h")},
		"all":   {L.GetGlobal("h"), L.GetGlobal("other")},
	} {
		fn := L.GetGlobal(name)
		L.SetContext(done{ctx})
		err := L.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}, args...)
		L.RemoveContext()
		var api *lua.ApiError
		if !errors.As(err, &api) || api.Object.String() != "instruction_limit exceeded" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
