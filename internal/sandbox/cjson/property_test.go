package cjson_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/sandbox/cjson"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// document draws a value as encoding/json has it, without nulls: a Lua table does
// not hold them.
func document(t *rapid.T, depth int) any {
	n := 6
	if depth == 0 {
		n = 3
	}
	switch rapid.IntRange(0, n).Draw(t, "kind") {
	case 0:
		return rapid.Bool().Draw(t, "bool")
	case 1:
		return rapid.Float64().Draw(t, "number")
	case 2:
		return float64(rapid.Int32().Draw(t, "integer"))
	case 3:
		return rapid.String().Draw(t, "string")
	case 4:
		list := []any{true} // an empty table is an object
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			list = append(list, document(t, depth-1))
		}
		return list
	default:
		object := map[string]any{}
		for range rapid.IntRange(0, 4).Draw(t, "size") {
			object[rapid.String().Draw(t, "key")] = document(t, depth-1)
		}
		return object
	}
}

// goValue is v as encoding/json would decode it.
func goValue(v lua.LValue) any {
	switch v := v.(type) {
	case lua.LBool:
		return bool(v)
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		return string(v)
	case *lua.LTable:
		if v.MaxN() > 0 {
			var list []any
			for i := 1; i <= v.MaxN(); i++ {
				list = append(list, goValue(v.RawGetInt(i)))
			}
			return list
		}
		object := map[string]any{}
		v.ForEach(func(k, e lua.LValue) { object[k.String()] = goValue(e) })
		return object
	}
	return nil
}

func call(t testing.TB, L *lua.LState, name string, arg lua.LValue) (lua.LValue, error) {
	t.Helper()
	fn := L.GetGlobal("cjson").(*lua.LTable).RawGetString(name)
	if err := L.CallByParam(lua.P{Fn: fn, NRet: 1, Protect: true}, arg); err != nil {
		return nil, err
	}
	v := L.Get(-1)
	L.Pop(1)
	return v, nil
}

func mustCall(t testing.TB, L *lua.LState, name string, arg lua.LValue) lua.LValue {
	t.Helper()
	v, err := call(t, L, name, arg)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// canonical is the text that encoding/json makes of v.
func canonical(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Both directions agree with encoding/json.
func TestDocumentsRoundTrip(t *testing.T) {
	L := newState(t, cjson.Options{})
	luatest.Run(t, L, `cjson.encode_number_precision(17)`)
	drawtest.Rapid(t)
	rapid.Check(t, func(rt *rapid.T) {
		doc := document(rt, 4)
		text := canonical(t, doc)
		v := mustCall(t, L, "decode", lua.LString(text))
		if got := canonical(t, goValue(v)); got != text {
			rt.Fatalf("decoded %s as %s", text, got)
		}
		made := mustCall(t, L, "encode", v).String()
		var back any
		if err := json.Unmarshal([]byte(made), &back); err != nil {
			rt.Fatalf("encoded %s as %s: %v", text, made, err)
		}
		if got := canonical(t, back); got != text {
			rt.Fatalf("encoded %s as %s", text, made)
		}
	})
}

// Every finite number is printed so that %.17g gives it back, and %.14g is what
// encoding by digits gives.
func TestNumbersPrintLikeC(t *testing.T) {
	L := newState(t, cjson.Options{})
	drawtest.Rapid(t)
	rapid.Check(t, func(rt *rapid.T) {
		f := rapid.Float64().Draw(rt, "f")
		got := mustCall(t, L, "encode", lua.LNumber(f)).String()
		if want := slowG(f, 14); got != want {
			rt.Fatalf("%v is %s, want %s", f, got, want)
		}
	})
}

// slowG is C's %.<precision>g, made from %e as the standard describes it.
func slowG(f float64, precision int) string {
	e := strconv.FormatFloat(f, 'e', precision-1, 64)
	mantissa, exponent, _ := strings.Cut(e, "e")
	x, _ := strconv.Atoi(exponent)
	if x >= -4 && x < precision {
		s := strconv.FormatFloat(f, 'f', precision-1-x, 64)
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return s
	}
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	return mantissa + "e" + exponent
}

// FuzzDecode: every text that encoding/json takes is decoded to the same value,
// and no text does more than fail.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`[1,2.5e-3,"x\u00e9\ud83d\ude00"]`, `{"a":{"b":[null,true]},"a":1}`, `[-+12]`, `0x6.ffp1`, "nan", `"\u`,
		`{"a":1,`, "[[[[[[", "1\x00", "\x00\x00", `"\ud800\udc0`, "1e400", "-0",
	} {
		f.Add(s)
	}
	L := newState(f, cjson.Options{})
	luatest.Run(f, L, `cjson.decode_null(true)`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := call(t, L, "decode", lua.LString(text))
		var want any
		if wrong := json.Unmarshal([]byte(text), &want); wrong != nil {
			return
		}
		if err != nil {
			if strings.Contains(err.Error(), "unicode escape") || strings.Contains(err.Error(), "nested") {
				return // lone surrogates and great depth
			}
			t.Fatalf("%q: %v", text, err)
		}
		if !utf8.ValidString(text) {
			return // encoding/json replaces bytes
		}
		if !equal(v, want) {
			t.Fatalf("%q decoded as %v", text, v)
		}
		if _, err := call(t, L, "encode", v); err != nil && !strings.Contains(err.Error(), "sparse") {
			t.Fatalf("%q decoded, but encode says %v", text, err)
		}
	})
}

// equal compares a decoded value with that of encoding/json.
func equal(v lua.LValue, want any) bool {
	switch want := want.(type) {
	case nil:
		return v.Type() == lua.LTUserData
	case bool:
		return v == lua.LBool(want)
	case float64:
		n, ok := v.(lua.LNumber)
		return ok && float64(n) == want && math.Signbit(float64(n)) == math.Signbit(want)
	case string:
		return v == lua.LString(want)
	case []any:
		t, ok := v.(*lua.LTable)
		if !ok || t.Len() != len(want) {
			return false
		}
		for i, e := range want {
			if !equal(t.RawGetInt(i+1), e) {
				return false
			}
		}
		return true
	case map[string]any:
		t, ok := v.(*lua.LTable)
		if !ok {
			return false
		}
		for k, e := range want {
			if !equal(t.RawGetString(k), e) {
				return false
			}
		}
		return true
	}
	return false
}

func TestNegativeZeroKeepsItsSign(t *testing.T) {
	L := newState(t, cjson.Options{})
	if got := mustCall(t, L, "encode", lua.LNumber(math.Copysign(0, -1))).String(); got != "-0" {
		t.Errorf("encode gives %s", got)
	}
	if v := mustCall(t, L, "decode", lua.LString("-0")); !math.Signbit(float64(v.(lua.LNumber))) {
		t.Errorf("decode gives %v", v)
	}
}
