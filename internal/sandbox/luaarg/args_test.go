package luaarg_test

import (
	"context"
	"errors"
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/luaarg"
)

// newState has the functions number, key, bytes, two and raise, and the method add
// of the table object.
func newState(t *testing.T) *lua.LState {
	t.Helper()
	L := lua.NewState()
	t.Cleanup(L.Close)
	for name, f := range map[string]func(a luaarg.Args) lua.LValue{
		"number": func(a luaarg.Args) lua.LValue { return lua.LNumber(a.Number(1)) },
		"key":    func(a luaarg.Args) lua.LValue { return lua.LString(a.Key(1)) },
		"bytes":  func(a luaarg.Args) lua.LValue { return lua.LString(a.Bytes(1)) },
		"two":    func(a luaarg.Args) lua.LValue { a.Count(2, 2); return lua.LNumber(a.Len()) },
		"raise":  func(a luaarg.Args) lua.LValue { a.Raise("a problem"); return lua.LNil },
		"work":   func(a luaarg.Args) lua.LValue { a.Work(10 * luaarg.Stride); return lua.LTrue },
	} {
		L.SetGlobal(name, L.NewFunction(func(L *lua.LState) int {
			L.Push(f(luaarg.Function(L, name)))
			return 1
		}))
	}
	object := L.NewTable()
	object.RawSetString("add", L.NewFunction(func(L *lua.LState) int {
		a := luaarg.Method(L, "add")
		a.Count(1, 1)
		L.Push(lua.LNumber(a.Number(1) + 1))
		return 1
	}))
	L.SetGlobal("object", object)
	return L
}

func TestArguments(t *testing.T) {
	L := newState(t)
	for expr, want := range map[string]string{
		`number(7)`:                            "7",
		`number(" 0x10 ")`:                     "16",
		`number("1e400")`:                      "+Inf",
		`key(1) == key("\0\0\0\0\0\0\240\63")`: "true",
		`key("a")`:                             "a",
		`bytes("a\0b") == "a\0b"`:              "true",
		`two(nil, nil)`:                        "2",
		`object:add("2")`:                      "3",
		// errors
		`number()`:                 "x:1: bad argument #1 to 'number' (number expected, got no value)",
		`number("1_0")`:            "x:1: bad argument #1 to 'number' (number expected, got string)",
		`key({})`:                  "x:1: bad argument #1 to 'key' (must be a string or number)",
		`bytes(1)`:                 "x:1: bad argument #1 to 'bytes' (string expected, got number)",
		`two(1)`:                   "x:1: bad argument #0 to 'two' (incorrect number of arguments)",
		`object:add()`:             "x:1: bad argument #-1 to 'add' (incorrect number of arguments)",
		`object:add({})`:           "x:1: bad argument #1 to 'add' (number expected, got table)",
		`raise()`:                  "x:1: a problem",
		`select(2, pcall(raise))`:  "a problem",
		`select(2, pcall(number))`: "bad argument #1 to '?' (number expected, got no value)",
	} {
		f, err := L.LoadString("return " + expr)
		if err != nil {
			t.Fatal(err)
		}
		f.Proto.SourceName = "x"
		var got string
		if err := L.CallByParam(lua.P{Fn: f, NRet: 1, Protect: true}); err != nil {
			var problem *lua.ApiError
			if !errors.As(err, &problem) {
				t.Fatal(err)
			}
			got = problem.Object.String()
		} else {
			got = L.Get(-1).String()
			L.Pop(1)
		}
		if got != want {
			t.Errorf("%s: %s; want %s", expr, got, want)
		}
	}
}

func TestWorkEndsWithItsContext(t *testing.T) {
	L := newState(t)
	if err := L.DoString(`work()`); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	L.SetContext(ctx)
	if err := L.DoString(`work()`); err != nil {
		t.Error(err)
	}
	cancel()
	if err := L.DoString(`work()`); err == nil {
		t.Error("work goes on after the end of its context")
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1", " 0x.8p1\n", "1e400", "nan", "1_0", "+-1", "0x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, ok := luaarg.ParseNumber(s)
		y, again := luaarg.ParseNumber(" " + s + "\t")
		if ok != again || ok && math.Float64bits(x) != math.Float64bits(y) && x == x {
			t.Errorf("%q: %v %v; with blanks %v %v", s, x, ok, y, again)
		}
	})
}
