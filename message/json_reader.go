package message

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonReader reads a JSON text from front to back.
type jsonReader struct {
	b []byte
	i int
}

func (r *jsonReader) fail(at int, format string, args ...any) error {
	return &JSONError{Offset: at, Problem: fmt.Sprintf(format, args...)}
}

// object reads an object with the cursor on its brace. member is called with the
// cursor on a value, the key and the key's place, and reports whether it knows
// the key.
func (r *jsonReader) object(what string, member func(key string, at int) (bool, error)) error {
	if !r.take('{') {
		return r.fail(r.i, "%s where %s must begin with {", r.found(), what)
	}
	var seen [16]string // more keys than any object of the form has
	n := 0
	for r.space(); !r.take('}'); r.space() {
		if n > 0 {
			if !r.take(',') {
				return r.fail(r.i, "%s where , or } must stand", r.found())
			}
			r.space()
		}
		at := r.i
		key, err := r.text("a key")
		if err != nil {
			return err
		}
		for _, k := range seen[:n] {
			if k == key {
				return r.fail(at, "key %q stands twice", key)
			}
		}
		r.space()
		if !r.take(':') {
			return r.fail(r.i, "%s where : must stand", r.found())
		}
		r.space()
		known, err := member(key, at)
		if err != nil {
			return err
		}
		if !known {
			return r.fail(at, "unknown key %q", key)
		}
		seen[n] = key
		n++
	}
	return nil
}

// array reads an array with the cursor on its bracket; element is called with
// the cursor on each element.
func (r *jsonReader) array(key string, element func() error) error {
	if !r.take('[') {
		return r.fail(r.i, "%s in %s; it must be an array", r.found(), key)
	}
	for first := true; ; first = false {
		r.space()
		if r.take(']') {
			return nil
		}
		if !first {
			if !r.take(',') {
				return r.fail(r.i, "%s where , or ] must stand", r.found())
			}
			r.space()
		}
		if err := element(); err != nil {
			return err
		}
	}
}

// text reads a string. Without escapes it is a view of the text.
func (r *jsonReader) text(key string) (string, error) {
	if !r.take('"') {
		return "", r.fail(r.i, "%s in %s; it must be a string", r.found(), key)
	}
	start := r.i
	for ; r.i < len(r.b); r.i++ {
		switch c := r.b[r.i]; {
		case c == '"':
			r.i++
			return view(r.b[start : r.i-1]), nil
		case c == '\\':
			return r.escaped(start)
		case c < ' ':
			return "", r.fail(r.i, "control character %#02x in a string", c)
		}
	}
	return "", r.fail(start-1, "string without end")
}

// escaped goes on with a string that begins at start, the cursor being on its
// first backslash.
func (r *jsonReader) escaped(start int) (string, error) {
	s := append([]byte(nil), r.b[start:r.i]...)
	for r.i < len(r.b) {
		c := r.b[r.i]
		r.i++
		switch {
		case c == '"':
			return view(s), nil
		case c < ' ':
			return "", r.fail(r.i-1, "control character %#02x in a string", c)
		case c != '\\':
			s = append(s, c)
			continue
		}
		at := r.i - 1
		if r.i == len(r.b) {
			break
		}
		c = r.b[r.i]
		r.i++
		switch c {
		case '"', '\\', '/':
			s = append(s, c)
		case 'b':
			s = append(s, '\b')
		case 'f':
			s = append(s, '\f')
		case 'n':
			s = append(s, '\n')
		case 'r':
			s = append(s, '\r')
		case 't':
			s = append(s, '\t')
		case 'u':
			u, ok := r.hex()
			if !ok {
				return "", r.fail(at, `\u without four hex digits`)
			}
			s = utf8.AppendRune(s, r.surrogate(u))
		default:
			return "", r.fail(at, `unknown escape \%c`, c)
		}
	}
	return "", r.fail(start-1, "string without end")
}

