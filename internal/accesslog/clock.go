package accesslog

import (
	"math"
	"strings"
)

// hot: everything in this file runs at most once per time and line and
// allocates nothing.

const (
	second = 1_000_000_000 // nanoseconds

	clfSize    = len("02/Jan/2006:15:04:05 -0700")
	secondSize = len("2006-01-02T15:04:05")
)

// clfCache remembers the text and meaning of one time: most lines are written
// in the same second as the one before.
type clfCache struct {
	text [clfSize]byte // zero, which is no time, at first
	ns   int64
}

// clf reads a time of the common log format.
func clf(f *Format, s string, i int, _ *value) int {
	if len(s)-i < clfSize {
		return -1
	}
	text := s[i : i+clfSize]
	if text != string(f.last.text[:]) {
		ns, ok := parseCLF(text)
		if !ok {
			return -1
		}
		copy(f.last.text[:], text)
		f.last.ns = ns
	}
	f.ns, f.timed = f.last.ns, true
	return i + clfSize
}

// clfBracketed reads the same time in brackets.
func clfBracketed(f *Format, s string, i int, v *value) int {
	if len(s)-i < clfSize+2 || s[i] != '[' || s[i+1+clfSize] != ']' {
		return -1
	}
	if clf(f, s, i+1, v) < 0 {
		return -1
	}
	return i + clfSize + 2
}

func parseCLF(s string) (ns int64, ok bool) {
	if s[2] != '/' || s[6] != '/' || s[11] != ':' || s[14] != ':' || s[17] != ':' || !isSpace(s[20]) {
		return 0, false
	}
	day, month := two(s, 0, 1, 31), monthOf(s[3:6])
	year := fourDigits(s, 7)
	hour, minute, sec := two(s, 12, 0, 23), two(s, 15, 0, 59), two(s, 18, 0, 61)
	offset, ok := zone(s, 21, "")
	if day|month|year|hour|minute|sec < 0 || !ok {
		return 0, false
	}
	return nanoseconds(daysTo(year, month, day)*86400+int64(hour*3600+minute*60+sec-offset), 0), true
}

// iso8601 reads a time of RFC 3339.
func iso8601(f *Format, s string, i int, _ *value) int {
	if len(s)-i <= secondSize {
		return -1
	}
	t := s[i : i+secondSize]
	if t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' || t[16] != ':' {
		return -1
	}
	year, month, day := fourDigits(t, 0), two(t, 5, 1, 12), two(t, 8, 1, 31)
	hour, minute, sec := two(t, 11, 0, 23), two(t, 14, 0, 59), two(t, 17, 0, 60)
	if year|month|day|hour|minute|sec < 0 {
		return -1
	}
	i += secondSize
	var fraction int64
	if s[i] == '.' {
		if fraction, i = nanos(s, i+1); i < 0 || i == len(s) {
			return -1
		}
	}
	offset := 0
	switch {
	case s[i] == 'Z':
		i++
	case len(s)-i < len("+00:00"):
		return -1
	default:
		var ok bool
		if offset, ok = zone(s, i, ":"); !ok {
			return -1
		}
		i += len("+00:00")
	}
	f.ns = nanoseconds(daysTo(year, month, day)*86400+int64(hour*3600+minute*60+sec-offset), fraction)
	f.timed = true
	return i
}

// httpDate reads a time such as Mon, 28 Sep 1970 06:00:00 GMT as a number of
// nanoseconds.
func httpDate(_ *Format, s string, i int, v *value) int {
	const size = len("Mon, 02 Jan 2006 15:04:05 GMT")
	if len(s)-i < size {
		return -1
	}
	t := s[i : i+size]
	if t[3] != ',' || !isSpace(t[4]) || !isSpace(t[7]) || !isSpace(t[11]) || !isSpace(t[16]) ||
		t[19] != ':' || t[22] != ':' || !isSpace(t[25]) || t[26:] != "GMT" || dayOf(t[:3]) < 0 {
		return -1
	}
	day, month, year := two(t, 5, 1, 31), monthOf(t[8:11]), fourDigits(t, 12)
	hour, minute, sec := two(t, 17, 0, 23), two(t, 20, 0, 59), two(t, 23, 0, 61)
	if day|month|year|hour|minute|sec < 0 {
		return -1
	}
	v.kind = isNumber
	v.num = float64(nanoseconds(daysTo(year, month, day)*86400+int64(hour*3600+minute*60+sec), 0))
	return i + size
}

