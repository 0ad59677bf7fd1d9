package strftime

import (
	"math"
	"strconv"
	"time"
)

// Format is a compiled format. It is not modified by its use; goroutines may
// share it.
type Format struct {
	items []item
	step  time.Duration
}

// item is a directive, or text when the directive is 0.
type item struct {
	text      string
	directive byte
}

// composites are the directives that stand for others.
var composites = [256]string{
	'D': "%m/%d/%y",
	'F': "%Y-%m-%d",
	'R': "%H:%M",
	'r': "%I:%M:%S %p",
	'T': "%H:%M:%S",
	'v': "%e-%b-%Y",
}

// steps say how long the text of a directive stays the same in UTC.
var steps = [256]time.Duration{
	'A': day, 'a': day, 'B': day, 'b': day, 'h': day, 'C': day, 'd': day, 'e': day, 'j': day, 'm': day,
	'w': day, 'Y': day, 'y': day,
	'H': time.Hour, 'k': time.Hour, 'I': time.Hour, 'l': time.Hour, 'P': time.Hour, 'p': time.Hour,
	'M': time.Minute,
	'S': time.Second, 's': time.Second,
	'L': time.Millisecond, 'f': time.Microsecond, 'N': time.Nanosecond,
	'Z': forever, 'z': forever,
}

const (
	day     = 24 * time.Hour
	forever = time.Duration(math.MaxInt64)
)

// New compiles a format. Every text is a format.
func New(format string) *Format {
	f := &Format{step: forever}
	f.parse(format)
	return f
}

func (f *Format) parse(format string) {
	from := 0
	for i := 0; i+1 < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		c := format[i+1]
		known := true
		f.literal(format[from:i])
		from = i
		switch {
		case c == '%':
			f.literal("%")
		case c == 'n':
			f.literal("\n")
		case c == 't':
			f.literal("\t")
		case composites[c] != "":
			f.parse(composites[c])
		case steps[c] != 0:
			f.items = append(f.items, item{directive: c})
			f.step = min(f.step, steps[c])
		default:
			known = false // it stays in the text with its percent sign
		}
		if known {
			from = i + 2
		}
		i++
	}
	f.literal(format[from:])
}

func (f *Format) literal(text string) {
	if text == "" {
		return
	}
	if n := len(f.items); n > 0 && f.items[n-1].directive == 0 {
		f.items[n-1].text += text
		return
	}
	f.items = append(f.items, item{text: text})
}

// Constant reports whether the format renders every time alike.
func (f *Format) Constant() bool {
	for _, it := range f.items {
		if it.directive != 0 {
			return false
		}
	}
	return true
}

// Step is how long a text stays the same: in UTC, times within the same multiple
// of Step since the Unix epoch are rendered alike. It is the largest Duration for
// a constant format.
func (f *Format) Step() time.Duration { return f.step }

// Append appends the text for t, in t's zone, to dst.
func (f *Format) Append(dst []byte, t time.Time) []byte {
	p := partsOf(t)
	for _, it := range f.items {
		dst = p.append(dst, it)
	}
	return dst
}

// parts is a time with its date and clock taken apart.
type parts struct {
	time.Time
	year, mday           int
	month                time.Month
	hour, minute, second int
}

func partsOf(t time.Time) parts {
	p := parts{Time: t}
	p.year, p.month, p.mday = t.Date()
	p.hour, p.minute, p.second = t.Clock()
	return p
}

func (p *parts) append(dst []byte, it item) []byte {
	switch it.directive {
	case 'A':
		return append(dst, p.Weekday().String()...)
	case 'a':
		return append(dst, p.Weekday().String()[:3]...)
	case 'B':
		return append(dst, p.month.String()...)
	case 'b', 'h':
		return append(dst, p.month.String()[:3]...)
	case 'C':
		return appendPadded(dst, p.year, 2, '0')
	case 'd':
		return appendPadded(dst, p.mday, 2, '0')
	case 'e':
		return appendPadded(dst, p.mday, 2, ' ')
	case 'f':
		return appendPadded(dst, p.Nanosecond()/1e3, 6, '0')
	case 'H':
		return appendPadded(dst, p.hour, 2, '0')
	case 'k':
		return appendPadded(dst, p.hour, 2, ' ')
	case 'I':
		return appendPadded(dst, (p.hour+11)%12+1, 2, '0')
	case 'l':
		return appendPadded(dst, (p.hour+11)%12+1, 2, ' ')
	case 'j':
		return appendPadded(dst, p.YearDay(), 3, '0')
	case 'L':
		return appendPadded(dst, p.Nanosecond()/1e6, 3, '0')
	case 'M':
		return appendPadded(dst, p.minute, 2, '0')
	case 'm':
		return appendPadded(dst, int(p.month), 2, '0')
	case 'N':
		return appendPadded(dst, p.Nanosecond(), 9, '0')
	case 'P':
		return append(dst, halves[p.hour/12][:2]...)
	case 'p':
		return append(dst, halves[p.hour/12][2:]...)
	case 'S':
		return appendPadded(dst, p.second, 2, '0')
	case 's':
		return strconv.AppendInt(dst, p.Unix(), 10)
	case 'w':
		return append(dst, '0'+byte(p.Weekday()))
	case 'Y':
		return appendPadded(dst, p.year, 4, '0')
	case 'y':
		return appendPadded(dst, (p.year%100+100)%100, 2, '0')
	case 'Z':
		name, _ := p.Zone()
		return append(dst, name...)
	case 'z':
		return appendOffset(dst, p.Time)
	}
	return append(dst, it.text...)
}

var halves = [2]string{"amAM", "pmPM"}

func appendOffset(dst []byte, t time.Time) []byte {
	_, offset := t.Zone()
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return appendPadded(append(dst, sign), offset/3600*100+offset/60%60, 4, '0')
}

func appendPadded(dst []byte, n, width int, pad byte) []byte {
	if width == 2 && 0 <= n && n < 100 {
		if n < 10 {
			return append(dst, pad, '0'+byte(n))
		}
		return append(dst, '0'+byte(n/10), '0'+byte(n%10))
	}
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	var digits [20]byte
	text := strconv.AppendInt(digits[:0], int64(n), 10)
	for i := len(text); i < width; i++ {
		dst = append(dst, pad)
	}
	return append(dst, text...)
}
