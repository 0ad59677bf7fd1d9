package lstruct_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/sandbox/lstruct"
)

func call(L *lua.LState, name string, results int, args ...lua.LValue) ([]lua.LValue, error) {
	fn := L.GetGlobal("struct").(*lua.LTable).RawGetString(name)
	top := L.GetTop()
	if err := L.CallByParam(lua.P{Fn: fn, NRet: results, Protect: true}, args...); err != nil {
		return nil, err
	}
	var out []lua.LValue
	for i := top + 1; i <= L.GetTop(); i++ {
		out = append(out, L.Get(i))
	}
	L.SetTop(top)
	return out, nil
}

// Packing is what encoding/binary writes, and unpacking gives the values back.
func TestAgreesWithEncodingBinary(t *testing.T) {
	L := newState(t, lstruct.Options{})
	drawtest.Rapid(t)
	rapid.Check(t, func(rt *rapid.T) {
		var format strings.Builder
		var want bytes.Buffer
		var order binary.ByteOrder = binary.LittleEndian
		var values []lua.LValue
		align := 1
		put := func(size int, v any) {
			if n := min(size, align); n > 1 {
				want.Write(make([]byte, (n-want.Len()%n)%n))
			}
			if err := binary.Write(&want, order, v); err != nil {
				rt.Fatal(err)
			}
		}
		for range rapid.IntRange(0, 12).Draw(rt, "options") {
			letter := rapid.SampledFrom([]string{"<", ">", "!", "!1", "!2", "!4", "b", "B", "h", "H", "i", "I", "i1", "I2", "i8", "l", "f", "d", "s", "c3", "x", " "}).Draw(rt, "option")
			format.WriteString(letter)
			v := rapid.Float64Range(-1e6, 1e6).Draw(rt, "value")
			if strings.ContainsAny(letter, "BHIL") {
				v = math.Abs(v)
			}
			v = math.Trunc(v)
			switch letter {
			case "<":
				order = binary.LittleEndian
			case ">":
				order = binary.BigEndian
			case "!":
				align = 8
			case "!1", "!2", "!4":
				align = int(letter[1] - '0')
			case " ":
			case "x":
				want.WriteByte(0)
			case "b", "i1":
				v = float64(int8(v))
				put(1, int8(v))
				values = append(values, lua.LNumber(v))
			case "B":
				v = float64(uint8(v))
				put(1, uint8(v))
				values = append(values, lua.LNumber(v))
			case "h":
				v = float64(int16(v))
				put(2, int16(v))
				values = append(values, lua.LNumber(v))
			case "H", "I2":
				v = float64(uint16(v))
				put(2, uint16(v))
				values = append(values, lua.LNumber(v))
			case "i":
				put(4, int32(v))
				values = append(values, lua.LNumber(v))
			case "I":
				put(4, uint32(v))
				values = append(values, lua.LNumber(v))
			case "l", "i8":
				put(8, int64(v))
				values = append(values, lua.LNumber(v))
			case "f":
				put(4, float32(v))
				values = append(values, lua.LNumber(float32(v)))
			case "d":
				put(8, v/3)
				values = append(values, lua.LNumber(v/3))
			case "s":
				s := fmt.Sprint(v)
				want.WriteString(s + "\x00")
				values = append(values, lua.LString(s))
			case "c3":
				s := fmt.Sprintf("%3.0f", v)[:3]
				want.WriteString(s)
				values = append(values, lua.LString(s))
			}
		}
		text := lua.LString(format.String())
		packed, err := call(L, "pack", 1, append([]lua.LValue{text}, values...)...)
		if err != nil {
			rt.Fatal(err)
		}
		if got := packed[0].String(); got != want.String() {
			rt.Fatalf("%s: % x, want % x", text, got, want.Bytes())
		}
		back, err := call(L, "unpack", lua.MultRet, text, packed[0])
		if err != nil {
			rt.Fatal(err)
		}
		values = append(values, lua.LNumber(want.Len()+1))
		if fmt.Sprint(back) != fmt.Sprint(values) {
			rt.Fatalf("%s of % x: %v, want %v", text, want.Bytes(), back, values)
		}
		if size, err := call(L, "size", 1, text); err == nil && size[0] != lua.LNumber(want.Len()) {
			rt.Fatalf("size of %s: %v, want %d", text, size[0], want.Len())
		}
	})
}

// FuzzUnpack: no format and no data does more than fail, and what was unpacked
// without a loss is packed to the same bytes.
func FuzzUnpack(f *testing.F) {
	for _, s := range []string{"<i4", ">!4BHi4", "bc0", "sd", "!16i32", "c99999999999", "!3", "bc0bc0s", "f x !!d"} {
		f.Add(s, "\x03abcdefgh\x00\xff\xff\xff\xff\xff\xff\xff\xff", 1.0)
	}
	f.Add("d", "x", math.NaN())
	L := newState(f, lstruct.Options{})
	f.Fuzz(func(t *testing.T, format, data string, pos float64) {
		size, sizeErr := call(L, "size", 1, lua.LString(format))
		got, err := call(L, "unpack", lua.MultRet, lua.LString(format), lua.LString(data), lua.LNumber(pos))
		if err != nil {
			return
		}
		end := float64(got[len(got)-1].(lua.LNumber))
		if sizeErr == nil && pos == 1 && end != float64(size[0].(lua.LNumber))+1 {
			t.Fatalf("%q ends at %v, but has size %v", format, end, size[0])
		}
		if end < math.Trunc(pos) || len(got) > 1 && end > float64(len(data)+1) {
			t.Fatalf("%q of %d bytes from %v ends at %v", format, len(data), pos, end)
		}
		if pos != 1 || strings.ContainsAny(format, "xfdlLTi!I") || strings.Contains(format, "c0") {
			return // padding, NaN and more than 53 bits are lost
		}
		packed, err := call(L, "pack", 1, append([]lua.LValue{lua.LString(format)}, got[:len(got)-1]...)...)
		if err != nil {
			t.Fatalf("%q unpacks %s, but packing says %v", format, hex.EncodeToString([]byte(data)), err)
		}
		if want := data[:int(end)-1]; packed[0].String() != want {
			t.Fatalf("%q: % x unpacked and packed is % x", format, want, packed[0].String())
		}
	})
}
