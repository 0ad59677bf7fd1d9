package message

import "time"

// layoutParser reads times by one layout and completes what the layout does not
// say of the date.
type layoutParser struct {
	bare string // the layout itself
	open openDate
	// full is the layout with the open parts of the date in front of it, prefix
	// these parts alone, in the notation of package time.
	full, prefix string
}

// openDate is what a layout leaves open.
type openDate uint8

const (
	nothing    openDate = iota // it has a year
	openYear                   // it has a month
	openMonth                  // it has a day, but neither month nor year
	openDay                    // it has a time of day only
	everything                 // it has no part of date or time, so it reads nothing
)

// Times that differ in one part only, weekday included, so that two texts in one
// layout differ just when the layout has that part.
var (
	partsBase  = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) // a Monday, as are the next three
	partsYear  = time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC)
	partsMonth = time.Date(2001, 10, 1, 0, 0, 0, 0, time.UTC)
	partsDay   = time.Date(2001, 1, 8, 0, 0, 0, 0, time.UTC)
	partsClock = time.Date(2001, 1, 1, 13, 14, 15, 123456789, time.UTC)
)

func newLayoutParser(layout string) layoutParser {
	base := partsBase.Format(layout)
	l := layoutParser{bare: layout}
	switch {
	case partsYear.Format(layout) != base:
		return l
	case partsMonth.Format(layout) != base:
		l.open, l.prefix = openYear, "2006|"
	case partsDay.Format(layout) != base:
		l.open, l.prefix = openMonth, "2006-01|"
	case partsClock.Format(layout) != base:
		l.open, l.prefix = openDay, "2006-01-02|"
	default:
		l.open = everything
	}
	l.full = l.prefix + layout
	return l
}

// parse reads text; now is in nanoseconds since the Unix epoch.
func (l *layoutParser) parse(text string, loc *time.Location, now int64) (t time.Time, ok bool) {
	switch l.open {
	case nothing:
		t, err := time.ParseInLocation(l.bare, text, loc)
		return t, err == nil
	case openYear, openMonth:
		return l.nearest(text, loc, time.Unix(0, now).In(loc))
	case openDay:
		return l.today(text, loc, time.Unix(0, now).In(loc))
	}
	return t, false
}

// Half a year and half a month, rounded up: of two times a year or a month apart
// the one that lies less ahead of now is the nearer one.
const (
	halfYear  = 183 * 24 * time.Hour
	halfMonth = 16 * 24 * time.Hour
)

// nearest completes text by the last year that puts it no more than halfYear ahead
// of now, or by the last month that puts it no more than halfMonth ahead.
func (l *layoutParser) nearest(text string, loc *time.Location, now time.Time) (time.Time, bool) {
	limit := now.Add(halfYear)
	if l.open == openMonth {
		limit = now.Add(halfMonth)
	}
	// One more day, since the text may carry another zone.
	year, month, _ := limit.Add(24 * time.Hour).Date()
	for range 10 { // two leap years are at most 8 years apart
		date := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		t, err := l.parseOn(date, text, loc)
		if err == nil && !t.After(limit) {
			return t, true
		}
		if err != nil {
			// Either no such day in this year or month, or no such time at all.
			if _, err := time.ParseInLocation(l.bare, text, loc); err != nil {
				return t, false
			}
		}
		if l.open == openYear {
			year--
		} else {
			month--
		}
	}
	return time.Time{}, false
}

// today completes text by the day of now in the zone of the text.
func (l *layoutParser) today(text string, loc *time.Location, now time.Time) (time.Time, bool) {
	t, err := l.parseOn(now, text, loc)
	if err != nil {
		return t, false
	}
	if there := now.In(t.Location()); there.YearDay() != t.YearDay() {
		t, err = l.parseOn(there, text, loc)
	}
	return t, err == nil
}

// parseOn reads text with the open parts taken from date.
func (l *layoutParser) parseOn(date time.Time, text string, loc *time.Location) (time.Time, error) {
	var storage [96]byte
	full := append(date.AppendFormat(storage[:0], l.prefix), text...)
	return time.ParseInLocation(l.full, view(full), loc)
}
