package elasticsearch

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// reply is the answer to a bulk request.
//
//	{"took":3,"errors":true,"items":[
//	  {"index":{"_index":"a","_id":"1","status":201}},
//	  {"index":{"_index":"a","_id":"2","status":400,"error":{"type":"mapper_parsing_exception","reason":"…"}}}]}
type reply struct {
	errors bool
	items  []itemReply
}

// itemReply is what became of one entry. Its text is a view of the reply.
type itemReply struct {
	status int
	err    []byte // JSON: an object, or a string in old versions; nil without
}

// maxDepth bounds the nesting of a reply.
const maxDepth = 64

var errJSON = errors.New("not a JSON object")

// parseReply reads a reply. Items are read only if there were errors, or if the
// reply does not say so.
func parseReply(b []byte) (*reply, error) {
	s := scanner{b: b}
	r := &reply{}
	err := s.object(func(name []byte) error {
		switch string(name) {
		case "errors":
			v, err := s.value()
			r.errors = string(v) == "true"
			return err
		case "items":
			return s.array(func() error {
				i, err := s.item()
				r.items = append(r.items, i)
				return err
			})
		}
		_, err := s.value()
		return err
	})
	if err == nil {
		s.space()
		if s.at != len(s.b) {
			err = s.bad()
		}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// item reads {"index":{…}}.
func (s *scanner) item() (i itemReply, err error) {
	err = s.object(func([]byte) error {
		return s.object(func(name []byte) error {
			v, err := s.value()
			if err != nil {
				return err
			}
			switch string(name) {
			case "status":
				i.status = number(v)
			case "error":
				if string(v) != "null" {
					i.err = v
				}
			}
			return nil
		})
	})
	return i, err
}

// number reads a status; what is none is 0.
func number(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' || n > 1000 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// scanner walks through JSON text without building anything.
type scanner struct {
	b     []byte
	at    int
	depth int
}

func (s *scanner) bad() error { return fmt.Errorf("%w at byte %d", errJSON, s.at) }

func (s *scanner) space() {
	for s.at < len(s.b) {
		switch s.b[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// next is the first byte behind white space, 0 at the end.
func (s *scanner) next() byte {
	s.space()
	if s.at == len(s.b) {
		return 0
	}
	return s.b[s.at]
}

// take steps over c, or fails.
func (s *scanner) take(c byte) error {
	if s.next() != c {
		return s.bad()
	}
	s.at++
	return nil
}

// members calls f for each member between open and end.
func (s *scanner) members(open, end byte, f func() error) error {
	if err := s.take(open); err != nil {
		return err
	}
	if s.depth++; s.depth > maxDepth {
		return s.bad()
	}
	defer func() { s.depth-- }()
	if s.next() == end {
		s.at++
		return nil
	}
	for {
		if err := f(); err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.at++
		case end:
			s.at++
			return nil
		default:
			return s.bad()
		}
	}
}

// object calls f for each name, which must read the value. The name is as written.
func (s *scanner) object(f func(name []byte) error) error {
	return s.members('{', '}', func() error {
		if s.next() != '"' {
			return s.bad()
		}
		name, err := s.value()
		if err != nil {
			return err
		}
		if err := s.take(':'); err != nil {
			return err
		}
		return f(name[1 : len(name)-1])
	})
}

func (s *scanner) array(f func() error) error { return s.members('[', ']', f) }

// value steps over any value and returns its text.
func (s *scanner) value() ([]byte, error) {
	c := s.next()
	begin := s.at
	var err error
	switch {
	case c == '{':
		err = s.object(func([]byte) error { _, err := s.value(); return err })
	case c == '[':
		err = s.array(func() error { _, err := s.value(); return err })
	case c == '"':
		err = s.text()
	case c == '-' || c >= '0' && c <= '9':
		err = s.number()
	case c == 't':
		err = s.word("true")
	case c == 'f':
		err = s.word("false")
	case c == 'n':
		err = s.word("null")
	default:
		err = s.bad()
	}
	return s.b[begin:s.at], err
}

func (s *scanner) word(w string) error {
	if len(s.b)-s.at < len(w) || string(s.b[s.at:s.at+len(w)]) != w {
		return s.bad()
	}
	s.at += len(w)
	return nil
}

// text steps over a string.
func (s *scanner) text() error {
	for s.at++; s.at < len(s.b); s.at++ {
		switch c := s.b[s.at]; {
		case c == '"':
			s.at++
			return nil
		case c < ' ':
			return s.bad()
		case c == '\\':
			if err := s.escape(); err != nil {
				return err
			}
		}
	}
	return s.bad()
}

// escape stands at a backslash and steps to the last byte of the escape.
func (s *scanner) escape() error {
	s.at++
	if s.at == len(s.b) {
		return s.bad()
	}
	switch s.b[s.at] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			s.at++
			if s.at == len(s.b) || !hex(s.b[s.at]) {
				return s.bad()
			}
		}
		return nil
	}
	return s.bad()
}

func hex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// number steps over a number.
func (s *scanner) number() error {
	if s.b[s.at] == '-' {
		s.at++
	}
	whole := s.at
	if s.digits() == 0 || s.b[whole] == '0' && s.at > whole+1 {
		return s.bad()
	}
	if s.at < len(s.b) && s.b[s.at] == '.' {
		s.at++
		if s.digits() == 0 {
			return s.bad()
		}
	}
	if s.at < len(s.b) && s.b[s.at]|0x20 == 'e' {
		s.at++
		if s.at < len(s.b) && (s.b[s.at] == '+' || s.b[s.at] == '-') {
			s.at++
		}
		if s.digits() == 0 {
			return s.bad()
		}
	}
	return nil
}

func (s *scanner) digits() int {
	begin := s.at
	for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		s.at++
	}
	return s.at - begin
}

// cause is an item's error for people: its type and reason, or its text.
func (i *itemReply) cause() string {
	const longest = 500
	text := i.err
	if len(text) > 0 && text[0] == '{' {
		var typ, reason []byte
		s := scanner{b: text}
		s.object(func(name []byte) error {
			v, err := s.value()
			switch string(name) {
			case "type":
				typ = v
			case "reason":
				reason = v
			}
			return err
		})
		if typ != nil && reason != nil {
			text = append(append(append([]byte{}, unquoted(typ)...), ": "...), unquoted(reason)...)
		}
	}
	text = unquoted(text)
	if len(text) > longest {
		for longestRune := longest; longestRune > longest-utf8.UTFMax; longestRune-- {
			if utf8.RuneStart(text[longestRune]) {
				return string(text[:longestRune]) + "…"
			}
		}
		text = text[:longest]
	}
	return string(text)
}

// unquoted takes the quotes off a JSON string, and leaves escapes as they are.
func unquoted(b []byte) []byte {
	if len(b) >= 2 && b[0] == '"' {
		return b[1 : len(b)-1]
	}
	return b
}
