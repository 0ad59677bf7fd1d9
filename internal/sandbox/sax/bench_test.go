package sax_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/luatest"
	"github.com/hekad/heka/internal/sandbox/sax"
)

func BenchmarkWindow(b *testing.B) {
	L := newState(b, sax.Options{})
	luatest.Run(b, L, `
		win, word = sax.window.new(1440, 24, 8), sax.word.new("ABCDEFGHABCDEFGHABCDEFGH", 8)
		for i = 1, 1440 do win:add(i % 77) end
		function step() win:add(5) return sax.mindist(win, word) end`)
	step := L.GetGlobal("step")
	b.ReportAllocs()
	for b.Loop() {
		if err := L.CallByParam(lua.P{Fn: step, Protect: true}); err != nil {
			b.Fatal(err)
		}
	}
}
