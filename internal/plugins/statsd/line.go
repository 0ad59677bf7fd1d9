package statsd

import (
	"bytes"
	"math"
	"strconv"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// parser turns datagrams into measurements. Their strings are views of the
// datagram, or of text, and valid until the next reset.
type parser struct {
	extended, tags bool

	stats   []plugin.Stat
	text    plugin.Text // tags in Graphite's form
	tagList [][2]string

	lines   int // of measurements, bad ones included
	bad     int
	ignored int                      // events and service checks
	onBad   func(line []byte, n int) // n counts the bad lines of one datagram
}

// reset forgets the measurements.
func (p *parser) reset() {
	p.stats = p.stats[:0]
	p.text.Reset()
}

// datagram parses the lines of one datagram.
//
// hot: once per datagram; allocates only to grow what is kept.
func (p *parser) datagram(b []byte) {
	bad := 0
	for len(b) > 0 {
		var line []byte
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, b = b[:i], b[i+1:]
		} else {
			line, b = b, nil
		}
		if line = trim(line); len(line) == 0 {
			continue
		}
		if p.extended && foreign(line) {
			p.ignored++
			continue
		}
		p.lines++
		before := len(p.stats)
		if !p.line(message.View(line)) {
			p.stats = p.stats[:before]
			p.bad++
			bad++
			p.onBad(line, bad)
		}
	}
}

// trim takes blanks off both ends of a line.
func trim(b []byte) []byte {
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// line parses bucket:value|modifier[|@rate] and reports whether it is one.
func (p *parser) line(line string) bool {
	colon := indexByte(line, ':')
	if colon < 0 || len(line)-colon-1 < 2 {
		return false
	}
	s := plugin.Stat{Bucket: line[:colon], Rate: 1}
	rest := line[colon+1:]
	bar := indexByte(rest, '|')
	if bar < 0 || bar+1 == len(rest) {
		return false
	}
	s.Value = rest[:bar]
	if p.extended {
		return p.extendedLine(s, rest[bar+1:])
	}
	var ok bool
	if s.Modifier, rest, ok = modifier(rest[bar+1:]); !ok {
		return false
	}
	if len(rest) >= 3 && rest[1] == '@' {
		if s.Rate, ok = rate(rest[2:]); !ok {
			return false
		}
	}
	p.stats = append(p.stats, s)
	return true
}

// modifier takes a modifier off the front. What is left is empty or begins with a
// bar; histograms and meters must have nothing behind them.
func modifier(s string) (mod, rest string, ok bool) {
	n := 1
	switch s[0] {
	case 'c', 'g':
	case 'm':
		if len(s) > 1 && s[1] == 's' {
			n = 2
			break
		}
		return s, "", len(s) == 1
	case 'h':
		return s, "", len(s) == 1
	default:
		return "", "", false
	}
	return s[:n], s[n:], len(s) == n || s[n] == '|'
}

// rate reads a sampling rate.
func rate(s string) (float64, bool) {
	r, err := strconv.ParseFloat(s, 64)
	return r, err == nil && r > 0 && !math.IsInf(r, 0)
}

// indexByte is strings.IndexByte without its call for what mostly is short.
func indexByte(s string, c byte) int {
	for i := range len(s) {
		if s[i] == c {
			return i
		}
	}
	return -1
}
