package cuckoo_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/sandbox/cuckoo"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// A filter knows every key that it took and was not told to delete, counts them,
// and is the same after a restart.
func TestFilterAgreesWithASet(t *testing.T) {
	L := newState(t, cuckoo.Options{})
	drawtest.Rapid(t)
	rapid.Check(t, func(rt *rapid.T) {
		luatest.Run(t, L, fmt.Sprintf("f = cuckoo_filter.new(%d)", rapid.IntRange(5, 100).Draw(rt, "items")))
		set := map[lua.LNumber]bool{}
		key := func() lua.LNumber { return lua.LNumber(rapid.IntRange(0, 150).Draw(rt, "key")) }
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				k := key()
				added, err := luatest.Method(L, "f", "add", k)
				switch {
				case err != nil:
					if !strings.Contains(err.Error(), "the cuckoo filter is full") || set[k] {
						rt.Fatalf("add(%v): %v", k, err)
					}
				case added == lua.LTrue && set[k]:
					rt.Fatalf("%v is new again", k)
				case added == lua.LTrue:
					set[k] = true
				}
			},
			"delete": func(rt *rapid.T) {
				if len(set) == 0 {
					return
				}
				k := slices.Min(slices.Collect(maps.Keys(set)))
				if found, err := luatest.Method(L, "f", "delete", k); err != nil || found != lua.LTrue {
					rt.Fatalf("delete(%v): %v, %v", k, found, err)
				}
				delete(set, k)
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
				if n, _ := luatest.Method(L, "f", "count"); n != lua.LNumber(len(set)) {
					rt.Fatalf("count %v, want %d", n, len(set))
				}
			},
		})
	})
}

// FuzzRestore: any data of the right size is taken and preserved as it is, and can
// be worked with; other data changes nothing.
func FuzzRestore(f *testing.F) {
	f.Add(3, "0123456789abcdef", "key")
	f.Add(0, "\n\r\"\\\x00\xff\n\r\"\\\x00\xff\n\r\x01\x01", "")
	f.Add(-1, "x", "y")
	L := newState(f, cuckoo.Options{})
	f.Fuzz(func(t *testing.T, count int, data, key string) {
		luatest.Run(t, L, "f = cuckoo_filter.new(8)")
		before := string(filter(L, "f").AppendPreserved(nil, "f"))
		_, err := luatest.Method(L, "f", "fromstring", lua.LNumber(count), lua.LString(data))
		after := string(filter(L, "f").AppendPreserved(nil, "f"))
		if err != nil {
			if len(data) == 16 && count >= 0 && count < 1<<53 || after != before {
				t.Fatalf("%d, %q: %v", count, data, err)
			}
			return
		}
		luatest.Run(t, L, "f = nil "+after)
		if again := string(filter(L, "f").AppendPreserved(nil, "f")); again != after {
			t.Fatalf("%q restored as %q", after, again)
		}
		if _, err := luatest.Method(L, "f", "add", lua.LString(key)); err == nil {
			if known, _ := luatest.Method(L, "f", "query", lua.LString(key)); known != lua.LTrue {
				t.Fatalf("%q is forgotten", key)
			}
		}
		luatest.Method(L, "f", "delete", lua.LString(key))
	})
}