// msec reads seconds since the epoch with a point and a fraction.
func msec(f *Format, s string, i int, _ *value) int {
	u, _, point := digits(s, i, 0)
	if point == i || point == len(s) || s[point] != '.' {
		return -1
	}
	fraction, end := nanos(s, point+1)
	if end < 0 {
		return -1
	}
	f.ns, f.timed = nanoseconds(int64(min(u, math.MaxInt64)), fraction), true
	return end
}

// sinceEpoch makes a matcher for a time as a count of units of so many
// nanoseconds.
func sinceEpoch(unit uint64) matcher {
	return func(f *Format, s string, i int, _ *value) int {
		u, _, end := digits(s, i, 0)
		if end == i {
			return -1
		}
		f.ns, f.timed = math.MaxInt64, true
		if u <= math.MaxInt64/unit {
			f.ns = int64(u * unit)
		}
		return end
	}
}

// nanoseconds joins seconds and nanoseconds; beyond the years 1678 to 2262 the
// result is the first or last moment there is.
func nanoseconds(sec, ns int64) int64 {
	switch {
	case sec >= math.MaxInt64/second:
		return math.MaxInt64
	case sec <= math.MinInt64/second:
		return math.MinInt64
	}
	return sec*second + ns
}

// nanos reads one or more digits as the fraction of a second; those behind the
// ninth do not count.
func nanos(s string, i int) (ns int64, end int) {
	start, unit := i, int64(second)
	for ; i < len(s) && isDigit(s[i]); i++ {
		unit /= 10
		ns += int64(s[i]-'0') * unit
	}
	if i == start {
		return 0, -1
	}
	return ns, i
}

// two reads the two digits at s[i], or returns -1 when they are none or not
// from low to high.
func two(s string, i, low, high int) int {
	if !isDigit(s[i]) || !isDigit(s[i+1]) {
		return -1
	}
	n := int(s[i]-'0')*10 + int(s[i+1]-'0')
	if n < low || n > high {
		return -1
	}
	return n
}

func fourDigits(s string, i int) int {
	a, b := two(s, i, 0, 99), two(s, i+2, 0, 99)
	if a|b < 0 {
		return -1
	}
	return a*100 + b
}

// zone reads a sign and two digits each of hours and minutes with sep between
// them, as seconds east of Greenwich.
func zone(s string, i int, sep string) (offset int, ok bool) {
	hours, minutes := two(s, i+1, 0, 23), two(s, i+3+len(sep), 0, 59)
	if hours|minutes < 0 || s[i+3:i+3+len(sep)] != sep {
		return 0, false
	}
	offset = hours*3600 + minutes*60
	switch s[i] {
	case '+':
		return offset, true
	case '-':
		return -offset, true
	}
	return 0, false
}

const (
	monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec"
	dayNames   = "SunMonTueWedThuFriSat"
)

// monthOf returns the number of an abbreviated month from 1, or -1.
func monthOf(name string) int {
	if n := nameIndex(monthNames, name); n >= 0 {
		return n + 1
	}
	return -1
}

// dayOf returns the number of an abbreviated day from 0, Sunday, or -1.
func dayOf(name string) int { return nameIndex(dayNames, name) }

func nameIndex(names, name string) int {
	n := strings.Index(names, name)
	if n < 0 || n%3 != 0 {
		return -1
	}
	return n / 3
}

// daysBefore is the number of days before each month of a year of 365.
var daysBefore = [...]int64{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}

// daysTo returns the days from 1970-01-01 to a date in the years 0 to 9999. A
// day beyond the end of its month counts into the next.
func daysTo(year, month, day int) int64 {
	// Leap days before the year, counted from the year -400, of which there are
	// 574 before 1970.
	y := int64(year) + 399
	n := 365*(int64(year)-1970) + y/4 - y/100 + y/400 - 574 + daysBefore[month-1] + int64(day) - 1
	if month > 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		n++
	}
	return n
}
