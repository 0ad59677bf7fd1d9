package lpeg_test

import (
	"context"
	"errors"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// FuzzRe compiles and matches arbitrary patterns in the notation of re. Whatever
// is wrong with one must be told as an error of Lua.
func FuzzRe(f *testing.F) {
	for _, p := range []string{
		"[0-9]+", "s <- {%d+} / . s", "{:x:..:} =x", "({....}{...}) -> '%2%1'", "{| {.} {:x: . :} |}",
		"{~ ('a' -> 'b' / .)* ~}", "'a'^3 'b'^+2 'c'^-1 &'d' !'e'", "[^]%s-] <x> -- comment\n", "a <- 'x' b  b <- 'y' (a / '')",
		"list <- {| item (',' item)* |} !.\nitem <- { [a-z]+ } / %d+ -> 'n%0'", ". -> {} -> 1 -> t => f", "((((", "%", "{:",
	} {
		f.Add(p, "the number 423 is odd")
	}
	l := newState(f)
	if err := l.DoString(`require "re" defs = { t = {}, f = function(s, i) return i end, x = "x" }`); err != nil {
		f.Fatal(err)
	}
	compile := l.GetField(l.GetGlobal("re"), "compile")
	f.Fuzz(func(t *testing.T, pattern, subject string) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		l.SetContext(ctx)
		defer l.SetTop(0)
		call := func(fn lua.LValue, args ...lua.LValue) bool {
			err := l.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}, args...)
			var e *lua.ApiError
			if errors.As(err, &e) && e.Type != lua.ApiErrorRun {
				t.Fatalf("%q on %q: %v", pattern, subject, err)
			}
			return err == nil
		}
		if call(compile, lua.LString(pattern), l.GetGlobal("defs")) {
			p := l.Get(-1)
			call(l.GetField(p, "match"), p, lua.LString(subject))
		}
	})
}
