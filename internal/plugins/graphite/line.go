package graphite

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// point is one line.
type point struct {
	name  string
	value float64
	time  uint32
}

// lineError says what is wrong with a line.
type lineError struct {
	part  string // "value" or "time"; empty when it has not three columns
	line  string
	value string // the column
	err   error
}

func (e *lineError) Error() string {
	switch e.part {
	case "time":
		return fmt.Sprintf("parsing time: %v", e.err)
	case "value":
		return fmt.Sprintf("parsing value '%s': %v", e.value, e.err)
	}
	return fmt.Sprintf("malformed statmetric line: '%s'", e.line)
}

// parseLine reads "name value time", separated by blanks of any kind. With an error
// about a column the name is there.
//
// hot: once per line.
func parseLine(line string) (point, *lineError) {
	name, rest := column(line)
	value, rest := column(rest)
	time, rest := column(rest)
	if time == "" || strings.Trim(rest, blanks) != "" {
		return point{}, &lineError{line: line}
	}
	p := point{name: name}
	t, err := strconv.ParseUint(time, 0, 32)
	if err != nil {
		return p, &lineError{part: "time", line: line, value: time, err: err}
	}
	p.time = uint32(t)
	if p.value, err = strconv.ParseFloat(value, 64); err != nil {
		return p, &lineError{part: "value", line: line, value: value, err: err}
	}
	return p, nil
}

// blanks separate columns.
const blanks = " \t\n\v\f\r"

// column takes the first column off.
func column(s string) (column, rest string) {
	s = strings.Trim(s, blanks)
	for i := range len(s) {
		if c := s[i]; c <= ' ' && (c == ' ' || c >= '\t' && c <= '\r') {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// finite reports whether the value is a number that Graphite can store.
func (p *point) finite() bool { return !math.IsNaN(p.value) && !math.IsInf(p.value, 0) }

// lines calls good for each line of a payload that can be stored and bad for others.
func lines(payload string, good func(line string, p point), bad func(name string, err error)) {
	payload = strings.Trim(payload, " \t\n")
	for line := range strings.SplitSeq(payload, "\n") {
		p, err := parseLine(line)
		switch {
		case err != nil:
			bad(p.name, err)
		case !p.finite():
			bad(p.name, fmt.Errorf("%s is %v, which Graphite cannot store", p.name, p.value))
		default:
			good(line, p)
		}
	}
}
