package accesslog_test

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// twin is the obvious implementation: a regular expression for each piece of
// the format, applied one after the other.
type twin struct{ pieces []piece }

type piece struct {
	space   bool
	literal string
	value   *twinValue // when neither space nor literal
}

type twinValue struct {
	name, unit string
	kind       string         // text, host, upstreams, number, numbers, time, …
	re         *regexp.Regexp // of all kinds but text, host and upstreams
	zero       bool           // numbers: a dash is 0
	base       int            // number
	scale      int64          // time: nanoseconds per unit
	parts      []strftimePart // time
	alone      bool           // time: has a date, or is the first one
	dated      bool           // time: it or the directives it belongs to have a date
}

const (
	twinSpace = `[\t\n\v\f\r ]`
	twinOctet = `(?:1\d\d|2[0-4]\d|25[0-5]|[1-9]\d|\d)`
	twinIPv4  = `(?:` + twinOctet + `(?:\.` + twinOctet + `){3})`
	twinH16   = `[0-9A-Fa-f]{1,4}`
	twinHG    = `(?:` + twinH16 + `:)`
	twinLS32  = `(?:` + twinHG + twinH16 + `|` + twinIPv4 + `)`
	twinIPv6  = twinHG + `{6}` + twinLS32 +
		`|::` + twinHG + `{5}` + twinLS32 +
		`|(?:` + twinH16 + `)?::` + twinHG + `{4}` + twinLS32 +
		`|(?:` + twinHG + `{1,2}|:):` + twinHG + `{3}` + twinLS32 +
		`|(?:` + twinHG + `{1,3}|:):` + twinHG + `{2}` + twinLS32 +
		`|(?:` + twinHG + `{1,4}|:):` + twinHG + twinLS32 +
		`|(?:` + twinHG + `{1,5}|:):` + twinLS32 +
		`|(?:` + twinHG + `{1,6}|:):` + twinH16 +
		`|(?:` + twinHG + `{1,7}|:):`
	twinCLF = `((?:0[1-9]|[12]\d|3[01])/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/\d{4}:` +
		`(?:[01]\d|2[0-3]):[0-5]\d:)([0-5]\d|6[01])` + twinSpace + `([-+](?:[01]\d|2[0-3])[0-5]\d)`
)

func anchored(re string) *regexp.Regexp { return regexp.MustCompile(`(?s)^(?:` + re + `)`) }

var (
	reIPv4     = anchored(twinIPv4)
	reIPv6     = anchored(twinIPv6)
	reNameChar = anchored(`[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2}`)
	reMethod   = anchored(`GET|POST|HEAD|PUT|DELETE|OPTIONS|TRACE|CONNECT`)
	reProtocol = anchored(`HTTP/\d\.\d`)
	reInt      = anchored(`\d+`)
	reDecimal  = anchored(`\d+\.\d+`)
	reIntDash  = anchored(`\d+|-`)
	reStatus   = anchored(`\d{3}`)
	reHex      = anchored(`[0-9A-Fa-f]+`)
	reCLF      = anchored(twinCLF)
	reCLFBrack = anchored(`\[` + twinCLF + `\]`)
	reRFC3339  = anchored(`(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:)([0-5]\d|60)(?:\.(\d+))?(Z|[-+](?:[01]\d|2[0-3]):[0-5]\d)`)
	reHTTPDate = anchored(`(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat),` + twinSpace + `(0[1-9]|[12]\d|3[01])` + twinSpace +
		`(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)` + twinSpace + `(\d{4})` + twinSpace +
		`([01]\d|2[0-3]):([0-5]\d):([0-5]\d|6[01])` + twinSpace + `GMT`)
)

