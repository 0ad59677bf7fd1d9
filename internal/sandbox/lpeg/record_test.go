package lpeg

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// With another Go the tables are right as well, but slower: then record.go wants
// to be looked at.
func TestFormsFitThisGo(t *testing.T) {
	if !formsKnown {
		t.Errorf("tables take the slow way with %s", runtime.Version())
	}
}

// Tables of a shape stay like tables made by the API, whatever is done to them,
// and whatever is done to others of the same shape.
func TestTablesOfAShapeAreTables(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 20; n++ {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("name%d", i))
		}
		s := newShape(names)
		var tables, twins []*lua.LTable
		for i := range 3 * worthForm {
			var values []lua.LValue
			twin := &lua.LTable{Metatable: lua.LNil}
			for j, name := range names {
				values = append(values, lua.LNumber(i*100+j))
				twin.RawSetString(name, values[j])
			}
			tables, twins = append(tables, s.table(values)), append(twins, twin)
		}
		for step := range 3000 {
			i := r.IntN(len(tables))
			key := lua.LValue(lua.LString(fmt.Sprintf("name%d", r.IntN(2*n))))
			if r.IntN(8) == 0 {
				key = lua.LBool(r.IntN(2) == 0)
			}
			value := lua.LValue(lua.LNumber(step))
			if r.IntN(3) == 0 {
				value = lua.LNil
			}
			tables[i].RawSet(key, value)
			twins[i].RawSet(key, value)
			if step%500 == 0 {
				runtime.GC()
			}
		}
		for i := range tables {
			if got, want := contents(tables[i]), contents(twins[i]); got != want {
				t.Fatalf("%d names, table %d:\n%s\nwant\n%s", n, i, got, want)
			}
		}
	}
}

// contents lists a table in the order of next, and counts what the map holds.
func contents(t *lua.LTable) string {
	text, n := "", 0
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		text += fmt.Sprintf("%v=%v ", k, v)
	}
	t.ForEach(func(k, v lua.LValue) { n++ })
	return fmt.Sprint(text, n)
}

// The collector must find its way while tables are made in the midst of its work.
func TestTablesOfAShapeSurviveTheCollector(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	for _, n := range []int{2, 8, 9, 14} {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("name%d", i))
		}
		s := newShape(names)
		var kept [64]*lua.LTable
		for round := range 20000 {
			values := make([]lua.LValue, n)
			for i := range values {
				values[i] = lua.LString(fmt.Sprint(round, i))
			}
			at := round % len(kept)
			if old := kept[at]; old != nil && old.RawGetString("name1") != lua.LValue(lua.LString(fmt.Sprint(round-len(kept), 1))) {
				t.Fatalf("round %d: %v", round, old.RawGetString("name1"))
			}
			kept[at] = s.table(values)
			if round%3 == 0 {
				kept[at].RawSetString("more", lua.LTrue)
			}
		}
	}
}
