package sandbox

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"
)

// openMath makes the math library.
func (s *Sandbox) openMath(L *lua.LState) lua.LValue {
	t := functions{
		"fmod":       mathFmod,
		"frexp":      mathFrexp,
		"ldexp":      mathLdexp,
		"max":        func(L *lua.LState) int { return extreme(L, "max", func(a, b float64) bool { return a > b }) },
		"min":        func(L *lua.LState) int { return extreme(L, "min", func(a, b float64) bool { return a < b }) },
		"modf":       mathModf,
		"random":     s.mathRandom,
		"randomseed": s.mathRandomSeed,
	}
	for name, f := range map[string]func(float64) float64{
		"abs": math.Abs, "acos": math.Acos, "asin": math.Asin, "atan": math.Atan, "ceil": math.Ceil,
		"cos": math.Cos, "cosh": math.Cosh, "exp": math.Exp, "floor": math.Floor, "log": math.Log,
		"log10": math.Log10, "sin": math.Sin, "sinh": math.Sinh, "sqrt": math.Sqrt, "tan": math.Tan,
		"tanh": math.Tanh,
		"deg":  func(x float64) float64 { return x / (math.Pi / 180) },
		"rad":  func(x float64) float64 { return x * (math.Pi / 180) },
	} {
		t[name] = func(L *lua.LState) int {
			L.Push(lua.LNumber(f(checkNumber(L, 1, name))))
			return 1
		}
	}
	for name, f := range map[string]func(x, y float64) float64{"atan2": math.Atan2, "pow": math.Pow} {
		t[name] = func(L *lua.LState) int {
			L.Push(lua.LNumber(f(checkNumber(L, 1, name), checkNumber(L, 2, name))))
			return 1
		}
	}
	m := t.table(L)
	m.RawSetString("mod", m.RawGetString("fmod"))
	m.RawSetString("pi", lua.LNumber(math.Pi))
	m.RawSetString("huge", lua.LNumber(math.Inf(1)))
	return m
}

func mathFmod(L *lua.LState) int {
	L.Push(lua.LNumber(math.Mod(checkNumber(L, 1, "fmod"), checkNumber(L, 2, "fmod"))))
	return 1
}

func mathFrexp(L *lua.LState) int {
	fraction, exponent := math.Frexp(checkNumber(L, 1, "frexp"))
	L.Push(lua.LNumber(fraction))
	L.Push(lua.LNumber(exponent))
	return 2
}

func mathLdexp(L *lua.LState) int {
	L.Push(lua.LNumber(math.Ldexp(checkNumber(L, 1, "ldexp"), checkInt(L, 2, "ldexp"))))
	return 1
}

func mathModf(L *lua.LState) int {
	x := checkNumber(L, 1, "modf")
	whole, part := math.Modf(x)
	if math.IsInf(x, 0) {
		whole, part = x, math.Copysign(0, x)
	}
	L.Push(lua.LNumber(whole))
	L.Push(lua.LNumber(part))
	return 2
}

func extreme(L *lua.LState, fn string, better func(a, b float64) bool) int {
	best := checkNumber(L, 1, fn)
	for i := 2; i <= L.GetTop(); i++ {
		if x := checkNumber(L, i, fn); better(x, best) {
			best = x
		}
	}
	L.Push(lua.LNumber(best))
	return 1
}

func (s *Sandbox) mathRandom(L *lua.LState) int {
	r := s.lib.rng.Float64()
	low, high := 1.0, 0.0
	switch L.GetTop() {
	case 0:
		L.Push(lua.LNumber(r))
		return 1
	case 1:
		high = math.Trunc(checkNumber(L, 1, "random"))
	case 2:
		low, high = math.Trunc(checkNumber(L, 1, "random")), math.Trunc(checkNumber(L, 2, "random"))
	default:
		raise(L, "wrong number of arguments")
	}
	if !(low <= high) {
		argumentError(L, L.GetTop(), "random", "interval is empty")
	}
	L.Push(lua.LNumber(math.Floor(r*(high-low+1)) + low))
	return 1
}

func (s *Sandbox) mathRandomSeed(L *lua.LState) int {
	s.lib.rng = rand.New(rand.NewPCG(math.Float64bits(checkNumber(L, 1, "randomseed")), 0))
	return 0
}
