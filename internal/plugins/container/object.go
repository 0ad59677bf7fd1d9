package container

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/hekad/heka/plugin"
)

// maxDepth is how deep the values that are passed over may be nested.
const maxDepth = 100

// An object goes over the members of a JSON object. It takes everything that is
// JSON, and leaves some of what is none unnoticed: it is there to read what a
// program has written, fast, and without allocating.
//
//	o := object{rest: text, text: room}
//	for o.next() {
//		// look at o.key and call one of string, object or skip
//	}
//	// o.complete() says whether this was all of an object
type object struct {
	rest string
	text *plugin.Text // room for strings with escapes
	key  string

	begun, ended, bad bool
}

// blanks drops blanks in front.
func (o *object) blanks() {
	i := 0
	for i < len(o.rest) && (o.rest[i] == ' ' || o.rest[i] == '\t' || o.rest[i] == '\n' || o.rest[i] == '\r') {
		i++
	}
	o.rest = o.rest[i:]
}

// take drops blanks, and then c if it comes next.
func (o *object) take(c byte) bool {
	o.blanks()
	if o.rest == "" || o.rest[0] != c {
		return false
	}
	o.rest = o.rest[1:]
	return true
}

// next goes to the next member and reads its key.
func (o *object) next() bool {
	if o.bad || o.ended {
		return false
	}
	first := !o.begun
	if first {
		if o.begun = o.take('{'); !o.begun {
			o.bad = true
			return false
		}
	}
	if o.take('}') {
		o.ended = true
		return false
	}
	if !first && !o.take(',') {
		o.bad = true
		return false
	}
	o.blanks()
	var ok bool
	if o.key, ok = o.quoted(); !ok || !o.take(':') {
		o.bad = true
		return false
	}
	o.blanks()
	return true
}

// complete reports whether all of an object and nothing else was there.
func (o *object) complete() bool {
	o.blanks()
	return o.ended && !o.bad && o.rest == ""
}

// string reads the member's value; ok is false, and the value passed over, if it
// is not a string.
func (o *object) string() (value string, ok bool) {
	if o.rest == "" || o.rest[0] != '"' {
		o.skip()
		return "", false
	}
	value, ok = o.quoted()
	o.bad = o.bad || !ok
	return value, ok
}

// object begins with the member's value; ok is false, and the value passed over,
// if it is not an object. after goes on behind it.
func (o *object) object() (inner object, ok bool) {
	if o.rest == "" || o.rest[0] != '{' {
		o.skip()
		return object{}, false
	}
	return object{rest: o.rest, text: o.text}, true
}

// after goes on behind an inner object.
func (o *object) after(inner *object, ok bool) {
	if ok {
		o.rest, o.bad = inner.rest, o.bad || !inner.ended || inner.bad
	}
}

// skip passes over the member's value.
func (o *object) skip() {
	depth := 0
	for {
		o.blanks()
		if o.rest == "" {
			o.bad = true
			return
		}
		switch c := o.rest[0]; c {
		case '"':
			end := stringEnd(o.rest)
			if end < 0 {
				o.bad = true
				return
			}
			o.rest = o.rest[end+1:]
		case '{', '[':
			if depth++; depth > maxDepth {
				o.bad = true
				return
			}
			o.rest = o.rest[1:]
			continue
		case '}', ']':
			if depth == 0 {
				o.bad = true
				return
			}
			depth--
			o.rest = o.rest[1:]
		case ',', ':':
			if depth == 0 {
				o.bad = true
				return
			}
			o.rest = o.rest[1:]
			continue
		default:
			i := strings.IndexAny(o.rest, ",:]} \t\r\n")
			if i < 0 {
				o.bad = true
				return
			}
			o.rest = o.rest[i:]
		}
		if depth == 0 {
			return
		}
	}
}

// stringEnd returns the index of the quotation mark that ends the string at the
// beginning of s, or -1.
func stringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// quoted reads a string, which must come next.
func (o *object) quoted() (string, bool) {
	if o.rest == "" || o.rest[0] != '"' {
		return "", false
	}
	end := stringEnd(o.rest)
	if end < 0 {
		return "", false
	}
	raw := o.rest[1:end]
	o.rest = o.rest[end+1:]
	i := strings.IndexByte(raw, '\\')
	if i < 0 {
		return raw, true
	}
	b, ok := unescape(append(o.text.Free(), raw[:i]...), raw[i:])
	if !ok {
		return "", false
	}
	return o.text.Keep(b), true
}

// unescape appends raw with its escapes replaced.
func unescape(dst []byte, raw string) ([]byte, bool) {
	for raw != "" {
		i := strings.IndexByte(raw, '\\')
		if i < 0 {
			break
		}
		dst = append(dst, raw[:i]...)
		if raw = raw[i+1:]; raw == "" {
			return nil, false
		}
		c := raw[0]
		raw = raw[1:]
		switch c {
		case '"', '\\', '/':
			dst = append(dst, c)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, n := unicodeEscape(raw)
			if n == 0 {
				return nil, false
			}
			dst, raw = utf8.AppendRune(dst, r), raw[n:]
		default:
			return nil, false
		}
	}
	return append(dst, raw...), true
}

// unicodeEscape reads what follows \u, with a second escape if both are halves of
// one character. n is 0 if there are no four digits.
func unicodeEscape(s string) (r rune, n int) {
	r, ok := fourHex(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
		if low, ok := fourHex(s[6:]); ok {
			if whole := utf16.DecodeRune(r, low); whole != utf8.RuneError {
				return whole, 10
			}
		}
	}
	return utf8.RuneError, 4
}

func fourHex(s string) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for i := range 4 {
		c := s[i]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
