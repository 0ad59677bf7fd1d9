package box_test

import (
	"math"
	"runtime"
	"strconv"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/box"
)

// Values are the numbers they were made of, now and after the collector has run.
func TestNumbersStayWhatTheyAre(t *testing.T) {
	var numbers box.Numbers
	want := []float64{0, math.Copysign(0, -1), 1, -1, 1023, 1024, 0.5, 1e18, -1e300, math.Inf(1), math.MaxInt64}
	for i := range 1000 {
		want = append(want, float64(i)*1.5)
	}
	var got []lua.LValue
	for _, x := range want {
		got = append(got, numbers.Value(x))
	}
	runtime.GC()
	for i, x := range want {
		if n, ok := got[i].(lua.LNumber); !ok || math.Float64bits(float64(n)) != math.Float64bits(x) {
			t.Errorf("%v has become %v", x, got[i])
		}
		if got[i] != lua.LValue(lua.LNumber(x)) {
			t.Errorf("%v differs from itself", x)
		}
	}
	if n, ok := numbers.Value(math.NaN()).(lua.LNumber); !ok || n == n {
		t.Errorf("NaN has become %v", n)
	}
	if numbers.Int(7) != lua.LValue(lua.LNumber(7)) || numbers.Int(-7) != lua.LValue(lua.LNumber(-7)) || numbers.Int(1<<40) != lua.LValue(lua.LNumber(1<<40)) {
		t.Error("whole numbers have changed")
	}
}

func TestStringsStayWhatTheyAre(t *testing.T) {
	var boxes box.Strings
	var got []lua.LValue
	for i := range 1000 {
		got = append(got, boxes.Value("text "+strconv.Itoa(i), i%70))
	}
	runtime.GC()
	for i, v := range got {
		if want := lua.LString("text " + strconv.Itoa(i)); v != lua.LValue(want) || v.Type() != lua.LTString {
			t.Errorf("%q has become %v", want, v)
		}
	}
}

func TestABlockServesManyValues(t *testing.T) {
	var numbers box.Numbers
	var boxes box.Strings
	if n := testing.AllocsPerRun(100, func() {
		for i := range box.Block {
			numbers.Value(float64(i) + 0.5)
			boxes.Value("x", box.Block)
		}
	}); n > 2 {
		t.Errorf("%v allocations", n)
	}
}
