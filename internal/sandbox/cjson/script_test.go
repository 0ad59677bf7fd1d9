package cjson_test

import (
	"context"
	"errors"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/cjson"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// newState returns a state with the library under the limits of o.
func newState(t testing.TB, o cjson.Options) *lua.LState {
	t.Helper()
	return luatest.NewState(t, "cjson", cjson.Opener(o))
}

func TestScripts(t *testing.T) {
	luatest.Scripts(t, func(t testing.TB) *lua.LState { return newState(t, cjson.Options{}) })
}

func TestOpenNeedsNoHost(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("json_of_tests", cjson.Opener(cjson.Options{}))
	luatest.Run(t, L, `
		local mod = require "json_of_tests"
		assert(mod == cjson and mod.encode({1}) == "[1]")`)
}

func TestErrorsCarryThePositionOfTheCaller(t *testing.T) {
	L := newState(t, cjson.Options{})
	for script, want := range map[string]string{
		`cjson.decode("[")`:           `<string>:1: Expected value but found T_END at character 2`,
		`cjson.encode(print)`:         `<string>:1: Cannot serialise function: type not supported`,
		`cjson.encode()`:              `<string>:1: bad argument #1 to 'encode' (expected 1 argument)`,
		`cjson.decode({})`:            `<string>:1: bad argument #1 to 'decode' (string expected, got table)`,
		`cjson.decode_max_depth("x")`: `<string>:1: bad argument #1 to 'decode_max_depth' (number expected, got string)`,
	} {
		if got := luatest.ErrText(t, L, script); got != want {
			t.Errorf("%s: got %q, want %q", script, got, want)
		}
	}
}

func TestOutputLimitIsOfTheTextItself(t *testing.T) {
	L := newState(t, cjson.Options{OutputLimit: 100})
	luatest.Run(t, L, `
		same(#cjson.encode(string.rep("x", 98)), 100)
		same(#cjson.encode(string.rep('"', 49)), 100)
		fails("strbuf output_limit exceeded", cjson.encode, string.rep("x", 99))
		fails("strbuf output_limit exceeded", cjson.encode, string.rep('"', 50))
		fails("strbuf output_limit exceeded", cjson.encode, string.rep("x", 1e6))
		local t = {}
		for i = 1, 50 do t[i] = 1 end
		fails("strbuf output_limit exceeded", cjson.encode, t)
		t[50] = nil
		same(#cjson.encode(t), 99)
		same(#cjson.decode("[" .. string.rep("1,", 5000) .. "1]"), 5001, "decode has no such limit")
	`)
}

// budget is a context that lets a number of looks pass, as a sandbox counts
// instructions.
type budget struct {
	context.Context
	left int
}

func (b *budget) Done() <-chan struct{} {
	if b.left--; b.left >= 0 {
		return nil
	}
	closed := make(chan struct{})
	close(closed)
	return closed
}

func (b *budget) Err() error { return errors.New("instruction_limit exceeded") }

func TestHugeWorkIsCounted(t *testing.T) {
	L := newState(t, cjson.Options{})
	luatest.Run(t, L, `
		blowup = {}
		for i = 1, 40 do blowup = {blowup, blowup} end
		text = "[" .. string.rep("[],", 1e6) .. "1]"
		holes = "[" .. string.rep("null,", 1e6) .. "1]"
		cjson.encode_sparse_array(false, 0)
	`)
	for _, script := range []string{
		`cjson.encode(blowup)`,
		`cjson.decode(text)`,
		`cjson.decode(holes)`,
		`cjson.encode({[2147483647] = 1})`,
	} {
		L.SetContext(&budget{context.Background(), 100})
		if got := luatest.ErrText(t, L, script); got != "instruction_limit exceeded" {
			t.Errorf("%s: got %q", script, got)
		}
		L.RemoveContext()
	}
}

func TestMemoryIsReserved(t *testing.T) {
	var taken int
	L := newState(t, cjson.Options{Reserve: func(L *lua.LState, n int) {
		if taken += n; taken > 1<<20 {
			L.Error(lua.LString("not enough memory"), 0)
		}
	}})
	luatest.Run(t, L, `
		blowup = {}
		for i = 1, 40 do blowup = {blowup, blowup} end
		text = "[" .. string.rep("{},", 1e5) .. "1]"
	`)
	for _, script := range []string{`cjson.encode(blowup)`, `cjson.decode(text)`} {
		taken = 0
		if got := luatest.ErrText(t, L, script); got != "not enough memory" {
			t.Errorf("%s: got %q", script, got)
		}
	}
	taken = 0
	luatest.Run(t, L, `keep = cjson.decode('[1,{"a":"0123456789"}]')`)
	if want := 2*16 + 56 + 40 + 56 + 25 + 34; taken != want {
		t.Errorf("decode took %d bytes, want %d", taken, want)
	}
}

func TestDepthIsBoundedWhateverIsAskedFor(t *testing.T) {
	L := newState(t, cjson.Options{})
	luatest.Run(t, L, `
		cjson.decode_max_depth(2147483647)
		cjson.encode_max_depth(2147483647)
		fails("Found too many nested data structures (10001) at character 10001", cjson.decode, string.rep("[", 1e6))
		fails("Found too many nested data structures (10001) at character 50001", cjson.decode, string.rep('{"a":', 1e6))
		local loop = {}
		loop[1] = loop
		fails("Cannot serialise, excessive nesting (10001)", cjson.encode, loop)
		local deep = string.rep("[", 10000) .. string.rep("]", 10000)
		same(#cjson.encode(cjson.decode(deep)), #deep)
	`)
}
