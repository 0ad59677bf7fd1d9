package cuckoo_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/cuckoo"
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

// newState returns a state with the library and the function preserve(f, variable)
// of the host.
func newState(t testing.TB, o cuckoo.Options) *lua.LState {
	t.Helper()
	L := lua.NewState()
	t.Cleanup(L.Close)
	L.PreloadModule("cuckoo_filter", cuckoo.Opener(o))
	L.SetGlobal("preserve", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(*cuckoo.Filter).AppendPreserved(nil, L.CheckString(2))))
		return 1
	}))
	run(t, L, prelude+`assert(require "cuckoo_filter" == cuckoo_filter)`)
	return L
}

func run(t testing.TB, L *lua.LState, script string) {
	t.Helper()
	if err := L.DoString(script); err != nil {
		t.Fatal(err)
	}
}

func filter(L *lua.LState, name string) *cuckoo.Filter {
	return L.GetGlobal(name).(*lua.LUserData).Value.(*cuckoo.Filter)
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			L := newState(t, cuckoo.Options{})
			if err := L.DoFile(file); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", cuckoo.Open)
	run(t, L, `assert(require "other".new(10):add("x"))`)
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
	L := newState(t, cuckoo.Options{Reserve: func(L *lua.LState, n int) {
		if taken = n; n > 1<<20 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	for _, script := range []string{
		`cuckoo_filter.new(1e6)`, `cuckoo_filter.new(1e300)`, `cuckoo_filter.new(1/0)`, `cuckoo_filter.new(4294967296)`,
	} {
		if got := errText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
	run(t, L, `f = cuckoo_filter.new(1000)`)
	if size := filter(L, "f").Size(); size != taken || size < 2048 {
		t.Errorf("reserved %d bytes, size is %d", taken, size)
	}
}

// done is a context that is over.
type done struct{ context.Context }

func (done) Err() error { return errors.New("instruction_limit exceeded") }

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, cuckoo.Options{})
	run(t, L, `
		f = cuckoo_filter.new(10)
		add, query, new = f.add, f.query, cuckoo_filter.new
		key = string.rep("x", 1e6)
	`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, args := range map[string][]lua.LValue{
		"add":   {L.GetGlobal("f"), L.GetGlobal("key")},
		"query": {L.GetGlobal("f"), L.GetGlobal("key")},
		"new":   {lua.LNumber(1e6)},
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
