package sandbox

import (
	"math"
	"strconv"
	"strings"
)

// appendNumber appends the text of x in the payload: at most eight decimals
// without trailing zeros; beyond 32 bits integers in full up to 63 bits, else C's
// %0.17g. Half of the last decimal is rounded to even, but up when all eight
// decimals are zero.
//
// hot: once per number added to a payload; allocates only to grow dst.
func appendNumber(dst []byte, x float64) []byte {
	switch {
	case x != x:
		return append(dst, "nan"...)
	case x > math.MaxFloat64:
		return append(dst, "inf"...)
	case x < -math.MaxFloat64:
		return append(dst, "-inf"...)
	case x > math.MaxInt32 || x < -math.MaxInt32:
		if i := int64(x); x < 1<<63 && x > -1<<63 && float64(i) == x {
			return strconv.AppendInt(dst, i, 10)
		}
		return strconv.AppendFloat(dst, x, 'g', 17, 64)
	}
	if x < 0 {
		dst = append(dst, '-')
		x = -x
	}
	const unit = 1e8
	whole := uint64(x)
	scaled := (x - float64(whole)) * unit
	part := uint64(scaled)
	rest := scaled - float64(part)
	if rest > 0.5 || rest == 0.5 && (part == 0 || part&1 == 1) {
		part++
	}
	if part >= unit {
		part = 0
		whole++
	}
	dst = strconv.AppendUint(dst, whole, 10)
	if part == 0 {
		return dst
	}
	digits := [9]byte{'.'}
	for i := 8; i > 0; i-- {
		digits[i] = byte('0' + part%10)
		part /= 10
	}
	return append(dst, strings.TrimRight(string(digits[:]), "0")...)
}

// numberText is what tostring makes of a number: C's %.14g.
func numberText(x float64) string {
	if i := int64(x); float64(i) == x && i > -1e14 && i < 1e14 && (i != 0 || !math.Signbit(x)) {
		return strconv.FormatInt(i, 10)
	}
	return string(appendG(nil, x, 14))
}

// appendG appends x in C's %.<precision>g.
func appendG(dst []byte, x float64, precision int) []byte {
	switch {
	case x != x:
		return append(dst, "nan"...)
	case math.IsInf(x, 1):
		return append(dst, "inf"...)
	case math.IsInf(x, -1):
		return append(dst, "-inf"...)
	}
	return strconv.AppendFloat(dst, x, 'g', precision, 64)
}

// cSpace is the white space of the C locale.
const cSpace = " \t\n\v\f\r"

// parseNumber reads a whole text as C's strtod does: decimal or hexadecimal, with
// exponents, inf and nan.
func parseNumber(text string) (float64, bool) {
	s := strings.Trim(text, cSpace)
	if s == "" || strings.IndexByte(s, '_') >= 0 {
		return 0, false
	}
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 {
		return 0, false
	}
	if strings.EqualFold(digits, "nan") {
		return math.NaN(), true
	}
	if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' && !strings.ContainsAny(digits, "pP") {
		s += "p0"
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil && err.(*strconv.NumError).Err != strconv.ErrRange {
		return 0, false
	}
	return x, true
}

// integer truncates x towards zero; what does not fit becomes the nearest
// integer, NaN 0.
func integer(x float64) int64 {
	switch {
	case x != x:
		return 0
	case x >= math.MaxInt64:
		return math.MaxInt64
	case x <= math.MinInt64:
		return math.MinInt64
	}
	return int64(x)
}

// machineInt is the int that C on a 64-bit machine makes of x: the low 32 bits of its
// integer, and 0 of what is none.
func machineInt(x float64) int32 {
	if x >= -1<<63 && x < 1<<63 {
		return int32(int64(x))
	}
	return 0
}
