package accesslog_test

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// strftimePart is one element of a strftime format; its expression has named
// groups for what it says about the time.
type strftimePart struct {
	re      *regexp.Regexp
	literal string // instead of re
}

// find returns the length of the element at the start of s, or -1.
func (p strftimePart) find(s string) int {
	if p.re == nil {
		if !strings.HasPrefix(s, p.literal) {
			return -1
		}
		return len(p.literal)
	}
	m := p.re.FindStringIndex(s)
	if m == nil {
		return -1
	}
	return m[1]
}

const (
	twinMonths     = `Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec`
	twinFullMonths = `January|February|March|April|May|June|July|August|September|October|November|December`
)

func strftimeRegexps(format string) ([]string, bool) {
	var res []string
	for i := 0; i < len(format); i++ {
		c := format[i]
		if strings.IndexByte("\t\n\v\f\r ", c) >= 0 {
			res = append(res, twinSpace)
			continue
		}
		if c != '%' {
			res = append(res, `\C`+string([]byte{c})) // no expression, see find
			continue
		}
		i++
		if i == len(format) {
			return nil, false
		}
		if longer, ok := map[byte]string{
			'c': "%a %b %e %T %Y", 'D': "%m/%d/%y", 'x': "%m/%d/%y", 'F': "%Y-%m-%d",
			'r': "%I:%M:%S %p", 'R': "%H:%M", 'T': "%H:%M:%S", 'X': "%H:%M:%S",
		}[format[i]]; ok {
			more, _ := strftimeRegexps(longer)
			res = append(res, more...)
			continue
		}
		re, ok := map[byte]string{
			'a': `Sun|Mon|Tue|Wed|Thu|Fri|Sat`,
			'A': `Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday`,
			'b': `(?P<month>` + twinMonths + `)`, 'h': `(?P<month>` + twinMonths + `)`,
			'B': `(?P<month>` + twinFullMonths + `)`,
			'C': `\d\d`,
			'd': `(?P<day>0[1-9]|[12]\d|3[01])`,
			'e': `(?P<day> [1-9]|[12]\d|3[01])`,
			'g': `(?P<short>\d\d)`, 'y': `(?P<short>\d\d)`,
			'G': `(?P<year>\d{4})`, 'Y': `(?P<year>\d{4})`,
			'H': `(?P<hour>[01]\d|2[0-3])`,
			'I': `(?P<hour>0\d|1[0-2])`,
			'j': `00[1-9]|0[1-9]\d|[12]\d\d|3[0-5]\d|36[0-6]`,
			'k': `(?P<hour>[ 1]\d|2[0-3])`,
			'l': `(?P<hour>` + twinSpace + `\d|1[0-2])`,
			'm': `(?P<month>0[1-9]|1[0-2])`,
			'M': `(?P<min>[0-5]\d)`,
			'n': `\n`, 't': `\t`, '%': `%`,
			'p': `(?P<period>AM|PM)`,
			's': `(?P<epoch>\d+)`,
			'S': `(?P<sec>[0-5]\d|6[01])`,
			'u': `[1-7]`, 'w': `[0-6]`,
			'U': `[0-4]\d|5[0-3]`, 'V': `[0-4]\d|5[0-3]`, 'W': `[0-4]\d|5[0-3]`,
			'z': `(?P<zone>[-+](?:[01]\d|2[0-3])[0-5]\d)`,
			'Z': `(?P<name>UTC|PST|PDT|MST|MDT|CST|CDT|EST|EDT|[A-Za-z]{0,5})`,
		}[format[i]]
		if !ok {
			return nil, false
		}
		res = append(res, re)
	}
	return res, format != ""
}

func twinStrftime(t *twin, format string) *twinValue {
	res, ok := strftimeRegexps(format)
	if !ok {
		return nil
	}
	v := &twinValue{kind: "strftime"}
	has := map[string]bool{}
	for _, re := range res {
		if literal, ok := strings.CutPrefix(re, `\C`); ok {
			v.parts = append(v.parts, strftimePart{literal: literal})
			continue
		}
		part := strftimePart{re: anchored(re)}
		for _, name := range part.re.SubexpNames() {
			has[name] = true
		}
		v.parts = append(v.parts, part)
	}
	v.dated = has["epoch"] || has["day"] && has["month"] && (has["year"] || has["short"])
	v.alone = true
	for _, p := range t.pieces {
		if p.value != nil && p.value.kind == "strftime" && !v.dated {
			v.alone = false
		}
	}
	for _, p := range t.pieces {
		if p.value != nil && p.value.kind == "strftime" && !v.alone {
			v.dated = v.dated || p.value.dated
		}
	}
	return v
}

// strftime adds the parts that s holds to clock and returns the time.
func (v *twinValue) strftime(s string, clock map[string]string) (map[string]string, string) {
	if v.alone {
		clock = map[string]string{"hour": "12"}
	}
	for _, p := range v.parts {
		if p.re == nil {
			s = s[len(p.literal):]
			continue
		}
		m := p.re.FindStringSubmatch(s)
		s = s[len(m[0]):]
		for i, name := range p.re.SubexpNames() {
			switch name {
			case "":
			case "short":
				clock["year"] = time.Now().Format("2006")[:2] + m[i]
			case "month":
				clock["month"] = m[i][:min(3, len(m[i]))]
			case "name":
				clock["zone"] = map[string]string{"PST": "-0800", "PDT": "-0700", "MST": "-0700", "MDT": "-0600",
					"CST": "-0600", "CDT": "-0500", "EST": "-0500", "EDT": "-0400"}[m[i]]
			default:
				clock[name] = m[i]
			}
		}
	}
	switch {
	case !v.dated:
		return clock, "0"
	case clock["epoch"] != "":
		return clock, twinNanoseconds(bigInt(clock["epoch"]), "")
	}
	hour := clock["hour"]
	if n, _ := strconv.Atoi(strings.TrimSpace(hour)); clock["period"] == "AM" && n == 12 {
		hour = "0"
	} else if clock["period"] == "PM" && n < 12 {
		hour = strconv.Itoa(n + 12)
	}
	return clock, twinTime(clock["day"], clock["month"], clock["year"], hour, clock["min"], clock["sec"], "", clock["zone"])
}
