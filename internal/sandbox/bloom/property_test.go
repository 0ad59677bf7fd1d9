package bloom_test

import (
	"fmt"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/sandbox/bloom"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// A filter never forgets, says "new" of nothing it knows, counts what it called
// new, and is the same after a restart.
func TestFilterAgreesWithASet(t *testing.T) {
	L := newState(t, bloom.Options{})
	drawtest.Rapid(t)
	rapid.Check(t, func(rt *rapid.T) {
		luatest.Run(t, L, fmt.Sprintf("f = bloom_filter.new(%d, %g)",
			rapid.IntRange(2, 200).Draw(rt, "items"), rapid.Float64Range(1e-6, 0.9).Draw(rt, "probability")))
		set := map[lua.LValue]bool{}
		count := 0
		key := func() lua.LValue {
			if rapid.Bool().Draw(rt, "text") {
				return lua.LString(rapid.StringN(0, 8, -1).Draw(rt, "key"))
			}
			return lua.LNumber(rapid.IntRange(0, 300).Draw(rt, "key"))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				k := key()
				known, _ := luatest.Method(L, "f", "query", k)
				added, _ := luatest.Method(L, "f", "add", k)
				if added == known {
					rt.Fatalf("%v: query %v, add %v", k, known, added)
				}
				if added == lua.LTrue {
					count++
				}
				set[k] = true
			},
			"restart": func(*rapid.T) {
				text := string(filter(L, "f").AppendPreserved(nil, "f"))
				L.SetGlobal("f", lua.LNil)
				luatest.Run(t, L, text)
			},
			"": func(rt *rapid.T) {
				for k := range set {
					if known, _ := luatest.Method(L, "f", "query", k); known != lua.LTrue {
						rt.Fatalf("%v is forgotten", k)
					}
				}
				if n, _ := luatest.Method(L, "f", "count"); n != lua.LNumber(count) {
					rt.Fatalf("count %v, want %d", n, count)
				}
			},
		})
	})
}

// FuzzRestore: any data of the right size is taken and preserved as it is; other
// data changes nothing.
func FuzzRestore(f *testing.F) {
	f.Add(3, "0123456789abcdefghijklmn")
	f.Add(0, "\n\r\"\\\x00\xff\n\r\"\\\x00\xff\n\r\"\\\x00\xff\n\r\"\\\x00\xff")
	f.Add(-1, "x")
	L := newState(f, bloom.Options{})
	f.Fuzz(func(t *testing.T, count int, data string) {
		luatest.Run(t, L, "f = bloom_filter.new(20, 0.01)")
		before := string(filter(L, "f").AppendPreserved(nil, "f"))
		args := []lua.LValue{lua.LNumber(count), lua.LString(data)}
		if count == -1 {
			args = args[1:]
		}
		_, err := luatest.Method(L, "f", "fromstring", args...)
		after := string(filter(L, "f").AppendPreserved(nil, "f"))
		if err != nil {
			if len(data) == 24 && count >= -1 && count < 1<<53 || after != before {
				t.Fatalf("%d, %q: %v", count, data, err)
			}
			return
		}
		luatest.Run(t, L, "f = nil "+after)
		if again := string(filter(L, "f").AppendPreserved(nil, "f")); again != after {
			t.Fatalf("%q restored as %q", after, again)
		}
	})
}
