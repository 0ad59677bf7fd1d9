package prometheus

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// label is a name with its value.
type label struct{ name, value string }

// sample is one line with a value. Its strings are parts of the line where they
// need no unescaping.
type sample struct {
	name   string
	labels []label
	value  float64
	millis int64 // since the epoch, if stamped
	stamps bool
}

// The kinds of lines.
const (
	lineNothing = iota // empty, or a comment
	lineSample
	lineType // of a family: its name and kind
	lineEnd  // of the metrics
)

// textParser reads the text format, line by line.
type textParser struct {
	openMetrics bool // time stamps are seconds

	sample       sample
	family, kind string // of a lineType
}

// The mistakes in a line.
var (
	errName   = errors.New("it does not begin with a name")
	errLabels = errors.New("its labels are not well-formed")
	errValue  = errors.New("its value is no number")
	errTime   = errors.New("its time is no number")
	errRest   = errors.New("there is something behind its time")
)

// maxLabels bounds the labels of one sample.
const maxLabels = 256

// line reads one line, without its end.
//
// hot: once per line; allocates only for escapes.
func (p *textParser) line(s string) (kind int, err error) {
	s = trimBlanks(s)
	switch {
	case s == "":
		return lineNothing, nil
	case s[0] == '#':
		return p.comment(s[1:]), nil
	}
	p.sample.labels, p.sample.stamps = p.sample.labels[:0], false
	p.sample.name, s = identifier(s, true)
	if s = trimBlanks(s); s != "" && s[0] == '{' {
		var ok bool
		if s, ok = p.labels(s[1:]); !ok {
			return 0, errLabels
		}
	}
	if p.sample.name == "" {
		return 0, errName
	}
	return lineSample, p.numbers(s)
}

// comment reads what stands behind a #.
func (p *textParser) comment(s string) int {
	s = trimBlanks(s)
	if s == "EOF" && p.openMetrics {
		return lineEnd
	}
	word, rest := word(s)
	if word != "TYPE" {
		return lineNothing
	}
	if rest = trimBlanks(rest); rest != "" && rest[0] == '"' {
		var ok bool
		if p.family, rest, ok = unquote(rest); !ok {
			return lineNothing
		}
	} else {
		p.family, rest = identifier(rest, true)
	}
	p.kind, _ = identifier(trimBlanks(rest), false)
	if p.family == "" || p.kind == "" {
		return lineNothing
	}
	return lineType
}

// labels reads to the closing brace. A quoted text alone is the name.
func (p *textParser) labels(s string) (rest string, ok bool) {
	for {
		if s = trimBlanks(s); s == "" {
			return s, false
		}
		if s[0] == '}' {
			return s[1:], true
		}
		if s, ok = p.label(s); !ok {
			return s, false
		}
		if s = trimBlanks(s); s != "" && s[0] == ',' {
			s = s[1:]
		} else if s == "" || s[0] != '}' {
			return s, false
		}
	}
}

// label reads one label, or the name in quotes.
func (p *textParser) label(s string) (rest string, ok bool) {
	var l label
	if s[0] == '"' {
		if l.name, s, ok = unquote(s); !ok {
			return s, false
		}
		if s = trimBlanks(s); s == "" || s[0] != '=' {
			if p.sample.name != "" || l.name == "" {
				return s, false
			}
			p.sample.name = l.name
			return s, true
		}
	} else {
		l.name, s = identifier(s, false)
		s = trimBlanks(s)
	}
	if l.name == "" || s == "" || s[0] != '=' || len(p.sample.labels) >= maxLabels {
		return s, false
	}
	l.value, s, ok = unquote(trimBlanks(s[1:]))
	p.sample.labels = append(p.sample.labels, l)
	return s, ok
}

// numbers reads the value and, if there is one, the time. OpenMetrics may have an
// exemplar behind them, which begins with a #.
func (p *textParser) numbers(s string) error {
	text, s := word(trimBlanks(s))
	var err error
	if p.sample.value, err = strconv.ParseFloat(text, 64); err != nil && !errors.Is(err, strconv.ErrRange) {
		return errValue
	}
	if text, s = word(trimBlanks(s)); text == "" || text[0] == '#' {
		return nil
	}
	p.sample.stamps = true
	if p.openMetrics {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || math.Abs(seconds) > 1e12 || math.IsNaN(seconds) {
			return errTime
		}
		p.sample.millis = int64(math.Round(seconds * 1000))
	} else if p.sample.millis, err = strconv.ParseInt(text, 10, 64); err != nil {
		return errTime
	}
	if s = trimBlanks(s); s != "" && s[0] != '#' {
		return errRest
	}
	return nil
}

// identifier takes a name off the front; colons belong to names of metrics.
func identifier(s string, colons bool) (name, rest string) {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' && colons || i > 0 && c >= '0' && c <= '9') {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// validLabel reports whether a name needs no quotes as that of a label.
func validLabel(name string) bool {
	_, rest := identifier(name, false)
	return name != "" && rest == ""
}

// word takes what stands in front of the next blank.
func word(s string) (word, rest string) {
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func trimBlanks(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}
