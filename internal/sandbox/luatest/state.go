package luatest

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// words are what scripts state their promises with.
const words = `
function same(got, want, what)
  if got ~= want and (got == got or want == want) then
    error(string.format("%s: got %s, want %s", what or "value", tostring(got), tostring(want)), 2)
  end
end
function fails(want, f, ...)
  if type(f) == "string" then
    want = "s:1: " .. want
    f = assert(loadstring(f, "s"))
  end
  local ok, got = pcall(f, ...)
  if ok then error("no error, want '" .. want .. "'", 2) end
  if got ~= want then error("got error '" .. tostring(got) .. "', want '" .. want .. "'", 2) end
end
`

// NewState returns a state with the words of [Scripts] that has required the module
// of that name, which open makes. The module must set a global of its name. The
// state is closed when the test ends.
func NewState(t testing.TB, name string, open lua.LGFunction, o ...lua.Options) *lua.LState {
	t.Helper()
	L := lua.NewState(o...)
	t.Cleanup(L.Close)
	L.PreloadModule(name, open)
	L.SetGlobal("output", L.NewFunction(output))
	L.SetGlobal("preserve", L.NewFunction(preserve))
	Run(t, L, words)
	Run(t, L, `assert(require "`+name+`" == `+name+`)`)
	return L
}

// output is output(object) as of a host without a limit.
func output(L *lua.LState) int {
	object, ok := L.CheckUserData(1).Value.(interface {
		AppendOutput(dst []byte, limit int) []byte
	})
	if !ok {
		L.ArgError(1, "the object cannot be output")
	}
	L.Push(lua.LString(object.AppendOutput(nil, 0)))
	return 1
}

// preserve is preserve(object, variable): the text that a host keeps of it.
func preserve(L *lua.LState) int {
	object, ok := L.CheckUserData(1).Value.(interface {
		AppendPreserved(dst []byte, variable string) []byte
	})
	if !ok {
		L.ArgError(1, "the object cannot be preserved")
	}
	L.Push(lua.LString(object.AppendPreserved(nil, L.CheckString(2))))
	return 1
}

// Scripts runs each of testdata/*.lua as a test of its own in a state of newState.
// The words of the scripts, beside what newState adds, are
//
//	same(got, want [, what])   the values are equal; NaN is equal to itself
//	fails(want, f, ...)        the call of f raises just this error
//	fails(want, "script")      the script raises just this error on its first line
//	output(object)             what the module writes of an object
//	preserve(object, name)     the script that makes the object again
func Scripts(t *testing.T, newState func(testing.TB) *lua.LState) {
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".lua"), func(t *testing.T) {
			if err := newState(t).DoFile(file); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Run runs a script that has to succeed.
func Run(t testing.TB, L *lua.LState, script string) {
	t.Helper()
	if err := L.DoString(script); err != nil {
		t.Fatal(err)
	}
}

// ErrText returns the error that a script has to raise, without the stack.
func ErrText(t testing.TB, L *lua.LState, script string) string {
	t.Helper()
	err := L.DoString(script)
	var raised *lua.ApiError
	if !errors.As(err, &raised) {
		t.Fatalf("%s: no error", script)
	}
	return raised.Object.String()
}

// Object returns the Go value of the object in a global variable.
func Object[T any](L *lua.LState, name string) T {
	return L.GetGlobal(name).(*lua.LUserData).Value.(T)
}

// Method calls a method of the object in a global variable and returns its first
// result.
func Method(L *lua.LState, object, name string, args ...lua.LValue) (lua.LValue, error) {
	ud := L.GetGlobal(object).(*lua.LUserData)
	fn := L.GetField(L.GetField(ud.Metatable, "__index"), name)
	if err := L.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}, append([]lua.LValue{ud}, args...)...); err != nil {
		return nil, err
	}
	v := L.Get(-1)
	L.Pop(1)
	return v, nil
}
