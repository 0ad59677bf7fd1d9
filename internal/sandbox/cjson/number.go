package cjson

import (
	"math"
	"strconv"
	"strings"
)

// exact[p] is 10^p: an integer below it has at most p digits, so that C's %.<p>g
// prints all of them.
var exact = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// appendNumber appends f, which is finite, as C's %.<precision>g prints it.
func appendNumber(dst []byte, f float64, precision int) []byte {
	if n := int64(f); float64(n) == f && math.Abs(f) < exact[min(precision, len(exact)-1)] && (n != 0 || !math.Signbit(f)) {
		return strconv.AppendInt(dst, n, 10)
	}
	return strconv.AppendFloat(dst, f, 'g', precision, 64)
}

// scanNumber reads the longest number that s begins with, as C's strtod does, but
// without white space. It returns the number and its length, 0 if there is none.
func scanNumber(s string) (float64, int) {
	i := 0
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	if n := digits(s[i:]); n > 0 && n <= 15 && !continues(s[i+n:], s[i]) {
		return smallInteger(s[:i+n]), i + n
	}
	rest := s[i:]
	switch {
	case hasFold(rest, "infinity"):
		return signed(s, math.Inf(1)), i + len("infinity")
	case hasFold(rest, "inf"):
		return signed(s, math.Inf(1)), i + len("inf")
	case hasFold(rest, "nan"):
		return math.NaN(), i + len("nan") + payloadLen(rest[len("nan"):])
	}
	if hasFold(rest, "0x") {
		if n, exponent := hexLen(rest); n > 0 {
			text := s[:i+n]
			if !exponent {
				text += "p0"
			}
			return parse(text), i + n
		}
	}
	n := decimalLen(rest)
	if n == 0 {
		return 0, 0
	}
	return parse(s[:i+n]), i + n
}

// continues reports whether a number of digits, the first of them first, goes on
// with rest.
func continues(rest string, first byte) bool {
	if rest == "" {
		return false
	}
	switch rest[0] {
	case '.', 'e', 'E':
		return true
	case 'x', 'X':
		return first == '0'
	}
	return false
}

// smallInteger is the value of a sign and at most 15 digits.
func smallInteger(s string) float64 {
	n, negative := int64(0), false
	for i := range len(s) {
		switch c := s[i]; c {
		case '-':
			negative = true
		case '+':
		default:
			n = n*10 + int64(c-'0')
		}
	}
	if negative {
		return -float64(n)
	}
	return float64(n)
}

func signed(s string, f float64) float64 {
	if s[0] == '-' {
		return -f
	}
	return f
}

// parse is the value of a number that was scanned: out of range is infinite or 0,
// as in C.
func parse(s string) float64 {
	f, _ := strconv.ParseFloat(s, 64)
	return f
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// payloadLen returns the length of the part of a NaN that stands in parentheses
// at the start of s, 0 if there is none.
func payloadLen(s string) int {
	if s == "" || s[0] != '(' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == ')':
			return i + 1
		case c != '_' && c-'0' > 9 && c|0x20-'a' > 'z'-'a':
			return 0
		}
	}
	return 0
}

// digits returns how many decimal digits s begins with.
func digits(s string) int {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return i
		}
	}
	return len(s)
}

// hexDigits returns how many hexadecimal digits s begins with.
func hexDigits(s string) int {
	for i := range len(s) {
		if hexValue(s[i]) < 0 {
			return i
		}
	}
	return len(s)
}

func hexValue(c byte) int {
	switch {
	case c-'0' <= 9:
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// decimalLen returns the length of the decimal number at the start of s, 0 if
// there is none.
func decimalLen(s string) int {
	n := digits(s)
	found := n
	if n < len(s) && s[n] == '.' {
		frac := digits(s[n+1:])
		found += frac
		n += 1 + frac
	}
	if found == 0 {
		return 0
	}
	return n + exponentLen(s[n:], 'e')
}

// hexLen returns the length of the hexadecimal number at the start of s, which
// begins with 0x, and whether it has an exponent. It is 0 if no digit follows.
func hexLen(s string) (n int, exponent bool) {
	n = len("0x") + hexDigits(s[2:])
	found := n - len("0x")
	if n < len(s) && s[n] == '.' {
		frac := hexDigits(s[n+1:])
		found += frac
		n += 1 + frac
	}
	if found == 0 {
		return 0, false
	}
	e := exponentLen(s[n:], 'p')
	return n + e, e > 0
}

// exponentLen returns the length of an exponent with the given letter at the start
// of s, 0 if there is none.
func exponentLen(s string, letter byte) int {
	if s == "" || s[0]|0x20 != letter {
		return 0
	}
	n := 1
	if n < len(s) && (s[n] == '+' || s[n] == '-') {
		n++
	}
	d := digits(s[n:])
	if d == 0 {
		return 0
	}
	return n + d
}

// parseNumber is the value of a text that holds nothing but a number and white
// space around it.
func parseNumber(s string) (float64, bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	f, n := scanNumber(s)
	return f, n > 0 && n == len(s)
}
