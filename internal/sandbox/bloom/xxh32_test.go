package bloom

import (
	"strings"
	"testing"
)

// The sums are those of the reference implementation.
func TestSum32(t *testing.T) {
	var all strings.Builder
	for i := range 256 {
		all.WriteByte(byte(i))
	}
	seeds := [4]uint32{0, 1, 6, 0xffffffff}
	for key, want := range map[string][4]uint32{
		"":                       {0x02cc5d05, 0x0b2cb792, 0xadca597e, 0x9061da9d},
		"a":                      {0x550d7456, 0xf514706f, 0x7cbfcc60, 0xcd42752d},
		"abc":                    {0x32d153ff, 0xaa3da8ff, 0x700198ea, 0xb22b1420},
		"0123456789abcde":        {0x1dbdfa0f, 0x79172de1, 0xa8205a8a, 0x713a1f1b},
		"0123456789abcdef":       {0xc2c45b69, 0xf31fe1cf, 0x8bc6aa12, 0x7f962449},
		"0123456789abcdef0123":   {0x6350964e, 0xfa9d2144, 0x089e425a, 0xcc8b17ec},
		strings.Repeat("x", 100): {0x4bd30d3a, 0x92f34d28, 0xd00f2f06, 0x13b8a02b},
		all.String():             {0x59441253, 0x3fcd56aa, 0x65fdf320, 0x3ee648a9},
	} {
		for i, seed := range seeds {
			if got := sum32(key, seed); got != want[i] {
				t.Errorf("sum32(%q, %d) = %#08x, want %#08x", key, seed, got, want[i])
			}
		}
	}
}
