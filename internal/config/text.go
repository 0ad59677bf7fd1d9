package config

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quoting describes one of the four ways to write a string.
type quoting struct {
	delim   string
	lines   bool // may span lines
	escapes escapes
}

// escapes says what a backslash does.
type escapes uint8

const (
	noEscapes      escapes = iota
	strictEscapes          // anything unknown is an error
	lenientEscapes         // anything unknown stays as two characters
)

// quotings are the ways to write a string, the longer delimiters first.
func quotings() []quoting {
	return []quoting{
		{delim: `"""`, lines: true, escapes: strictEscapes},
		{delim: `'''`, lines: true, escapes: noEscapes},
		{delim: `"`, escapes: strictEscapes},
		{delim: `'`, lines: true, escapes: lenientEscapes},
	}
}

// stringNode reads the string at the cursor, which stands at a quote.
func (p *parser) stringNode(key string) (*Node, bool) {
	var q quoting
	for _, q = range quotings() {
		if p.has(q.delim) {
			break
		}
	}
	open := p.pos()
	t := textReader{parser: p, quoting: q}
	content, ok := t.read()
	if !ok {
		return nil, false
	}
	if q.escapes == lenientEscapes {
		t.warnReplaced(open, key)
	}
	n := scalar(content, "")
	n.Pos = open
	return n, true
}

// textReader reads the content of one string.
type textReader struct {
	*parser
	quoting
	content  []byte
	plain    []byte // the content as TOML 1.0 reads '...', which knows no escapes
	replaced []byte // the characters behind the backslash of replaced escapes
	bad      bool   // an escape was wrong; it has been reported
}

// read moves over the string and returns its content; false means that it
// does not end. Bad escapes are left out.
func (t *textReader) read() (string, bool) {
	open := t.pos()
	t.next(len(t.delim))
	if len(t.delim) == 3 {
		t.skipFirstLineEnd()
	}
	for {
		if value, ok := t.reference(); ok {
			t.keep(value)
			continue
		}
		c := t.raw()
		switch {
		case c == eof, !t.lines && t.atEOL():
			t.problem(open, "text that begins with "+t.delim+" has no closing "+t.delim+t.place())
			return "", false
		case t.has(t.delim):
			t.close()
			return string(t.content), true
		case c == '\\' && t.escapes != noEscapes:
			t.escape()
		default:
			t.take(1)
		}
	}
}

// keyText makes a reader of the key in quotes at the cursor, as in TOML 1.0.
func (p *parser) keyText() *textReader {
	if p.peek() == '"' {
		return &textReader{parser: p, quoting: quoting{delim: `"`, escapes: strictEscapes}}
	}
	return &textReader{parser: p, quoting: quoting{delim: `'`}}
}

// place says where the closing quote was looked for.
func (t *textReader) place() string {
	if t.lines {
		return ""
	}
	return " on its line"
}

// keep adds text that is the same with and without escapes.
func (t *textReader) keep(s string) {
	t.content = append(t.content, s...)
	t.plain = append(t.plain, s...)
}

// take keeps the next n bytes.
func (t *textReader) take(n int) {
	t.keep(t.rest()[:n])
	t.next(n)
}

// skipFirstLineEnd moves over the line end that may follow three opening quotes.
func (t *textReader) skipFirstLineEnd() {
	if t.has("\n") {
		t.next(1)
	} else if t.has("\r\n") {
		t.next(2)
	}
}

// close moves over the closing delimiter. Up to two quotes before the last
// three of a run belong to the content.
func (t *textReader) close() {
	if len(t.delim) == 3 {
		for i := 0; i < 2 && t.has(t.delim+t.delim[:1]); i++ {
			t.take(1)
		}
	}
	t.next(len(t.delim))
}

// escape reads a backslash and what belongs to it.
func (t *textReader) escape() {
	at := t.pos()
	rest := t.rest()
	if len(rest) == 1 {
		t.take(1) // the end of the file is reported by read
		return
	}
	c := rest[1]
	if i := strings.IndexByte(`btnfr"/\`, c); i >= 0 {
		t.replace(2, string("\b\t\n\f\r\"/\\"[i]))
		return
	}
	switch strict := t.escapes == strictEscapes; {
	case c == 'u':
		t.unicode(at, 4)
	case c == 'U' && strict:
		t.unicode(at, 8)
	case strict && t.lines && t.continuation():
	case strict:
		t.bad = true
		_, size := utf8.DecodeRuneInString(rest[1:])
		t.problemHint(at, "the backslash escape "+quote(rest[:1+size])+" does not exist",
			`write \\ for a backslash, or put a regular expression between single quotes`)
		t.next(1)
	case strings.HasPrefix(rest[1:], refOpen):
		t.take(1)
	default:
		_, size := utf8.DecodeRuneInString(rest[1:])
		t.take(1 + size)
	}
}

// replace moves over an escape of n bytes and adds what it means.
func (t *textReader) replace(n int, meaning string) {
	t.replaced = append(t.replaced, t.rest()[1])
	t.plain = append(t.plain, t.rest()[:n]...)
	t.content = append(t.content, meaning...)
	t.next(n)
}

// unicode reads \u or \U with the given number of hexadecimal digits.
func (t *textReader) unicode(at Pos, digits int) {
	rest := t.rest()
	if len(rest) >= 2+digits {
		code, err := strconv.ParseUint(rest[2:2+digits], 16, 32)
		if err == nil && utf8.ValidRune(rune(code)) && code <= utf8.MaxRune {
			t.replace(2+digits, string(rune(code)))
			return
		}
	}
	t.bad = true
	hint := ""
	if t.escapes == lenientEscapes {
		hint = "between ''' and ''' a backslash is just a backslash"
	}
	t.problemHint(at, rest[:2]+" needs the "+strconv.Itoa(digits)+" hexadecimal digits of a character", hint)
	t.next(2)
}

// continuation moves over a backslash at the end of a line of """ text with
// all white space that follows. It reports whether there was one.
func (t *textReader) continuation() bool {
	rest := t.rest()[1:]
	line := strings.TrimLeft(rest, " \t")
	if !strings.HasPrefix(line, "\n") && !strings.HasPrefix(line, "\r\n") {
		return false
	}
	t.next(1 + len(rest) - len(strings.TrimLeft(rest, " \t\r\n")))
	return true
}
