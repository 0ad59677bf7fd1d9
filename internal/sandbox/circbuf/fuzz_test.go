package circbuf_test

import (
	"bytes"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/circbuf"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// FuzzRestore: a text either restores a state that is written and read again
// alike, or it fails and changes nothing.
func FuzzRestore(f *testing.F) {
	for _, s := range []string{
		"1 1 1 2 3 4", "1 1 nan inf -inf 1e-9 0 3 4", "0 0 na 1", "9007199254740991 1 1 2 3 4", "1 1 1 2 3 4 -5 1 2", "0 1 0x1p-3 -0 +1 .5 1e999 0 0 1 -0",
		"", "1", "1 1 1_0 2 3 4", "7 3 1 2 3 4",
	} {
		f.Add(s, true)
	}
	L := newState(f, circbuf.Options{})
	f.Fuzz(func(t *testing.T, text string, deltas bool) {
		luatest.Run(t, L, "cb = circular_buffer.new(2, 2, 3, "+lua.LBool(deltas).String()+")")
		b := buffer(L, "cb")
		before := b.AppendPreserved(nil, "cb")
		fn := L.GetField(L.GetField(L.GetGlobal("cb").(*lua.LUserData).Metatable, "__index"), "fromstring")
		err := L.CallByParam(lua.P{Fn: fn, Protect: true}, L.GetGlobal("cb"), lua.LString(text))
		after := b.AppendPreserved(nil, "cb")
		if err != nil {
			if !bytes.Equal(before, after) {
				t.Fatalf("%q fails with %v, but changes the buffer to %s", text, err, after)
			}
			return
		}
		b.AppendOutput(nil, 0)
		method(t, L, "compute", 2, lua.LString("sd"), lua.LNumber(1))
		method(t, L, "add", 1, method(t, L, "current_time", 1)[0], lua.LNumber(2), lua.LNumber(0))
		luatest.Run(t, L, "cb = nil "+string(after))
		if again := buffer(L, "cb").AppendPreserved(nil, "cb"); !bytes.Equal(again, after) {
			t.Fatalf("%q restored as\n%s\nthat as\n%s", text, after, again)
		}
	})
}
