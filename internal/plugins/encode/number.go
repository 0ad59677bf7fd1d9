package encode

import (
	"math"
	"strconv"
)

// appendDouble appends v in the shortest form that reads back as v, as %g writes
// it; what is no number is null.
//
// hot: once per number. Whole numbers and those with few decimals, which is most
// of what logs hold, do not need the general algorithm.
func appendDouble(dst []byte, v float64) []byte {
	if n := int64(v); float64(n) == v && -1e6 < v && v < 1e6 && (n != 0 || !math.Signbit(v)) {
		return strconv.AppendInt(dst, n, 10)
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	const scale = 1e6
	a := math.Abs(v)
	if a < 1e-4 || a >= 1e6 {
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	}
	// A decimal of 12 digits that divides back to a is its shortest form, since
	// no two decimals of 15 digits read as the same double.
	n := uint64(a*scale + 0.5)
	if float64(n)/scale != a {
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	}
	if v < 0 {
		dst = append(dst, '-')
	}
	dst = strconv.AppendUint(dst, n/scale, 10)
	dst = append(dst, ".000000"...)
	fraction := n % scale
	for i := len(dst) - 1; fraction > 0; i-- {
		dst[i] = '0' + byte(fraction%10)
		fraction /= 10
	}
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
