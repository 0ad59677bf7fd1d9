package matcher

import (
	"math"
	"strconv"
	"strings"
)

// number is a number literal. It is kept exactly as far as comparing it with a
// 64-bit integer needs, and rounded as a float for comparing with floats.
type number struct {
	text  string  // canonical, reads back as the same number
	float float64 // nearest
	floor int64   // greatest integer not above the number, if within
	whole bool    // the number is an integer, if within
	side  int8    // -1 below all 64-bit integers, +1 above them, 0 within
}

// parseNumber reads digits with at most one '.', optionally a sign '-' in front
// and an exponent behind. The error is nil or says what is wrong.
func parseNumber(s string) (number, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return number{}, err.(*strconv.NumError).Err
	}
	n := exactly(s)
	n.float = f
	n.text = s
	short := strconv.FormatFloat(f, 'g', -1, 64)
	if n.side == 0 && n.whole {
		short = strconv.FormatInt(n.floor, 10)
	}
	if m := exactly(short); m == (number{floor: n.floor, whole: n.whole, side: n.side}) {
		n.text = short
	}
	return n, nil
}

// exactly finds floor, whole and side of a well-formed number by decimal
// arithmetic on its digits.
func exactly(s string) number {
	digits, negative := strings.CutPrefix(s, "-")
	exponent := 0
	if i := strings.IndexAny(digits, "eE"); i >= 0 {
		// An enormous exponent is cut to a bound, which is as good: so many
		// digits cannot stand in an expression.
		exponent, _ = strconv.Atoi(digits[i+1:])
		digits = digits[:i]
	}
	const bound = 1 << 30
	exponent = max(-bound, min(bound, exponent))
	if i := strings.IndexByte(digits, '.'); i >= 0 {
		exponent -= len(digits) - i - 1
		digits = digits[:i] + digits[i+1:]
	}
	digits = strings.TrimLeft(digits, "0")
	if t := strings.TrimRight(digits, "0"); len(t) < len(digits) {
		exponent += len(digits) - len(t)
		digits = t
	}
	if digits == "" {
		return number{whole: true}
	}
	whole := exponent >= 0
	point := len(digits) + exponent // digits in front of the decimal point
	const most = len("9223372036854775808")
	if point > most {
		return beyond(negative, whole)
	}
	switch {
	case point <= 0:
		digits = "0"
	case whole:
		digits += strings.Repeat("0", exponent)
	default:
		digits = digits[:point]
	}
	u, err := strconv.ParseUint(digits, 10, 64)
	switch {
	case err != nil:
		return beyond(negative, whole)
	case !negative && u <= math.MaxInt64:
		return number{floor: int64(u), whole: whole}
	case negative && whole && u <= 1<<63:
		return number{floor: -int64(u), whole: true}
	case negative && !whole && u < 1<<63:
		return number{floor: -int64(u) - 1}
	}
	return beyond(negative, whole)
}

func beyond(negative, whole bool) number {
	if negative {
		return number{side: -1, whole: whole}
	}
	return number{side: +1, whole: whole}
}

// span is a closed interval; it is empty when lo > hi.
type span[T int64 | float64] struct{ lo, hi T }

func (s span[T]) has(x T) bool { return s.lo <= x && x <= s.hi }

func (s span[T]) empty() bool { return s.lo > s.hi }

var noInteger = span[int64]{1, 0}

// integers returns the integers x for which "x op n" holds; those of unequal are
// the ones of equal, to be negated by the caller.
func (n number) integers(op operator) span[int64] {
	all := span[int64]{math.MinInt64, math.MaxInt64}
	switch op {
	case equal, unequal:
		if n.side != 0 || !n.whole {
			return noInteger
		}
		return span[int64]{n.floor, n.floor}
	case greater, greaterEqual:
		if n.side != 0 {
			if n.side > 0 {
				return noInteger
			}
			return all
		}
		if n.whole && op == greaterEqual {
			return span[int64]{n.floor, all.hi}
		}
		if n.floor == all.hi {
			return noInteger
		}
		return span[int64]{n.floor + 1, all.hi}
	}
	if n.side != 0 {
		if n.side < 0 {
			return noInteger
		}
		return all
	}
	if n.whole && op == less {
		if n.floor == all.lo {
			return noInteger
		}
		return span[int64]{all.lo, n.floor - 1}
	}
	return span[int64]{all.lo, n.floor}
}

// floats returns the floats x for which "x op n" holds; those of unequal are the
// ones of equal, to be negated by the caller. No span has NaN in it.
func (n number) floats(op operator) span[float64] {
	up, down := math.Inf(1), math.Inf(-1)
	switch op {
	case greater:
		return span[float64]{math.Nextafter(n.float, up), up}
	case greaterEqual:
		return span[float64]{n.float, up}
	case less:
		return span[float64]{down, math.Nextafter(n.float, down)}
	case lessEqual:
		return span[float64]{down, n.float}
	}
	return span[float64]{n.float, n.float}
}
