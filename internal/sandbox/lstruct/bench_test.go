package lstruct_test

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/lstruct"
)

func BenchmarkPackUnpack(b *testing.B) {
	L := newState(b, lstruct.Options{})
	format := lua.LString(">!4BHi4dsc4")
	values := []lua.LValue{format, lua.LNumber(1), lua.LNumber(2), lua.LNumber(3), lua.LNumber(4.5), lua.LString("text"), lua.LString("abcd")}
	b.ReportAllocs()
	for b.Loop() {
		data, err := call(L, "pack", 1, values...)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := call(L, "unpack", lua.MultRet, format, data[0]); err != nil {
			b.Fatal(err)
		}
	}
}
