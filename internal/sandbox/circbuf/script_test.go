package circbuf_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/circbuf"
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
`

// newState returns a state with the library, and with the functions of the host
// that the scripts use: output(cb) and preserve(cb, variable).
func newState(t testing.TB, o circbuf.Options) *lua.LState {
	t.Helper()
	L := lua.NewState()
	t.Cleanup(L.Close)
	L.PreloadModule("circular_buffer", circbuf.Opener(o))
	L.SetGlobal("output", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(*circbuf.Buffer).AppendOutput(nil, 0)))
		return 1
	}))
	L.SetGlobal("preserve", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(*circbuf.Buffer).AppendPreserved(nil, L.CheckString(2))))
		return 1
	}))
	run(t, L, prelude+`require "circular_buffer"`)
	return L
}

func run(t testing.TB, L *lua.LState, script string) {
	t.Helper()
	if err := L.DoString(script); err != nil {
		t.Fatal(err)
	}
}

// buffer returns the buffer in a global variable.
func buffer(L *lua.LState, name string) *circbuf.Buffer {
	return L.GetGlobal(name).(*lua.LUserData).Value.(*circbuf.Buffer)
}

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			L := newState(t, circbuf.Options{})
			if err := L.DoFile(file); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("other", circbuf.Open)
	run(t, L, `assert(require "other" == circular_buffer and circular_buffer.new(2, 1, 1))`)
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
	L := newState(t, circbuf.Options{Reserve: func(L *lua.LState, n int) {
		if taken = n; n > 32767 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	if got := errText(t, L, `circular_buffer.new(1000, 10, 1)`); got != "not enough memory" {
		t.Errorf("got %q", got)
	}
	run(t, L, `cb = circular_buffer.new(100, 10, 1)`)
	if b := buffer(L, "cb"); b.Size() != taken || taken < 8000 {
		t.Errorf("reserved %d bytes, size is %d", taken, b.Size())
	}
	plain := taken
	run(t, L, `cb = circular_buffer.new(100, 10, 1, true)`)
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
		if got := errText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
}

// done is a context that is over.
type done struct{ context.Context }

func (done) Err() error { return errors.New("instruction_limit exceeded") }

func TestLongWorkStopsWithTheContext(t *testing.T) {
	L := newState(t, circbuf.Options{})
	run(t, L, `
		cb = circular_buffer.new(100000, 1, 1)
		new, compute, rank, restore = circular_buffer.new, cb.compute, cb.mannwhitneyu, cb.fromstring
		text = "99999 99999" .. string.rep(" 1", 100000)
	`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, args := range map[string][]lua.LValue{
		"new":     {lua.LNumber(100000), lua.LNumber(1), lua.LNumber(1)},
		"compute": {L.GetGlobal("cb"), lua.LString("sum"), lua.LNumber(1)},
		"rank":    {L.GetGlobal("cb"), lua.LNumber(1), lua.LNumber(0), lua.LNumber(1e12), lua.LNumber(2e12), lua.LNumber(9e12)},
		"restore": {L.GetGlobal("cb"), L.GetGlobal("text")},
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

// A text that does not fit ends early, and the changes are not lost with it.
func TestOutputStopsBehindTheLimit(t *testing.T) {
	L := newState(t, circbuf.Options{})
	run(t, L, `
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
