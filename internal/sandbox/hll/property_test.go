package hll_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/sandbox/hll"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

func data(L *lua.LState, object string) string {
	return string(set(L, object).AppendOutput(nil, 0))
}

// slowRegisters reads the registers bit by bit.
func slowRegisters(data string) (r [16384]int) {
	for i := range r {
		for bit := range 6 {
			at := i*6 + bit
			r[i] |= int(data[16+at/8]>>(at%8)&1) << bit
		}
	}
	return r
}

// slowEstimate is the estimate as its inventors wrote it down.
func slowEstimate(r [16384]int) lua.LNumber {
	const m = 16384
	var z, empty float64
	for _, v := range r {
		z += math.Pow(2, -float64(v))
		if v == 0 {
			empty++
		}
	}
	e := 0.7213 / (1 + 1.079/float64(m)) * m * m / z
	if e < 2.5*m && empty > 0 {
		return lua.LNumber(math.Trunc(m * math.Log(m/empty)))
	}
	if e < 72000 {
		e -= e * (5.9119e-18*math.Pow(e, 4) - 1.4253e-12*math.Pow(e, 3) + 1.2940e-7*e*e - 5.2921e-3*e + 83.3216) / 100
	}
	return lua.LNumber(math.Trunc(e))
}

// A union has the larger of two registers each, and counts as one set to which
// both were added. Adding what is known changes nothing.
func TestUnionIsTheSetOfBoth(t *testing.T) {
	L := newState(t, hll.Options{})
	drawtest.Rapid(t)
	rapid.Check(t, func(rt *rapid.T) {
		luatest.Run(t, L, `a, b, both = hyperloglog.new(), hyperloglog.new(), hyperloglog.new()`)
		seed := rapid.Uint64().Draw(rt, "seed")
		r := rand.New(rand.NewPCG(seed, 0))
		for range rapid.IntRange(0, 3000).Draw(rt, "keys") {
			k := lua.LNumber(r.Float64())
			name := []string{"a", "b"}[r.IntN(2)]
			first, _ := luatest.Method(L, name, "add", k)
			if again, _ := luatest.Method(L, name, "add", k); again != lua.LFalse {
				rt.Fatalf("%v was added twice (first %v)", k, first)
			}
			luatest.Method(L, "both", "add", k)
		}
		a, b := slowRegisters(data(L, "a")), slowRegisters(data(L, "b"))
		for i, v := range slowRegisters(data(L, "both")) {
			if v != max(a[i], b[i]) {
				rt.Fatalf("register %d is %d, of %d and %d", i, v, a[i], b[i])
			}
		}
		luatest.Run(t, L, `
			united = hyperloglog.count(a, b)
			same(a:merge(b):count(), both:count())
			assert(tostring(a) == tostring(both))`)
		all := slowRegisters(data(L, "both"))
		if got, _ := luatest.Method(L, "both", "count"); got != slowEstimate(all) {
			rt.Fatalf("estimate %v, want %v", got, slowEstimate(all))
		}
		all[16382], all[16383] = 0, 0
		if got := L.GetGlobal("united"); got != slowEstimate(all) {
			rt.Fatalf("estimate of both %v, want %v", got, slowEstimate(all))
		}
	})
}

// The estimate of n different keys is within 4 standard errors.
func TestEstimateIsNear(t *testing.T) {
	L := newState(t, hll.Options{})
	luatest.Run(t, L, `h = hyperloglog.new()`)
	n := 0
	for _, want := range []int{10, 100, 1000, 10000, 30000, 50000, 72000, 150000} {
		for ; n < want; n++ {
			luatest.Method(L, "h", "add", lua.LNumber(float64(n)*1.25+0.5))
		}
		got, err := luatest.Method(L, "h", "count")
		if err != nil {
			t.Fatal(err)
		}
		if off := math.Abs(float64(got.(lua.LNumber))/float64(want) - 1); off > 4*1.04/128 {
			t.Errorf("%d keys are estimated as %v", want, got)
		}
	}
}

// FuzzRestore: any registers are taken and preserved as they are; other data
// changes nothing.
func FuzzRestore(f *testing.F) {
	f.Add([]byte("HYLL\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\xff\x12\"\\\n\r"), uint16(12304))
	f.Add([]byte("HYLL\x01"), uint16(12304))
	f.Add([]byte("HYLL"), uint16(4))
	L := newState(f, hll.Options{})
	f.Fuzz(func(t *testing.T, pattern []byte, size uint16) {
		text := string(pattern)
		if len(pattern) > 16 {
			text += strings.Repeat(text[16:], 12304/(len(pattern)-16))
		} else {
			text += strings.Repeat("\x00", 12304)
		}
		text = text[:min(int(size), len(text))]
		luatest.Run(t, L, `h = hyperloglog.new()`)
		before := data(L, "h")
		if _, err := luatest.Method(L, "h", "fromstring", lua.LString(text)); err != nil {
			if data(L, "h") != before {
				t.Fatalf("%v, but the set changed", err)
			}
			return
		}
		if data(L, "h") != text {
			t.Fatal("restored another set")
		}
		luatest.Run(t, L, "h = nil "+string(set(L, "h").AppendPreserved(nil, "h")))
		if data(L, "h") != text {
			t.Fatal("preserved another set")
		}
		luatest.Method(L, "h", "add", lua.LString(pattern))
		if n, err := luatest.Method(L, "h", "count"); err != nil || !(n.(lua.LNumber) >= 0) {
			t.Fatalf("count %v, %v", n, err)
		}
	})
}
