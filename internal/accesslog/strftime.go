package accesslog

import "strings"

// civil is a time in parts, as strftime directives read it.
type civil struct {
	year, month, day  int
	hour, minute, sec int
	pm, am            bool
	offset            int   // seconds east of Greenwich
	epoch             int64 // of %s, in nanoseconds
	counted           bool  // epoch stands for all else
}

// ns is the time in nanoseconds since the Unix epoch.
func (c *civil) ns() int64 {
	if c.counted {
		return c.epoch
	}
	hour := c.hour
	switch {
	case c.am && hour == 12:
		hour = 0
	case c.pm && hour < 12:
		hour += 12
	}
	return nanoseconds(daysTo(c.year, c.month, c.day)*86400+int64(hour*3600+c.minute*60+c.sec-c.offset), 0)
}

// element reads one element of a strftime format into c and returns where it
// ends, or -1.
type element func(c *civil, s string, i int) int

// part is what an element contributes to a date.
type part uint8

const (
	dayPart part = 1 << iota
	monthPart
	yearPart
	epochPart

	datePart = dayPart | monthPart | yearPart
)

func (p part) dated() bool { return p&epochPart != 0 || p&datePart == datePart }

// strftime notes a time in a format of strftime.
//
// A directive without a date is a part of the time of the directives before it:
// with %{%F %T}t.%{msec_frac}t %{%z}t the last one adds the zone. Where there
// is no date at all the time is 0; a date alone means noon.
func (b *builder) strftime(format string) (reason string) {
	elements, parts, reason := compileStrftime(nil, 0, format, b.century)
	if reason != "" {
		return reason
	}
	fresh := parts.dated() || !b.begun
	b.dated = parts.dated() || b.dated
	b.begun = true
	dated := b.dated
	b.value("", "", func(f *Format, s string, i int, _ *value) int {
		if fresh {
			f.clock = civil{hour: 12}
		}
		for _, e := range elements {
			if i = e(&f.clock, s, i); i < 0 {
				return -1
			}
		}
		f.ns, f.timed = 0, true
		if dated {
			f.ns = f.clock.ns()
		}
		return i
	})
	return ""
}

// compileStrftime appends the elements of a format to es and adds what they
// contribute to p.
func compileStrftime(es []element, p part, format string, century int) ([]element, part, string) {
	if format == "" {
		return nil, 0, "could not parse the strftime format"
	}
	for i := 0; i < len(format); {
		switch c := format[i]; {
		case c == '%':
			if i+1 == len(format) {
				return nil, 0, "could not parse the strftime format"
			}
			if group := strftimeGroup(format[i+1]); group != "" {
				es, p, _ = compileStrftime(es, p, group, century)
			} else {
				e, contributes := strftimeElement(format[i+1], century)
				if e == nil {
					return nil, 0, "unknown strftime specifier: " + format[i+1:i+2]
				}
				es, p = append(es, e), p|contributes
			}
			i += 2
		case isSpace(c):
			es = append(es, anySpace)
			i++
		default:
			end := i
			for end < len(format) && format[end] != '%' && !isSpace(format[end]) {
				end++
			}
			es = append(es, word(format[i:end]))
			i = end
		}
	}
	return es, p, ""
}

// strftimeGroup is the longer format that a specifier stands for, or "".
func strftimeGroup(c byte) string {
	switch c {
	case 'c':
		return "%a %b %e %T %Y"
	case 'D', 'x':
		return "%m/%d/%y"
	case 'F':
		return "%Y-%m-%d"
	case 'r':
		return "%I:%M:%S %p"
	case 'R':
		return "%H:%M"
	case 'T', 'X':
		return "%H:%M:%S"
	}
	return ""
}

func strftimeElement(c byte, century int) (element, part) {
	switch c {
	case 'a':
		return abbreviation(dayOf, nil), 0
	case 'A':
		return fullName(fullDays[:], nil), 0
	case 'b', 'h':
		return abbreviation(monthOf, toMonth), monthPart
	case 'B':
		return fullName(fullMonths[:], toMonth), monthPart
	case 'C':
		return pair(0, 99, nil), 0
	case 'd':
		return pair(1, 31, toDay), dayPart
	case 'e':
		return blankPair(1, 31, toDay), dayPart
	case 'g', 'y':
		return shortYear(century), yearPart
	case 'G', 'Y':
		return readYear, yearPart
	case 'H':
		return pair(0, 23, toHour), 0
	case 'I':
		return pair(0, 12, toHour), 0
	case 'j':
		return dayOfYear, 0
	case 'k':
		return blankPair(0, 23, toHour), 0
	case 'l':
		return readHour12, 0
	case 'm':
		return pair(1, 12, toMonth), monthPart
	case 'M':
		return pair(0, 59, toMinute), 0
	case 'n':
		return word("\n"), 0
	case 'p':
		return readHalf, 0
	case 's':
		return readEpoch, epochPart
	case 'S':
		return pair(0, 61, toSecond), 0
	case 't':
		return word("\t"), 0
	case 'u':
		return oneDigit('1', '7'), 0
	case 'U', 'V', 'W':
		return pair(0, 53, nil), 0
	case 'w':
		return oneDigit('0', '6'), 0
	case 'z':
		return readOffset, 0
	case 'Z':
		return readZoneName, 0
	case '%':
		return word("%"), 0
	}
	return nil, 0
}