// hex reads four hex digits.
func (r *jsonReader) hex() (rune, bool) {
	if len(r.b)-r.i < 4 {
		return 0, false
	}
	var u rune
	for _, c := range r.b[r.i : r.i+4] {
		switch {
		case c >= '0' && c <= '9':
			u = u<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			u = u<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	r.i += 4
	return u, true
}

// surrogate completes u by the second half of a pair when both stand there; a
// half alone is U+FFFD.
func (r *jsonReader) surrogate(u rune) rune {
	if !utf16.IsSurrogate(u) {
		return u
	}
	before := r.i
	if len(r.b)-r.i >= 6 && r.b[r.i] == '\\' && r.b[r.i+1] == 'u' {
		r.i += 2
		if low, ok := r.hex(); ok {
			if pair := utf16.DecodeRune(u, low); pair != utf8.RuneError {
				return pair
			}
		}
	}
	r.i = before
	return utf8.RuneError
}

// base64 reads a string and decodes it.
func (r *jsonReader) base64(key string) (string, error) {
	at := r.i
	s, err := r.text(key)
	if err != nil {
		return "", err
	}
	decoded, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return "", r.fail(at, "%s is not padded base64: %v", key, err)
	}
	return view(decoded), nil
}

// integer reads a whole number of the given size in bits.
func (r *jsonReader) integer(key string, bits int) (int64, error) {
	at := r.i
	digits, whole := r.number()
	if !whole {
		r.i = at
		return 0, r.notNumber(digits, key, "an integer")
	}
	n, err := strconv.ParseInt(view(digits), 10, bits)
	if err != nil {
		return 0, r.fail(at, "%s is %s; it must fit %d bits", key, digits, bits)
	}
	return n, nil
}

// double reads a number or null.
func (r *jsonReader) double(key string) (float64, error) {
	if r.word("null") {
		return math.NaN(), nil
	}
	at := r.i
	digits, _ := r.number()
	if len(digits) == 0 {
		return 0, r.notNumber(digits, key, "a number")
	}
	v, err := strconv.ParseFloat(view(digits), 64)
	if err != nil {
		return 0, r.fail(at, "%s in %s is too large", digits, key)
	}
	return v, nil
}

// notNumber says what is wrong with the value at the cursor; text is what number
// found there.
func (r *jsonReader) notNumber(text []byte, key, want string) error {
	if found := r.found(); len(text) > 0 || found != "a number" {
		return r.fail(r.i, "%s in %s; it must be %s", found, key, want)
	}
	return r.fail(r.i, "malformed number in %s", key)
}

// number takes a number by JSON's grammar; it is empty when there is none. whole
// is true when there is one without fraction and exponent.
func (r *jsonReader) number() (text []byte, whole bool) {
	start := r.i
	r.take('-')
	if !r.take('0') && r.digits() == 0 {
		r.i = start
		return nil, false
	}
	end := r.i
	if r.take('.') {
		if r.digits() == 0 {
			r.i = start
			return nil, false
		}
	}
	if r.take('e') || r.take('E') {
		if !r.take('+') {
			r.take('-')
		}
		if r.digits() == 0 {
			r.i = start
			return nil, false
		}
	}
	return r.b[start:r.i], r.i == end
}

func (r *jsonReader) digits() int {
	start := r.i
	for r.i < len(r.b) && r.b[r.i] >= '0' && r.b[r.i] <= '9' {
		r.i++
	}
	return r.i - start
}

// word takes a literal name when it stands at the cursor.
func (r *jsonReader) word(w string) bool {
	if len(r.b)-r.i < len(w) || view(r.b[r.i:r.i+len(w)]) != w {
		return false
	}
	r.i += len(w)
	return true
}

func (r *jsonReader) take(c byte) bool {
	if r.i < len(r.b) && r.b[r.i] == c {
		r.i++
		return true
	}
	return false
}

func (r *jsonReader) space() {
	for r.i < len(r.b) {
		switch r.b[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return
		}
	}
}

// found names what stands at the cursor, for errors.
func (r *jsonReader) found() string {
	if r.i >= len(r.b) {
		return "end of text"
	}
	switch c := r.b[r.i]; {
	case c == '"':
		return "a string"
	case c == '{':
		return "an object"
	case c == '[':
		return "an array"
	case c == '-' || (c >= '0' && c <= '9'):
		return "a number"
	case c == 't', c == 'f', c == 'n':
		for _, w := range []string{"true", "false", "null"} {
			if r.word(w) {
				r.i -= len(w)
				return w
			}
		}
		return strconv.QuoteRune(rune(c))
	case c < utf8.RuneSelf:
		return strconv.QuoteRune(rune(c))
	}
	u, _ := utf8.DecodeRune(r.b[r.i:])
	return strconv.QuoteRune(u)
}
