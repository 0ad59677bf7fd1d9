package circbuf_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/circbuf"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// host calls a method the way the machine does, without the machine: inside of one
// call into the state, with the arguments pushed anew each time.
func host(b *testing.B, construct, name string, args ...lua.LValue) {
	L := newState(b, circbuf.Options{})
	luatest.Run(b, L, "cb = "+construct)
	cb := L.GetGlobal("cb").(*lua.LUserData)
	fn := L.GetField(L.GetField(cb.Metatable, "__index"), name).(*lua.LFunction).GFunction
	args = append([]lua.LValue{cb}, args...)
	loop := func(L *lua.LState) int {
		for b.Loop() {
			L.SetTop(0)
			for _, v := range args {
				L.Push(v)
			}
			fn(L)
		}
		return 0
	}
	b.ReportAllocs()
	if err := L.CallByParam(lua.P{Fn: L.NewFunction(loop), Protect: true}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkNothing is what the other benchmarks measure beside their methods.
func BenchmarkNothing(b *testing.B) {
	L := newState(b, circbuf.Options{})
	luatest.Run(b, L, "cb = circular_buffer.new(2, 1, 1)")
	args := []lua.LValue{L.GetGlobal("cb"), now, lua.LNumber(2), lua.LNumber(1)}
	nothing := func(L *lua.LState) int { return 0 }
	loop := func(L *lua.LState) int {
		for b.Loop() {
			L.SetTop(0)
			for _, v := range args {
				L.Push(v)
			}
			nothing(L)
		}
		return 0
	}
	if err := L.CallByParam(lua.P{Fn: L.NewFunction(loop), Protect: true}); err != nil {
		b.Fatal(err)
	}
}

const now = lua.LNumber(1.7e18)

func BenchmarkAdd(b *testing.B) {
	host(b, "circular_buffer.new(1440, 4, 60)", "add", now, lua.LNumber(2), lua.LNumber(1))
}

func BenchmarkAddWithDeltas(b *testing.B) {
	host(b, "circular_buffer.new(1440, 4, 60, true)", "add", now, lua.LNumber(2), lua.LNumber(1))
}

func BenchmarkSet(b *testing.B) {
	host(b, "circular_buffer.new(1440, 4, 60)", "set", now, lua.LNumber(2), lua.LNumber(1.5))
}

func BenchmarkGet(b *testing.B) {
	host(b, "circular_buffer.new(1440, 4, 60)", "get", lua.LNumber(0), lua.LNumber(2))
}

func BenchmarkComputeDay(b *testing.B) {
	host(b, "circular_buffer.new(1440, 4, 60)", "compute", lua.LString("sd"), lua.LNumber(2))
}

func BenchmarkRankSum(b *testing.B) {
	host(b, "circular_buffer.new(1440, 4, 60)", "mannwhitneyu", lua.LNumber(2), lua.LNumber(0), lua.LNumber(59*60e9), lua.LNumber(60*60e9), lua.LNumber(119*60e9))
}

func BenchmarkLuaAdd(b *testing.B) {
	L := newState(b, circbuf.Options{})
	luatest.Run(b, L, `
		cb = circular_buffer.new(1440, 4, 60)
		function adds(n) for i = 1, n do cb:add(1.7e18, 2, 1) end end`)
	b.ReportAllocs()
	b.ResetTimer()
	if err := L.CallByParam(lua.P{Fn: L.GetGlobal("adds"), Protect: true}, lua.LNumber(b.N)); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkOutputDay(b *testing.B) {
	L := newState(b, circbuf.Options{})
	luatest.Run(b, L, `
		cb = circular_buffer.new(1440, 4, 60)
		for i = 0, 1439 do for c = 1, 4 do cb:set(i * 60e9, c, i * c / 7) end end`)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = buffer(L, "cb").AppendOutput(buf[:0], 0)
	}
	b.SetBytes(int64(len(buf)))
}
