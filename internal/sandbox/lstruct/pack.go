package lstruct

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/luaarg"
)

// maxData bounds what pack makes in bytes.
const maxData = 1 << 30

// A packer makes one string.
type packer struct {
	args
	reserve  func(L *lua.LState, n int)
	data     []byte
	reserved int // length of data that was announced
}

// pack is struct.pack(format, v, …).
func (m *module) pack(L *lua.LState) int {
	p := packer{args: function(L, "pack"), reserve: m.Reserve}
	f := newFormat(p.string(1))
	for n := 2; ; {
		o, ok, err := f.next()
		if err != nil {
			p.failFormat(err)
		}
		if !ok {
			break
		}
		p.grow(2 * maxIntegral)
		p.data = append(p.data, zeros[:f.padding(o, len(p.data))]...)
		if o.letter == 'x' {
			p.data = append(p.data, 0)
			continue
		}
		p.value(f, o, n)
		n++
	}
	L.Push(lua.LString(p.data))
	return 1
}

// zeros is as much padding as there can be.
var zeros [maxIntegral]byte

// value appends argument n as o.
func (p *packer) value(f format, o option, n int) {
	switch o.letter {
	case 'f':
		p.data = f.order.AppendUint32(p.data, math.Float32bits(float32(p.Number(n))))
	case 'd':
		p.data = f.order.AppendUint64(p.data, math.Float64bits(p.Number(n)))
	case 's':
		s := p.string(n)
		p.grow(len(s) + 1)
		p.data = append(append(p.data, s...), 0)
	case 'c':
		s := p.string(n)
		if len(s) < o.size {
			p.Fail(n, "string too short")
		}
		if o.size > 0 {
			s = s[:o.size]
		}
		p.grow(len(s))
		p.data = append(p.data, s...)
	default:
		p.data = appendInteger(p.data, f, o, p.Number(n))
	}
}

// grow announces that the data may grow by n bytes, a luaarg.Stride or more at a time.
func (p *packer) grow(n int) {
	length := len(p.data) + n
	if length > maxData {
		p.Error(lua.LString("not enough memory"), 0)
	}
	more := length - p.reserved
	if more < luaarg.Stride {
		return
	}
	p.reserved = length
	if p.reserve != nil {
		p.reserve(p.LState, more)
	}
	p.Work(more)
}

// integer is v without its fraction as 64 bits, signed if it is negative, else
// unsigned. What is beyond becomes the last number there is, NaN 0.
func integer(v float64) uint64 {
	switch {
	case v != v:
		return 0
	case v >= 1<<64:
		return math.MaxUint64
	case v < -1<<63:
		return 1 << 63
	case v < 0:
		return uint64(int64(v))
	}
	return uint64(v)
}

// appendInteger appends the low bytes of v.
func appendInteger(dst []byte, f format, o option, v float64) []byte {
	bits := integer(v)
	var b [maxIntegral]byte
	for i := range o.size {
		switch {
		case i < 8:
			b[i] = byte(bits >> (8 * i))
		case v <= -1:
			b[i] = 0xff
		}
	}
	if f.big() {
		for i, j := 0, o.size-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
	return append(dst, b[:o.size]...)
}