// parse returns what a line gives, in the notation of the vectors.
func (t *twin) parse(line string) []string {
	fail := []string{"no match"}
	var names []string
	shown := map[string]string{}
	timestamp := ""
	var clock map[string]string
	rest := line
	terminator := " " // what ended the last literal
	for k, p := range t.pieces {
		switch {
		case p.space:
			trimmed := strings.TrimLeft(rest, "\t\n\v\f\r ")
			if trimmed == rest {
				return fail
			}
			rest, terminator = trimmed, " "
			continue
		case p.literal != "":
			var ok bool
			if rest, ok = strings.CutPrefix(rest, p.literal); !ok {
				return fail
			}
			terminator = p.literal[len(p.literal)-1:]
			continue
		}
		v := p.value
		var after piece
		if k+1 < len(t.pieces) {
			after = t.pieces[k+1]
		}
		bare := terminator == " " && (k == 0 || t.spaceBefore(k))
		text, unit, n := v.read(rest, after, terminator, bare)
		if n < 0 {
			return fail
		}
		if v.parts != nil {
			clock, timestamp = v.strftime(rest[:n], clock)
		} else if v.name == "" {
			timestamp = text
		}
		rest = rest[n:]
		if v.name != "" {
			names = append(names, v.name)
			shown[v.name] = v.name + unit + " = " + text
		}
	}
	var got []string
	if timestamp != "" {
		got = append(got, "time "+timestamp)
	}
	for i, name := range names {
		last := true
		for _, later := range names[i+1:] {
			last = last && later != name
		}
		if last {
			got = append(got, shown[name])
		}
	}
	return got
}

// spaceBefore tells white space from a literal that ends in a blank.
func (t *twin) spaceBefore(k int) bool {
	for k--; k >= 0; k-- {
		if t.pieces[k].value == nil {
			return t.pieces[k].space
		}
	}
	return true
}

// starts reports whether a piece of the format can start at s[i].
func (p piece) starts(s string, i int) bool {
	if p.space {
		return i < len(s) && strings.IndexByte("\t\n\v\f\r ", s[i]) >= 0
	}
	return strings.HasPrefix(s[i:], p.literal)
}

// read returns the value at the start of s as text, its representation in
// brackets and its length, or -1.
func (v *twinValue) read(s string, after piece, terminator string, bare bool) (text, unit string, n int) {
	if v.unit != "" {
		unit = "[" + v.unit + "]"
	}
	var m []string
	if v.re != nil {
		m = v.re.FindStringSubmatch(s)
		if m == nil {
			if (v.name == "upstream_response_length" || v.kind == "httpdate") && strings.HasPrefix(s, "-") {
				return `"-"`, "", 1
			}
			return "", "", -1
		}
		n = len(m[0])
	}
	switch v.kind {
	case "word":
		text = strconv.Quote(m[0])
	case "four":
		if len(s) < 4 {
			return "", "", -1
		}
		text, n = strconv.Quote(s[:4]), 4
	case "text":
		n = twinText(s, after, terminator, bare)
		if n >= 0 {
			text = strconv.Quote(s[:n])
		}
	case "host":
		return twinHost(s, after)
	case "upstreams":
		text, n = twinUpstreams(s, after)
	case "number":
		text = v.number(m[0])
	case "fraction":
		text = v.number("0." + m[0])
	case "numbers":
		text = v.number(m[0])
		for {
			sep := regexp.MustCompile(`^(?:, | : )`).FindString(s[n:])
			item := v.re.FindString(s[n+len(sep):])
			if sep == "" || item == "" {
				break
			}
			text += ", " + v.number(item)
			n += len(sep) + len(item)
		}
	case "clf":
		// time.Parse knows no leap second and no days beyond a month.
		text = twinTime(m[1][:2], m[1][3:6], m[1][7:11], m[1][12:14], m[1][15:17], m[2], "", m[3])
	case "rfc3339":
		text = twinTime(m[1][8:10], m[1][5:7], m[1][0:4], m[1][11:13], m[1][14:16], m[2], m[3], m[4])
	case "httpdate":
		ns, _ := strconv.ParseInt(twinTime(m[1], m[2], m[3], m[4], m[5], m[6], "", "Z"), 10, 64)
		text = strconv.FormatFloat(float64(ns), 'g', -1, 64)
	case "msec":
		text = twinNanoseconds(bigInt(m[1]), m[2])
	case "epoch":
		ns := new(big.Int).Mul(bigInt(m[0]), big.NewInt(v.scale))
		text = saturate(ns)
	case "strftime":
		n = 0
		for _, p := range v.parts {
			size := p.find(s[n:])
			if size < 0 {
				return "", "", -1
			}
			n += size
		}
	}
	return text, unit, n
}

func (v *twinValue) number(s string) string {
	if v.zero && s == "-" {
		return "0"
	}
	if v.base == 16 {
		u, _ := strconv.ParseUint(s, 16, 64)
		return strconv.FormatFloat(float64(u), 'g', -1, 64)
	}
	f, _ := strconv.ParseFloat(s, 64)
	return strconv.FormatFloat(f, 'g', -1, 64)
}

