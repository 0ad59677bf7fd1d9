package hll

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"

	"github.com/hekad/heka/internal/sandbox/luaarg"
)

const (
	registers    = 1 << 14
	registerBits = 6
	mask         = byte(1<<registerBits - 1)
	headerSize   = 16
	dataSize     = headerSize + registers*registerBits/8
	stale        = 1 << 63 // in the cached count: it is out of date
	magic        = "HYLL"
)

// A Set estimates the number of different keys that were added. It belongs to one
// Lua state.
type Set struct {
	data [dataSize]byte
}

func newSet() *Set {
	s := new(Set)
	copy(s.data[:], magic)
	return s
}

// fixed is what a set takes beside its data, in bytes.
const fixed = 40

// Size returns the bytes that the set takes.
func (s *Set) Size() int { return fixed + dataSize }

// register returns a register.
func (s *Set) register(i int) byte {
	at, shift := headerSize+i*registerBits/8, i*registerBits%8
	v := uint(s.data[at]) >> shift
	if shift > 8-registerBits {
		v |= uint(s.data[at+1]) << (8 - shift)
	}
	return byte(v) & mask
}

// raise makes a register v if it is less, and reports whether it was.
func (s *Set) raise(i int, v byte) bool {
	if s.register(i) >= v {
		return false
	}
	at, shift := headerSize+i*registerBits/8, i*registerBits%8
	s.data[at] = s.data[at]&^(mask<<shift) | v<<shift
	if shift > 8-registerBits {
		s.data[at+1] = s.data[at+1]&^(mask>>(8-shift)) | v>>(8-shift)
	}
	return true
}

func (s *Set) cached() uint64     { return binary.LittleEndian.Uint64(s.data[8:headerSize]) }
func (s *Set) cache(count uint64) { binary.LittleEndian.PutUint64(s.data[8:headerSize], count) }

// add adds a key and reports whether the estimate may have changed.
func (s *Set) add(key string) bool {
	h := murmur64(key)
	rank := byte(bits.TrailingZeros64((h|1<<63)>>14)) + 1
	if !s.raise(int(h&(registers-1)), rank) {
		return false
	}
	s.cache(s.cached() | stale)
	return true
}

// merge adds the keys of another set.
func (s *Set) merge(other *Set) {
	changed := false
	for i := range registers {
		changed = s.raise(i, other.register(i)) || changed
	}
	if changed {
		s.cache(s.cached() | stale)
	}
}

// count returns the estimate and keeps it.
func (s *Set) count() uint64 {
	if n := s.cached(); n&stale == 0 {
		return n
	}
	n := s.estimate(registers)
	s.cache(n)
	return n
}

// estimate is the number of keys by the first so many registers, the others taken
// for empty: for few keys by those that are empty, above by the mean of all, whose
// known bias below 72000 is taken off.
func (s *Set) estimate(counted int) uint64 {
	empty := registers - counted
	sum := float64(empty)
	for i := range counted {
		v := s.register(i)
		if v == 0 {
			empty++
		}
		sum += 1 / float64(uint64(1)<<v)
	}
	const m = float64(registers)
	const alpha = 0.7213 / (1 + 1.079/m)
	e := alpha * m * m / sum
	switch {
	case e < 2.5*m && empty > 0:
		e = m * math.Log(m/float64(empty))
	case e < 72000:
		bias := 5.9119e-18*e*e*e*e - 1.4253e-12*e*e*e + 1.2940e-7*e*e - 5.2921e-3*e + 83.3216
		e -= e * bias / 100
	}
	return uint64(e)
}

func (s *Set) clear() { *s = *newSet() }

// restore takes over data of another set.
func (s *Set) restore(data string) error {
	switch {
	case len(data) != dataSize:
		return fmt.Errorf("fromstring() bytes found: %d, expected %d", len(data), dataSize)
	case data[:len(magic)] != magic:
		return errors.New("fromstring() HYLL header not found")
	case data[len(magic)] != 0:
		return errors.New("fromstring() invalid encoding")
	}
	copy(s.data[:], data)
	return nil
}

// AppendOutput appends the data of the set, which is 12304 bytes whatever the
// limit.
func (s *Set) AppendOutput(dst []byte, _ int) []byte { return append(dst, s.data[:]...) }

// AppendPreserved appends Lua code that makes the set again in the variable, which
// is the path to it, such as _G["x"]["y"].
func (s *Set) AppendPreserved(dst []byte, variable string) []byte {
	dst = fmt.Appendf(dst, "if %s == nil then %s = hyperloglog.new() end\n%s:fromstring(\"", variable, variable, variable)
	return append(luaarg.AppendEscaped(dst, s.data[:]), "\")\n"...)
}
