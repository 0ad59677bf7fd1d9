package bloom

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"

	"github.com/hekad/heka/internal/sandbox/luaarg"
)

// maxBits is where the hashes end: 512 MiB.
const maxBits = 1 << 32

// A Filter is a Bloom filter. It belongs to one Lua state.
type Filter struct {
	items       int
	probability float64
	bits        uint64
	hashes      int
	count       int
	data        []byte
}

// bitsFor returns how many bits a filter needs.
func bitsFor(items int, probability float64) float64 {
	return math.Ceil(float64(items) * math.Log(probability) / math.Log(1/math.Pow(2, math.Ln2)))
}

// newFilter returns a filter for more than one item and a probability between 0
// and 1, which needs at most maxBits.
func newFilter(items int, probability float64) *Filter {
	n := bitsFor(items, probability)
	return &Filter{
		items: items, probability: probability,
		bits:   uint64(n),
		hashes: max(1, int(math.Round(math.Ln2*n/float64(items)))),
		data:   make([]byte, sizeOf(n)),
	}
}

func sizeOf(bits float64) int { return int((uint64(bits) + 7) / 8) }

// fixed is what a filter takes beside its data, in bytes.
const fixed = 64

// Size returns the bytes that the filter takes.
func (f *Filter) Size() int { return fixed + len(f.data) }

// add adds a key and reports whether a bit was set by it.
func (f *Filter) add(key string) bool {
	added := false
	for i := range f.hashes {
		bit := uint64(sum32(key, uint32(i))) % f.bits
		mask := byte(1) << (bit % 8)
		if f.data[bit/8]&mask == 0 {
			f.data[bit/8] |= mask
			added = true
		}
	}
	if added {
		f.count++
	}
	return added
}

// query reports whether all bits of a key are set.
func (f *Filter) query(key string) bool {
	for i := range f.hashes {
		bit := uint64(sum32(key, uint32(i))) % f.bits
		if f.data[bit/8]>>(bit%8)&1 == 0 {
			return false
		}
	}
	return true
}

func (f *Filter) clear() {
	clear(f.data)
	f.count = 0
}

// restore takes over data of a filter of the same size. A negative count is
// estimated.
func (f *Filter) restore(count int, data string) error {
	if len(data) != len(f.data) {
		return fmt.Errorf("fromstring() bytes found: %d, expected %d", len(data), len(f.data))
	}
	copy(f.data, data)
	if f.count = count; count < 0 {
		f.count = f.estimate()
	}
	return nil
}

// estimate is how many items most probably set as many bits as are set.
func (f *Filter) estimate() int {
	set := 0
	for _, b := range f.data {
		set += bits.OnesCount8(b)
	}
	m := float64(f.bits)
	share := min(float64(set), m-1) / m
	return int(math.Round(-m / float64(f.hashes) * math.Log1p(-share)))
}

// AppendPreserved appends Lua code that makes the filter again in the variable,
// which is the path to it, such as _G["x"]["y"].
func (f *Filter) AppendPreserved(dst []byte, variable string) []byte {
	dst = fmt.Appendf(dst, "if %s == nil then %s = bloom_filter.new(%d, ", variable, variable, f.items)
	dst = strconv.AppendFloat(dst, f.probability, 'g', -1, 64)
	dst = fmt.Appendf(dst, ") end\n%s:fromstring(%d, \"", variable, f.count)
	return append(luaarg.AppendEscaped(dst, f.data), "\")\n"...)
}