func twinText(s string, after piece, terminator string, bare bool) int {
	stops := func(i int) bool { return after.starts(s, i) }
	quoted := strings.HasPrefix(after.literal, `"`)
	open := after.value != nil || after == piece{}
	if open {
		stops = func(i int) bool { return strings.HasPrefix(s[i:], terminator) }
		if bare {
			stops = func(i int) bool { return piece{space: true}.starts(s, i) }
		}
		quoted = terminator == `"`
	}
	for i := 0; i < len(s); i++ {
		if quoted && s[i] == '\\' {
			i++
			continue
		}
		if stops(i) {
			return i
		}
	}
	if open {
		return len(s)
	}
	return -1
}

func twinHost(s string, after piece) (text, unit string, n int) {
	follows := func(i int) bool { return after.value != nil || after == piece{} || after.starts(s, i) }
	if m := reIPv4.FindString(s); m != "" && follows(len(m)) {
		return strconv.Quote(m), "[ipv4]", len(m)
	}
	if m := reIPv6.FindString(s); m != "" && follows(len(m)) {
		return strconv.Quote(m), "[ipv6]", len(m)
	}
	var ends []int
	for {
		m := reNameChar.FindString(s[n:])
		if m == "" {
			break
		}
		n += len(m)
		ends = append(ends, n)
	}
	if n > 0 && follows(n) {
		return strconv.Quote(s[:n]), "[hostname]", n
	}
	for _, end := range ends {
		if follows(end) {
			return strconv.Quote(s[:end]), "[hostname]", end
		}
	}
	return "", "", -1
}

func twinUpstreams(s string, after piece) (text string, n int) {
	n = -1
	at := 0
	for {
		end := at
		for end < len(s) && !strings.ContainsRune(",\t\n\v\f\r ", rune(s[end])) &&
			(end == at || after.literal == "" || !strings.HasPrefix(s[end:], after.literal)) {
			end++
		}
		if end == at {
			return text, n
		}
		if text != "" {
			text += ", "
		}
		text += strconv.Quote(s[at:end])
		n = end
		sep := regexp.MustCompile(`^(?:, | : )`).FindString(s[end:])
		if sep == "" {
			return text, n
		}
		at = end + len(sep)
	}
}

func bigInt(s string) *big.Int {
	n, _ := new(big.Int).SetString(s, 10)
	return n
}

func saturate(n *big.Int) string {
	switch {
	case n.Cmp(big.NewInt(math.MaxInt64)) > 0:
		return strconv.FormatInt(math.MaxInt64, 10)
	case n.Cmp(big.NewInt(math.MinInt64)) < 0:
		return strconv.FormatInt(math.MinInt64, 10)
	}
	return n.String()
}

// twinNanoseconds saturates by whole seconds.
func twinNanoseconds(sec *big.Int, fraction string) string {
	ns := new(big.Int).Mul(sec, big.NewInt(1e9))
	if sec.Cmp(big.NewInt(math.MaxInt64/1_000_000_000)) >= 0 {
		return strconv.FormatInt(math.MaxInt64, 10)
	}
	if sec.Cmp(big.NewInt(math.MinInt64/1_000_000_000)) <= 0 {
		return strconv.FormatInt(math.MinInt64, 10)
	}
	if fraction != "" {
		ns.Add(ns, bigInt((fraction + "000000000")[:9]))
	}
	return saturate(ns)
}

func twinTime(day, month, year, hour, minute, sec, fraction, zone string) string {
	n := func(s string) int { i, _ := strconv.Atoi(strings.TrimSpace(s)); return i }
	number := n(month)
	if t, err := time.Parse("Jan", month); err == nil {
		number = int(t.Month())
	}
	t := time.Date(n(year), time.Month(number), n(day), n(hour), n(minute), n(sec), 0, time.UTC).Unix()
	if zone = strings.ReplaceAll(zone, ":", ""); zone != "" && zone != "Z" {
		offset := int64(n(zone[1:3])*3600 + n(zone[3:5])*60)
		if zone[0] == '+' {
			offset = -offset
		}
		t += offset
	}
	return twinNanoseconds(big.NewInt(t), fraction)
}
