package lpeg_test

import (
	"runtime/debug"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/lpeg"
)

const combinedLine = `203.0.113.195 - - [10/Feb/2014:08:46:41 -0800] "GET /static/css/site.css?v=20140210 HTTP/1.1" 200 48213 "https://www.example.com/products/index.html" "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0"`

// newState returns a Lua state that can require the libraries.
func newState(tb testing.TB) *lua.LState {
	tb.Helper()
	l := lua.NewState(lua.Options{CallStackSize: 1 << 12, RegistrySize: 1 << 12, RegistryMaxSize: 1 << 20, RegistryGrowStep: 1 << 12})
	tb.Cleanup(l.Close)
	lpeg.Trust(l)
	l.PreloadModule(lpeg.Name, lpeg.Open)
	l.PreloadModule(lpeg.ReName, lpeg.OpenRe)
	return l
}

// benchmark matches the pattern that the Lua source returns, while the heap may grow
// as in heka, which does not collect a small one all the time.
func benchmark(b *testing.B, source, subject string) {
	b.Helper()
	before := debug.SetGCPercent(500)
	b.Cleanup(func() { debug.SetGCPercent(before) })
	l := newState(b)
	if err := l.DoString(source); err != nil {
		b.Fatal(err)
	}
	p := l.Get(-1)
	match := l.GetField(p, "match")
	s := lua.LValue(lua.LString(subject))
	b.SetBytes(int64(len(subject)))
	b.ReportAllocs()
	for b.Loop() {
		l.Push(match)
		l.Push(p)
		l.Push(s)
		l.Call(2, 1)
		if l.Get(-1) == lua.LNil {
			b.Fatal("no match")
		}
		l.Pop(1)
	}
}

// BenchmarkEntry is a call of match that does next to nothing.
func BenchmarkEntry(b *testing.B) {
	benchmark(b, `return require "lpeg".P(true)`, combinedLine)
}

// BenchmarkSearch looks for a word far behind others that begin alike.
func BenchmarkSearch(b *testing.B) {
	benchmark(b, `
local lpeg = require "lpeg"
return lpeg.P{lpeg.P"needle" + 1 * lpeg.V(1)}`, strings.Repeat("no, not a need less so ", 50)+"needle")
}

// BenchmarkBacktrack makes and takes back a choice for each letter.
func BenchmarkBacktrack(b *testing.B) {
	benchmark(b, `
local lpeg = require "lpeg"
local letter = lpeg.R"az"
return (letter * letter * "1" + letter * letter * "2" + letter)^0`, strings.Repeat("ab2c", 100))
}

// BenchmarkGrammar is a recursive grammar with captures.
func BenchmarkGrammar(b *testing.B) {
	benchmark(b, `
return require "re".compile[[
   value  <- %s* (object / array / string / number / literal) %s*
   object <- {| '{' (member (',' member)* / %s*) '}' |}
   member <- %s* {: string :} %s* ':' value
   array  <- {| '[' (value (',' value)* / %s*) ']' |}
   string <- '"' { ([^"\] / '\' .)* } '"'
   number <- { '-'? [0-9]+ ('.' [0-9]+)? ([eE] [-+]? [0-9]+)? }
   literal <- 'true' / 'false' / 'null'
]]`, `{"a": [1, 2.5, -3e10, "x\"y"], "nested": {"deep": [[[], {}], true, null]}, "text": "The quick brown fox jumps over the lazy dog."}`)
}

// BenchmarkCompile makes and compiles the pattern of BenchmarkNginxCombined.
func BenchmarkCompile(b *testing.B) {
	l := newState(b)
	f, err := l.LoadFile("testdata/bench/nginx.lua")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		l.Push(f)
		l.Call(0, 1)
		p := l.Get(-1)
		l.Push(l.GetField(p, "match"))
		l.Push(p)
		l.Push(lua.LString(""))
		l.Call(2, 0)
		l.SetTop(0)
	}
}

func BenchmarkNginxCombined(b *testing.B) {
	benchmark(b, `return dofile "testdata/bench/nginx.lua"`, combinedLine)
}

// BenchmarkNginxMatchOnly is the same without captures: what the machine itself
// takes.
func BenchmarkNginxMatchOnly(b *testing.B) {
	benchmark(b, `return #dofile "testdata/bench/nginx.lua"`, combinedLine)
}

// BenchmarkNginxFlat gives the captures as plain values instead of tables.
func BenchmarkNginxFlat(b *testing.B) {
	benchmark(b, `
local lpeg = require "lpeg"
local Ct, Cg = lpeg.Ct, lpeg.Cg
lpeg.Ct = function(p) return lpeg.P(p) end
lpeg.Cg = function(p) return lpeg.C(p) end
return dofile "testdata/bench/nginx.lua"`, combinedLine)
}
