package sax

import (
	"slices"
	"testing"
)

// upper are the breakpoints above zero that the format documents. Below zero they
// are the same with a minus; an alphabet of an even size has zero too.
var upper = map[int][]float64{
	2: {}, 3: {0.430}, 4: {0.674}, 5: {0.253, 0.841}, 6: {0.430, 0.967}, 7: {0.180, 0.565, 1.067},
	8: {0.318, 0.674, 1.150}, 9: {0.139, 0.430, 0.764, 1.220}, 10: {0.253, 0.524, 0.841, 1.281},
	11: {0.114, 0.348, 0.604, 0.908, 1.335}, 12: {0.210, 0.430, 0.674, 0.967, 1.382},
	13: {0.096, 0.293, 0.502, 0.736, 1.020, 1.426}, 14: {0.180, 0.366, 0.565, 0.791, 1.067, 1.465},
	15: {0.083, 0.253, 0.430, 0.622, 0.841, 1.110, 1.501}, 16: {0.157, 0.318, 0.488, 0.674, 0.887, 1.150, 1.534},
}

// documented are the breakpoints of an alphabet in order.
func documented(c int) []float64 {
	var b []float64
	for _, v := range upper[c] {
		b = append(b, v, -v)
	}
	if c%2 == 0 {
		b = append(b, 0)
	}
	slices.Sort(b)
	return b
}

func TestBreakpoints(t *testing.T) {
	for c := 2; c <= maxLetters; c++ {
		if got, want := breakpoints(c), documented(c); !slices.Equal(got, want) {
			t.Errorf("%d letters begin at %v, want %v", c, got, want)
		}
	}
}
