package hll_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/hll"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

func BenchmarkAdd(b *testing.B) {
	L := newState(b, hll.Options{})
	luatest.Run(b, L, "h = hyperloglog.new()")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := luatest.Method(L, "h", "add", lua.LString("192.168.100.200")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCount(b *testing.B) {
	L := newState(b, hll.Options{})
	luatest.Run(b, L, "h = hyperloglog.new() for i = 1, 1e5 do h:add(i) end")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		luatest.Method(L, "h", "add", lua.LNumber(i))
		if _, err := luatest.Method(L, "h", "count"); err != nil {
			b.Fatal(err)
		}
	}
}
