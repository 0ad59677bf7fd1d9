package cuckoo_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/cuckoo"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

func BenchmarkAdd(b *testing.B) {
	L := newState(b, cuckoo.Options{})
	luatest.Run(b, L, "f = cuckoo_filter.new(100000)")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := luatest.Method(L, "f", "add", lua.LString("192.168.100.200")); err != nil {
			b.Fatal(err)
		}
	}
}
