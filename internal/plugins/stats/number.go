package stats

import (
	"math"
	"strconv"
)

// number reads a value as clients write it. What is no finite number is not ok.
//
// hot: once per measurement. Nearly all are short whole numbers or have a few
// decimals, which need no general algorithm.
func number(s string) (v float64, ok bool) {
	const short = 15 // digits that a float64 holds exactly
	if len(s) == 0 || len(s) > short {
		return general(s)
	}
	var n int64
	i, scale := 0, 0
	if s[0] == '-' {
		i = 1
	}
	digits := 0
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
			digits++
		case c == '.' && scale == 0:
			scale = len(s) - i // one more than the decimals
		default:
			return general(s)
		}
	}
	if digits == 0 || n == 0 { // also for the sign of -0
		return general(s)
	}
	v = float64(n)
	if scale > 1 {
		v /= powers[scale-1] // both are exact, so the quotient is right
	}
	if s[0] == '-' {
		v = -v
	}
	return v, true
}

// powers are the powers of ten that number needs.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14}

func general(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}
