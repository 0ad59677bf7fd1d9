package statsd

import (
	"bytes"
	"slices"
	"strings"

	"github.com/hekad/heka/plugin"
)

// maxTags bounds the tags of one line.
const maxTags = 64

// foreign reports whether a line of DogStatsD is an event or a service check.
func foreign(line []byte) bool {
	return bytes.HasPrefix(line, []byte("_e{")) || bytes.HasPrefix(line, []byte("_sc|"))
}

// extendedLine parses what is behind the values: the modifier and sections of any
// order. Unknown sections are ignored, as their authors mean it to be.
func (p *parser) extendedLine(s plugin.Stat, rest string) bool {
	var section string
	section, rest, _ = strings.Cut(rest, "|")
	switch section {
	case "c", "g", "ms", "s", "m":
		s.Modifier = section
	case "h", "d":
		s.Modifier = "ms"
	default:
		return false
	}
	for rest != "" {
		section, rest, _ = strings.Cut(rest, "|")
		if len(section) < 2 {
			continue
		}
		switch section[0] {
		case '@':
			var ok bool
			if s.Rate, ok = rate(section[1:]); !ok {
				return false
			}
		case '#':
			if p.tags {
				s.Tags = p.graphite(section[1:])
			}
		}
	}
	if s.Modifier == "s" {
		p.stats = append(p.stats, s)
		return true
	}
	values := s.Value
	for more := true; more; {
		s.Value, values, more = strings.Cut(values, ":")
		p.stats = append(p.stats, s)
	}
	return true
}

// graphite turns the tags of DogStatsD, key:value,key:value, into Graphite's form,
// ;key=value;key=value in the order of the keys. A tag without value is true. Of
// equal keys the first counts.
func (p *parser) graphite(tags string) string {
	list := p.tagList[:0]
	for more := true; more && len(list) < maxTags; {
		var tag string
		tag, tags, more = strings.Cut(tags, ",")
		key, value, _ := strings.Cut(tag, ":")
		if value == "" {
			value = "true"
		}
		if key != "" {
			list = append(list, [2]string{key, value})
		}
	}
	p.tagList = list
	slices.SortStableFunc(list, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	b := p.text.Free()
	for i, t := range list {
		if i > 0 && t[0] == list[i-1][0] {
			continue
		}
		b = appendClean(append(b, ';'), t[0], ";!^= \t\r")
		b = appendClean(append(b, '='), t[1], ";~ \t\r")
	}
	return p.text.Keep(b)
}

// appendClean appends s with a _ for each byte that Graphite does not take there.
func appendClean(dst []byte, s, not string) []byte {
	for i := range len(s) {
		c := s[i]
		if strings.IndexByte(not, c) >= 0 {
			c = '_'
		}
		dst = append(dst, c)
	}
	return dst
}
