package syslog

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hekad/heka/plugin"
)

var (
	errShort = errors.New("the message ends within its header")
	errData  = errors.New("the structured data are not well-formed")
)

const byteOrderMark = "\xef\xbb\xbf"

// decodeModern reads what follows the version: TIMESTAMP HOSTNAME APP-NAME PROCID
// MSGID STRUCTURED-DATA [MSG]. A part without a value is a hyphen.
//
// hot: once per message.
func (d *decoder) decodeModern(p *plugin.Pack, rest string) error {
	m := &p.Message
	var parts [5]string
	for i := range parts {
		var ok bool
		if parts[i], rest, ok = strings.Cut(rest, " "); !ok {
			return errShort
		}
	}
	if t := parts[0]; t != "-" && !d.setTime(m, d.modern, t) {
		return fmt.Errorf("don't recognize the time %.100q", t)
	}
	if host := parts[1]; host != "-" {
		m.SetHostname(host)
	}
	if program := parts[2]; program != "-" {
		m.AddString("programname", program)
	}
	if id := parts[3]; id != "-" && !setPid(m, id) {
		m.AddString("procid", id)
	}
	if id := parts[4]; id != "-" {
		m.AddString("msgid", id)
	}
	if strings.HasPrefix(rest, "-") {
		rest = rest[1:]
	} else {
		n, err := structuredData(p, rest)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	if rest != "" && rest[0] != ' ' {
		return errData
	}
	m.SetPayload(strings.TrimPrefix(strings.TrimPrefix(rest, " "), byteOrderMark))
	return nil
}

// structuredData reads [id name="value" …][…] and returns its length.
func structuredData(p *plugin.Pack, s string) (n int, err error) {
	whole := len(s)
	if !strings.HasPrefix(s, "[") {
		return 0, errData
	}
	for strings.HasPrefix(s, "[") {
		end := nameEnd(s[1:])
		id := s[1 : 1+end]
		if s = s[1+end:]; id == "" {
			return 0, errData
		}
		for strings.HasPrefix(s, " ") {
			s = strings.TrimLeft(s, " ")
			if strings.HasPrefix(s, "]") {
				break
			}
			end := nameEnd(s)
			if end == 0 || !strings.HasPrefix(s[end:], `="`) {
				return 0, errData
			}
			name, value := s[:end], s[end+2:]
			end, escaped := valueEnd(value)
			if end < 0 {
				return 0, errData
			}
			value, s = value[:end], value[end+1:]
			addParameter(p, id, name, value, escaped)
		}
		if !strings.HasPrefix(s, "]") {
			return 0, errData
		}
		s = s[1:]
	}
	return whole - len(s), nil
}

// nameEnd is the length of the name at the beginning of s.
func nameEnd(s string) int {
	i := 0
	for i < len(s) && s[i] > ' ' && s[i] != '=' && s[i] != ']' && s[i] != '"' {
		i++
	}
	return i
}

// valueEnd is where the quotation mark is that ends a value, or -1.
func valueEnd(s string) (end int, escaped bool) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			return i, escaped
		}
	}
	return -1, escaped
}

// addParameter adds the field id.name.
func addParameter(p *plugin.Pack, id, name, value string, escaped bool) {
	room := p.Text()
	b := append(append(append(room.Free(), id...), '.'), name...)
	name = room.Keep(b)
	if escaped {
		b := room.Free()
		for i := 0; i < len(value); i++ {
			if c := value[i]; c == '\\' && i+1 < len(value) && (value[i+1] == '"' || value[i+1] == '\\' || value[i+1] == ']') {
				i++
			}
			b = append(b, value[i])
		}
		value = room.Keep(b)
	}
	p.Message.AddString(name, value)
}
