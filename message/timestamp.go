package message

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TimeParser is the forgiving parser of decoders: it reads a time by one
// configured layout and, when the text does not fit, by the standard layouts of
// package time. It remembers which of these fitted last to try it first the next
// time, so a TimeParser serves one goroutine.
type TimeParser struct {
	name    string // the layout as configured
	loc     *time.Location
	digits  int // see epochDigits
	layout  layoutParser
	std     []layoutParser // nil for the Epoch layouts
	lastStd int            // index of the standard layout that fitted last
}

// stdLayouts are the layouts that are tried after the configured one. Where
// shared is set, the layout in front takes some of the same texts: an offset such
// as -0007 may pass for an abbreviation of a zone.
var stdLayouts = [...]struct {
	name, layout string
	shared       bool
}{
	{"ANSIC", time.ANSIC, false},
	{"UnixDate", time.UnixDate, false},
	{"RubyDate", time.RubyDate, true},
	{"RFC822", time.RFC822, false},
	{"RFC822Z", time.RFC822Z, true},
	{"RFC850", time.RFC850, false},
	{"RFC1123", time.RFC1123, false},
	{"RFC1123Z", time.RFC1123Z, true},
	{"RFC3339", time.RFC3339, false},
	{"RFC3339Nano", time.RFC3339Nano, false},
	{"Kitchen", time.Kitchen, false},
	{"Stamp", time.Stamp, false},
	{"StampMilli", time.StampMilli, false},
	{"StampMicro", time.StampMicro, false},
	{"StampNano", time.StampNano, false},
}

// NewTimeParser returns a parser for texts in the given layout, one of
//
//	Epoch, EpochMilli, EpochMicro, EpochNano   a decimal number since 1970
//	ANSIC, UnixDate, RFC3339, …                the name of a standard layout
//	02/Jan/2006:15:04:05 -0700                 Go's reference time
//
// An empty layout, or one without any part of a date or time, leaves the
// standard layouts only. loc is the zone of texts that do not carry one; nil is
// UTC.
func NewTimeParser(layout string, loc *time.Location) *TimeParser {
	if loc == nil {
		loc = time.UTC
	}
	p := &TimeParser{name: layout, loc: loc, digits: -1}
	if strings.HasPrefix(layout, "Epoch") {
		p.digits = epochDigits(layout)
		return p
	}
	p.std = make([]layoutParser, len(stdLayouts))
	for i, s := range stdLayouts {
		p.std[i] = newLayoutParser(s.layout)
		if layout == s.name {
			layout = s.layout
		}
	}
	p.layout = newLayoutParser(layout)
	return p
}

// epochDigits is the number of decimal digits from the unit of an Epoch layout to
// nanoseconds, or -1.
func epochDigits(layout string) int {
	switch layout {
	case "Epoch":
		return 9
	case "EpochMilli":
		return 6
	case "EpochMicro":
		return 3
	case "EpochNano":
		return 0
	}
	return -1
}

var (
	errTimeRange = errors.New("the time lies outside of the years 1678 to 2261")
	errNoLayout  = errors.New("the text fits no standard layout")
)

// Parse returns the time of text in nanoseconds since the Unix epoch. now, in the
// same unit, completes what the layout does not have:
//
//   - without a date it is the day of now in the zone of the text;
//   - without a year it is the year that puts the time nearest to now: the last one
//     that puts it at most 183 days ahead, for 29 February the last leap year
//     that does;
//   - with a day only it is the last month that puts the time at most 16 days
//     ahead.
//
// The number of an Epoch layout may have a fraction, of which everything behind
// the nanoseconds is cut off; an empty text is 0. Signs, exponents and blanks are
// errors. The fallback to the standard layouts does not apply.
//
// An error is that of the configured layout. Times that do not fit 64 bits of
// nanoseconds are errors too.
//
// hot: once per message of decoders that read times; allocates only when a text
// does not fit the layout.
func (p *TimeParser) Parse(text string, now int64) (int64, error) {
	if p.std == nil {
		return p.epoch(text)
	}
	if t, ok := p.layout.parse(text, p.loc, now); ok {
		return unixNano(t)
	}
	if t, ok := p.std[p.lastStd].parse(text, p.loc, now); ok {
		return unixNano(t)
	}
	for i := range p.std {
		if t, ok := p.std[i].parse(text, p.loc, now); ok {
			if !stdLayouts[i].shared {
				p.lastStd = i
			}
			return unixNano(t)
		}
	}
	return 0, p.mismatch(text)
}

// mismatch says why text does not fit the configured layout.
func (p *TimeParser) mismatch(text string) error {
	if p.layout.open != everything {
		if _, err := time.ParseInLocation(p.layout.bare, text, p.loc); err != nil {
			return err
		}
	}
	return errNoLayout
}

func unixNano(t time.Time) (int64, error) {
	// 1<<63 nanoseconds are 9223372036.85 seconds.
	if s := t.Unix(); s < -9223372036 || s >= 9223372036 {
		return 0, errTimeRange
	}
	return t.UnixNano(), nil
}

var errNumber = errors.New("it must be a decimal number")

// epoch reads a number of the layout's unit without rounding.
func (p *TimeParser) epoch(text string) (int64, error) {
	if p.digits < 0 {
		return 0, fmt.Errorf("Unrecognized `Epoch` time format: %s", p.name)
	}
	var n uint64
	left := -1 // decimal places still wanted, -1 in front of the point
	for i := range len(text) {
		c := text[i]
		switch {
		case c == '.' && left < 0:
			left = p.digits
			continue
		case c < '0' || c > '9':
			return 0, p.epochError(text, errNumber)
		case left == 0:
			continue // finer than a nanosecond
		case left > 0:
			left--
		}
		if n > (1<<63-1)/10 {
			return 0, p.epochError(text, strconv.ErrRange)
		}
		if n = n*10 + uint64(c-'0'); n > 1<<63-1 {
			return 0, p.epochError(text, strconv.ErrRange)
		}
	}
	if left < 0 {
		left = p.digits
	}
	for ; left > 0; left-- {
		if n > (1<<63-1)/10 {
			return 0, p.epochError(text, strconv.ErrRange)
		}
		n *= 10
	}
	return int64(n), nil
}

func (p *TimeParser) epochError(text string, cause error) error {
	return fmt.Errorf("Error parsing %s time: %q: %w", p.name, text, cause)
}
