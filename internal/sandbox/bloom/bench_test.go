package bloom_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/bloom"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

func BenchmarkAdd(b *testing.B) {
	L := newState(b, bloom.Options{})
	luatest.Run(b, L, "f = bloom_filter.new(100000, 0.01)")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := luatest.Method(L, "f", "add", lua.LString("192.168.100.200")); err != nil {
			b.Fatal(err)
		}
	}
}
