package logstream

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// groupKind says how the captured text of a group becomes a sort number.
type groupKind int

const (
	asNumber          groupKind = iota // digits are their value, anything else is -1
	asNumberOrMissing                  // the same, but an empty text has a number of its own
	asTranslated                       // every text must be in the map
	asMonth                            // English month names, 1 to 12
	asDay                              // English day names, Monday is 0
)

// kindOf returns the kind of a group that has no translation map.
func kindOf(name string) groupKind {
	switch name {
	case "MonthName":
		return asMonth
	case "DayName":
		return asDay
	}
	return asNumber
}

// A number is what a captured text counts in the order of files.
type number struct {
	value int
	// long holds the digits, without leading zeros, of a value too large for
	// an int; it is larger than every value that is not.
	long string
}

func (n number) compare(o number) int {
	return cmp.Or(
		cmp.Compare(len(n.long), len(o.long)),
		strings.Compare(n.long, o.long),
		cmp.Compare(n.value, o.value),
	)
}

// number converts a captured text; a why that is not empty says for what reason
// a file with this text has no place in the order.
func (g *group) number(text string) (n number, why string) {
	switch g.kind {
	case asMonth:
		if m := monthNumber(text); m > 0 {
			return number{value: m}, ""
		}
		return number{}, fmt.Sprintf("Unable to locate month name: %s", text)
	case asDay:
		if d := dayNumber(text); d >= 0 {
			return number{value: d}, ""
		}
		return number{}, fmt.Sprintf("Unable to locate day name: %s", text)
	case asTranslated:
		key := strings.ToLower(text)
		if key == "" {
			key = missing
		}
		if n, ok := g.texts[key]; ok {
			return number{value: n}, ""
		}
		return number{}, fmt.Sprintf("Value '%s' not found in translation map '%s'.", text, g.name)
	case asNumberOrMissing:
		if text == "" || strings.EqualFold(text, missing) {
			return number{value: g.texts[missing]}, ""
		}
	}
	return digits(text), ""
}

// digits returns the decimal value of a text, or -1 if it is empty or holds
// anything but digits.
func digits(text string) number {
	if text == "" {
		return number{value: -1}
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return number{value: -1}
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return number{long: strings.TrimLeft(text, "0")}
	}
	return number{value: n}
}

// monthNumber returns 1 to 12, or 0 for a text that names no month.
func monthNumber(text string) int {
	switch strings.ToLower(text) {
	case "january", "jan":
		return 1
	case "february", "feb":
		return 2
	case "march", "mar":
		return 3
	case "april", "apr":
		return 4
	case "may":
		return 5
	case "june", "jun":
		return 6
	case "july", "jul":
		return 7
	case "august", "aug":
		return 8
	case "september", "sep":
		return 9
	case "october", "oct":
		return 10
	case "november", "nov":
		return 11
	case "december", "dec":
		return 12
	}
	return 0
}

// dayNumber returns 0 (Monday) to 6, or -1 for a text that names no day.
func dayNumber(text string) int {
	switch strings.ToLower(text) {
	case "monday", "mon":
		return 0
	case "tuesday", "tue":
		return 1
	case "wednesday", "wed":
		return 2
	case "thursday", "thu":
		return 3
	case "friday", "fri":
		return 4
	case "saturday", "sat":
		return 5
	case "sunday", "sun":
		return 6
	}
	return -1
}
