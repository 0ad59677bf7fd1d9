package accesslog

import (
	"math"
	"strconv"
	"strings"
)

// hot: everything in this file runs once per number and line. It allocates only
// for lists that grow, and for numbers of more digits than an uint64 has.

// powers of ten that a float64 holds exactly.
var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
	1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// exactFloat is the largest integer up to which a float64 holds all.
const exactFloat = 1 << 53

func isDigit(c byte) bool { return c-'0' < 10 }

// digits reads the digits at s[i] and continues the number n with them. The
// result is saturated, and exact false, when it exceeds an uint64. No digit
// leaves end at i.
func digits(s string, i int, n uint64) (u uint64, exact bool, end int) {
	u, exact = n, true
	for ; i < len(s) && isDigit(s[i]); i++ {
		if u > (math.MaxUint64-9)/10 {
			u, exact = math.MaxUint64, false
			continue
		}
		u = u*10 + uint64(s[i]-'0')
	}
	return u, exact, i
}

// readInteger reads one or more digits.
func readInteger(s string, i int) (float64, int) {
	u, exact, end := digits(s, i, 0)
	if end == i {
		return 0, -1
	}
	if !exact {
		return parseFloat(s[i:end]), end
	}
	return float64(u), end
}

// readDecimal reads digits, a point and digits.
func readDecimal(s string, i int) (float64, int) {
	whole, exact, point := digits(s, i, 0)
	if point == i || point == len(s) || s[point] != '.' {
		return 0, -1
	}
	u, exactToo, end := digits(s, point+1, whole)
	places := end - point - 1
	if places == 0 {
		return 0, -1
	}
	if !exact || !exactToo || u > exactFloat || places >= len(powers) {
		return parseFloat(s[i:end]), end
	}
	// Both are exact, so the quotient is rounded only once, as it has to be.
	return float64(u) / powers[places], end
}

// readNumber reads digits with or without a point and more digits.
func readNumber(s string, i int) (float64, int) {
	if n, end := readDecimal(s, i); end >= 0 {
		return n, end
	}
	return readInteger(s, i)
}

// parseFloat is for digits that are known to be a number; beyond the range it
// is infinite.
func parseFloat(s string) float64 {
	n, _ := strconv.ParseFloat(s, 64)
	return n
}

// number makes a matcher of a function that reads a number.
func number(read func(s string, i int) (float64, int)) matcher {
	return func(_ *Format, s string, i int, v *value) int {
		n, end := read(s, i)
		v.kind, v.num = isNumber, n
		return end
	}
}

func integer(_ *Format, s string, i int, v *value) int {
	n, end := readInteger(s, i)
	v.kind, v.num = isNumber, n
	return end
}

// dashIsZero lets a reader take a lone dash as 0.
func dashIsZero(read func(s string, i int) (float64, int)) func(s string, i int) (float64, int) {
	return func(s string, i int) (float64, int) {
		if i < len(s) && s[i] == '-' {
			return 0, i + 1
		}
		return read(s, i)
	}
}

// readStatus reads exactly three digits.
func readStatus(s string, i int) (float64, int) {
	if len(s)-i < 3 || !isDigit(s[i]) || !isDigit(s[i+1]) || !isDigit(s[i+2]) {
		return 0, -1
	}
	return float64(int(s[i]-'0')*100 + int(s[i+1]-'0')*10 + int(s[i+2]-'0')), i + 3
}

// readHex reads one or more hexadecimal digits, saturating at 64 bits.
func readHex(s string, i int) (float64, int) {
	var u uint64
	start := i
	for ; i < len(s) && isHex(s[i]); i++ {
		if u >= 1<<60 {
			u = math.MaxUint64
			continue
		}
		d := s[i] - '0'
		if d > 9 {
			d = (s[i] | 0x20) - 'a' + 10
		}
		u = u<<4 | uint64(d)
	}
	if i == start {
		return 0, -1
	}
	return float64(u), i
}

// readFraction reads digits as those behind the point of 0.
func readFraction(s string, i int) (float64, int) {
	u, exact, end := digits(s, i, 0)
	places := end - i
	if places == 0 {
		return 0, -1
	}
	if !exact || u > exactFloat || places >= len(powers) {
		return parseFloat("." + s[i:end]), end
	}
	return float64(u) / powers[places], end
}

func isHex(c byte) bool { return isDigit(c) || (c|0x20)-'a' < 6 }

// numbers makes a matcher for one or more numbers with the separators of
// nginx's upstream variables between them.
func numbers(read func(s string, i int) (float64, int)) matcher {
	return func(f *Format, s string, i int, v *value) int {
		v.kind, v.lo = isNumbers, len(f.nums)
		end := -1
		for i >= 0 {
			n, next := read(s, i)
			if next < 0 {
				break
			}
			f.nums = append(f.nums, n)
			end = next
			i = skipSeparator(s, next)
		}
		v.hi = len(f.nums)
		return end
	}
}

// skipSeparator skips the comma between the servers of a group, or the colon
// between groups; without one it returns -1.
func skipSeparator(s string, i int) int {
	switch {
	case strings.HasPrefix(s[i:], ", "):
		return i + 2
	case strings.HasPrefix(s[i:], " : "):
		return i + 3
	}
	return -1
}

// digitGroups makes a matcher for n groups of digits with points between them.
func digitGroups(n int) matcher {
	return func(_ *Format, s string, i int, v *value) int {
		v.kind, v.lo = isText, i
		for k := range n {
			if k > 0 {
				if i == len(s) || s[i] != '.' {
					return -1
				}
				i++
			}
			start := i
			for i < len(s) && isDigit(s[i]) {
				i++
			}
			if i == start {
				return -1
			}
		}
		v.hi = i
		return i
	}
}

// protocol reads HTTP/ and a version of two digits.
func protocol(_ *Format, s string, i int, v *value) int {
	const size = len("HTTP/1.1")
	if len(s)-i < size || s[i:i+5] != "HTTP/" || !isDigit(s[i+5]) || s[i+6] != '.' || !isDigit(s[i+7]) {
		return -1
	}
	v.kind, v.lo, v.hi = isText, i, i+size
	return v.hi
}