func toDay(c *civil) *int    { return &c.day }
func toMonth(c *civil) *int  { return &c.month }
func toHour(c *civil) *int   { return &c.hour }
func toMinute(c *civil) *int { return &c.minute }
func toSecond(c *civil) *int { return &c.sec }

func anySpace(_ *civil, s string, i int) int {
	if i == len(s) || !isSpace(s[i]) {
		return -1
	}
	return i + 1
}

func word(text string) element {
	return func(_ *civil, s string, i int) int {
		if !strings.HasPrefix(s[i:], text) {
			return -1
		}
		return i + len(text)
	}
}

// endOf is end, or -1 for a value that was not found.
func endOf(n, end int) int {
	if n < 0 {
		return -1
	}
	return end
}

// pair makes an element of two digits from low to high.
func pair(low, high int, to func(c *civil) *int) element {
	return func(c *civil, s string, i int) int {
		if len(s)-i < 2 {
			return -1
		}
		n := two(s, i, low, high)
		if to != nil {
			*to(c) = n
		}
		return endOf(n, i+2)
	}
}

// blankPair makes an element of a number from low to high with a blank before a
// single digit.
func blankPair(low, high int, to func(c *civil) *int) element {
	return func(c *civil, s string, i int) int {
		if len(s)-i < 2 {
			return -1
		}
		n := two(s, i, 10, high)
		if s[i] == ' ' {
			n = digitAt(s, i+1, low)
		}
		*to(c) = n
		return endOf(n, i+2)
	}
}

// digitAt reads the digit at s[i], which must not be below low.
func digitAt(s string, i, low int) int {
	if !isDigit(s[i]) || int(s[i]-'0') < low {
		return -1
	}
	return int(s[i] - '0')
}

func readYear(c *civil, s string, i int) int {
	if len(s)-i < 4 {
		return -1
	}
	c.year = fourDigits(s, i)
	return endOf(c.year, i+4)
}

// shortYear reads a year of this century.
func shortYear(century int) element {
	return func(c *civil, s string, i int) int {
		if len(s)-i < 2 {
			return -1
		}
		n := two(s, i, 0, 99)
		c.year = century + n
		return endOf(n, i+2)
	}
}

// readHour12 reads %l: white space and a digit, or 10 to 12.
func readHour12(c *civil, s string, i int) int {
	if len(s)-i < 2 {
		return -1
	}
	c.hour = two(s, i, 10, 12)
	if isSpace(s[i]) {
		c.hour = digitAt(s, i+1, 0)
	}
	return endOf(c.hour, i+2)
}

func readHalf(c *civil, s string, i int) int {
	c.am, c.pm = strings.HasPrefix(s[i:], "AM"), strings.HasPrefix(s[i:], "PM")
	if !c.am && !c.pm {
		return -1
	}
	return i + 2
}

func readEpoch(c *civil, s string, i int) int {
	u, _, end := digits(s, i, 0)
	if end == i {
		return -1
	}
	c.epoch, c.counted = nanoseconds(int64(min(u, 1<<62)), 0), true
	return end
}

func readOffset(c *civil, s string, i int) int {
	if len(s)-i < len("+0000") {
		return -1
	}
	offset, ok := zone(s, i, "")
	if !ok {
		return -1
	}
	c.offset = offset
	return i + len("+0000")
}

// readZoneName reads %Z. Names that say nothing to us, of up to five letters or
// none, mean UTC.
func readZoneName(c *civil, s string, i int) int {
	c.offset = 0
	if len(s)-i >= 3 {
		hours := 0
		switch s[i : i+3] {
		case "UTC":
			return i + 3
		case "PST":
			hours = -8
		case "PDT", "MST":
			hours = -7
		case "MDT", "CST":
			hours = -6
		case "CDT", "EST":
			hours = -5
		case "EDT":
			hours = -4
		}
		if hours != 0 {
			c.offset = hours * 3600
			return i + 3
		}
	}
	end := i
	for end < len(s) && end-i < 5 && isLetter(s[end]) {
		end++
	}
	return end
}

func isLetter(c byte) bool { return (c|0x20)-'a' < 26 }

// dayOfYear reads %j: 001 to 366.
func dayOfYear(_ *civil, s string, i int) int {
	n, end := readStatus(s, i)
	if end < 0 || n < 1 || n > 366 {
		return -1
	}
	return end
}

func oneDigit(low, high byte) element {
	return func(_ *civil, s string, i int) int {
		if i == len(s) || s[i] < low || s[i] > high {
			return -1
		}
		return i + 1
	}
}

func abbreviation(number func(name string) int, to func(c *civil) *int) element {
	return func(c *civil, s string, i int) int {
		if len(s)-i < 3 {
			return -1
		}
		n := number(s[i : i+3])
		if n >= 0 && to != nil {
			*to(c) = n
		}
		return endOf(n, i+3)
	}
}

func fullName(names []string, to func(c *civil) *int) element {
	return func(c *civil, s string, i int) int {
		for k, name := range names {
			if !strings.HasPrefix(s[i:], name) {
				continue
			}
			if to != nil {
				*to(c) = k + 1
			}
			return i + len(name)
		}
		return -1
	}
}

var (
	fullDays   = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	fullMonths = [...]string{"January", "February", "March", "April", "May", "June", "July",
		"August", "September", "October", "November", "December"}
)
