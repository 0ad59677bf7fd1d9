package cjson

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A kind is what a token is. The first kinds have fixed names in error texts.
type kind byte

const (
	objBegin kind = iota
	objEnd
	arrBegin
	arrEnd
	str
	num
	boolean
	null
	colon
	comma
	end
	bad
)

var kindNames = [...]string{
	"T_OBJ_BEGIN", "T_OBJ_END", "T_ARR_BEGIN", "T_ARR_END", "T_STRING", "T_NUMBER",
	"T_BOOLEAN", "T_NULL", "T_COLON", "T_COMMA", "T_END",
}

// A token is one piece of a text.
type token struct {
	kind kind
	at   int     // offset of the token, or of what is wrong in it
	text string  // str: the value; bad: what is wrong. It may point into the input.
	num  float64 // num: the value; boolean: 1 is true
}

// name is how error texts call the token.
func (t token) name() string {
	if t.kind == bad {
		return t.text
	}
	return kindNames[t.kind]
}

// A scanner cuts a text into tokens.
type scanner struct {
	s       string
	pos     int
	lenient bool
}

// next returns the next token. After the end it returns the end again.
func (sc *scanner) next() token {
	i := sc.pos
	for i < len(sc.s) && (sc.s[i] == ' ' || sc.s[i] == '\t' || sc.s[i] == '\n' || sc.s[i] == '\r') {
		i++
	}
	sc.pos = i
	if i == len(sc.s) {
		return token{kind: end, at: i}
	}
	one := func(k kind) token {
		sc.pos++
		return token{kind: k, at: i}
	}
	switch c := sc.s[i]; c {
	case '{':
		return one(objBegin)
	case '}':
		return one(objEnd)
	case '[':
		return one(arrBegin)
	case ']':
		return one(arrEnd)
	case ':':
		return one(colon)
	case ',':
		return one(comma)
	case '"':
		return sc.string()
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if !sc.lenient && !plainNumber(sc.s[i:]) {
			return token{kind: bad, at: i, text: "invalid number"}
		}
		return sc.number()
	}
	rest := sc.s[i:]
	switch {
	case strings.HasPrefix(rest, "true"):
		sc.pos += len("true")
		return token{kind: boolean, at: i, num: 1}
	case strings.HasPrefix(rest, "false"):
		sc.pos += len("false")
		return token{kind: boolean, at: i}
	case strings.HasPrefix(rest, "null"):
		sc.pos += len("null")
		return token{kind: null, at: i}
	case sc.lenient && (rest[0] == '+' || hasFold(rest, "inf") || hasFold(rest, "nan")):
		return sc.number()
	}
	return token{kind: bad, at: i, text: "invalid token"}
}

// plainNumber reports whether s, which begins with a digit or a minus, does not
// begin with one of the numbers that only a lenient scanner takes: hexadecimal, a
// leading zero, inf, nan.
func plainNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if s == "" {
		return true
	}
	if s[0] == '0' {
		return len(s) == 1 || s[1]|0x20 != 'x' && s[1]-'0' > 9
	}
	return !hasFold(s, "inf") && !hasFold(s, "nan")
}

func (sc *scanner) number() token {
	f, n := scanNumber(sc.s[sc.pos:])
	if n == 0 {
		return token{kind: bad, at: sc.pos, text: "invalid number"}
	}
	t := token{kind: num, at: sc.pos, num: f}
	sc.pos += n
	return t
}

// string scans a string. One without escapes is a part of the input.
func (sc *scanner) string() token {
	at := sc.pos
	from := at + 1
	i := from
	for i < len(sc.s) && sc.s[i] != '"' && sc.s[i] != '\\' {
		i++
	}
	if i < len(sc.s) && sc.s[i] == '"' {
		sc.pos = i + 1
		return token{kind: str, at: at, text: sc.s[from:i]}
	}
	buf := append(make([]byte, 0, i-from+16), sc.s[from:i]...)
	for i < len(sc.s) {
		c := sc.s[i]
		if c == '"' {
			sc.pos = i + 1
			return token{kind: str, at: at, text: string(buf)}
		}
		if c != '\\' {
			buf = append(buf, c)
			i++
			continue
		}
		var n int
		if buf, n = unescape(buf, sc.s[i:]); n > 0 {
			i += n
			continue
		}
		if strings.HasPrefix(sc.s[i:], `\u`) {
			return token{kind: bad, at: i, text: "invalid unicode escape code"}
		}
		return token{kind: bad, at: i, text: "invalid escape code"}
	}
	return token{kind: bad, at: i, text: "unexpected end of string"}
}

// unescape appends what the escape at the start of s stands for and returns the
// length of the escape, 0 if it is none.
func unescape(dst []byte, s string) ([]byte, int) {
	if len(s) < 2 {
		return dst, 0
	}
	switch c := s[1]; c {
	case '"', '\\', '/':
		return append(dst, c), 2
	case 'b':
		return append(dst, '\b'), 2
	case 't':
		return append(dst, '\t'), 2
	case 'n':
		return append(dst, '\n'), 2
	case 'f':
		return append(dst, '\f'), 2
	case 'r':
		return append(dst, '\r'), 2
	case 'u':
		r, n := codeUnit(s), len(`\u0000`)
		if r >= 0 && utf16.IsSurrogate(r) {
			r = utf16.DecodeRune(r, codeUnit(s[n:]))
			n *= 2
			if r == utf8.RuneError {
				return dst, 0
			}
		}
		if r < 0 {
			return dst, 0
		}
		return utf8.AppendRune(dst, r), n
	}
	return dst, 0
}

// codeUnit is the value of the escape \uXXXX at the start of s, -1 if there is
// none.
func codeUnit(s string) rune {
	if len(s) < len(`\u0000`) || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	var r rune
	for i := 2; i < 6; i++ {
		d := hexValue(s[i])
		if d < 0 {
			return -1
		}
		r = r<<4 | rune(d)
	}
	return r
}
