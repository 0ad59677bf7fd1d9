package sax_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/sax"
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

// object is what the host sees of a word or window.
type object interface {
	Size() int
	AppendOutput(dst []byte, limit int) []byte
	AppendPreserved(dst []byte, variable string) []byte
}

// newState returns a state with the library and the functions output(v) and
// preserve(v, variable) of the host.
func newState(t testing.TB, o sax.Options) *lua.LState {
	t.Helper()
	L := lua.NewState()
	t.Cleanup(L.Close)
	L.PreloadModule("sax", sax.Opener(o))
	L.SetGlobal("output", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(object).AppendOutput(nil, 0)))
		return 1
	}))
	L.SetGlobal("preserve", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(object).AppendPreserved(nil, L.CheckString(2))))
		return 1
	}))
	run(t, L, prelude+`assert(require "sax" == sax)`)
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
			L := newState(t, sax.Options{})
			if err := L.DoFile(file); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", sax.Open)
	run(t, L, `assert(tostring(require "other".word.new("AB", 2)) == "AB")`)
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
	L := newState(t, sax.Options{Reserve: func(L *lua.LState, n int) {
		if taken = n; n > 20000 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	if got := errText(t, L, `sax.window.new(4096, 2048, 4)`); got != "not enough memory" {
		t.Errorf("got %q", got)
	}
	for _, script := range []string{
		`v = sax.window.new(1024, 16, 4)`, `v = sax.word.new("ABC", 4)`, `v = sax.word.new({1, 2, 3, 4}, 2, 4)`, `v = sax.window.new(4, 2, 4):get_word()`,
	} {
		run(t, L, script)
		if size := L.GetGlobal("v").(*lua.LUserData).Value.(object).Size(); size != taken {
			t.Errorf("%s: reserved %d bytes, size is %d", script, taken, size)
		}
	}
}

// done is a context that is over.
type done struct{ context.Context }

func (done) Err() error { return errors.New("instruction_limit exceeded") }

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, sax.Options{})
	run(t, L, `
		win = sax.window.new(4096, 2048, 4)
		add, get, dist, text = win.add, win.get_word, sax.mindist, tostring
		array = {}
		for i = 1, 1e5 do array[i] = i end
	`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, args := range map[string][]lua.LValue{
		"add":  {L.GetGlobal("win"), L.GetGlobal("array")},
		"get":  {L.GetGlobal("win")},
		"dist": {L.GetGlobal("win"), L.GetGlobal("win")},
		"text": {L.GetGlobal("win")},
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
