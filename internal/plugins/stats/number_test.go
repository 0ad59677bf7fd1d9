package stats

import (
	"math"
	"strconv"
	"testing"
)

// FuzzNumber holds the fast way to the general one.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"", "0", "-0", "1", "-17", "3.5", ".5", "5.", ".", "-", "-.", "1.2.3", "123456789012345",
		"1234567890123456", "0.00000000000001", "1e5", "0x10", "1_000", "nan", "-inf", "+3", "1e999", " 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := number(s)
		want, err := strconv.ParseFloat(s, 64)
		wantOK := err == nil && !math.IsNaN(want) && !math.IsInf(want, 0)
		if ok != wantOK || ok && math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%q: %v, %t; want %v, %v", s, got, ok, want, err)
		}
	})
}
