package lpeg_test

import (
	"syscall"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/lpeg"
)

const combinedLine = `203.0.113.195 - - [10/Feb/2014:08:46:41 -0800] "GET /static/css/site.css?v=20140210 HTTP/1.1" 200 48213 "https://www.example.com/products/index.html" "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0"`

// newState returns a Lua state that can require the libraries.
func newState(tb testing.TB) *lua.LState {
	tb.Helper()
	l := lua.NewState(lua.Options{RegistrySize: 1 << 12, RegistryMaxSize: 1 << 20, RegistryGrowStep: 1 << 12})
	tb.Cleanup(l.Close)
	lpeg.Preload(l)
	return l
}

// benchmark matches the pattern that the Lua source returns.
func benchmark(b *testing.B, source, subject string) {
	b.Helper()
	l := newState(b)
	if err := l.DoString(source); err != nil {
		b.Fatal(err)
	}
	p := l.Get(-1)
	match := l.GetField(p, "match")
	s := lua.LValue(lua.LString(subject))
	b.SetBytes(int64(len(subject)))
	b.ReportAllocs()
	var r0, r1 syscall.Rusage
	syscall.Getrusage(0, &r0)
	defer func() {
		syscall.Getrusage(0, &r1)
		b.ReportMetric(float64(r1.Utime.Nano()+r1.Stime.Nano()-r0.Utime.Nano()-r0.Stime.Nano())/float64(b.N), "cpu-ns/op")
	}()
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
