package structured

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hekad/heka/plugin"
)

// logfmtDecoder implements plugin.Decoder.
type logfmtDecoder struct {
	names *names
}

func newLogfmt(c *logfmtConfig, _ *plugin.Env) (plugin.Decoder, error) {
	n, err := newNames(&c.naming)
	return &logfmtDecoder{n}, err
}

var (
	errNoPair   = errors.New("the payload has no name=value")
	errNoName   = errors.New("a name is missing in front of =")
	errNoQuote  = errors.New("a closing quotation mark is missing")
	errNoBlank  = errors.New("a blank is missing behind a quotation mark")
	errBareMark = errors.New("a name has a quotation mark in it")
)

// Decode implements plugin.Decoder.
//
// hot: once per line.
func (d *logfmtDecoder) Decode(p *plugin.Pack) error {
	m := &p.Message
	line := d.names.before(m)
	pairs := 0
	for rest := blanks(line); rest != ""; rest = blanks(rest) {
		var name, value string
		var err error
		n := nameEnd(rest)
		name, rest = rest[:n], rest[n:]
		switch {
		case rest != "" && rest[0] == '"':
			return errBareMark
		case rest == "" || rest[0] != '=':
			if t := d.names.targets[name]; t.header != 0 || t.typed {
				err = d.names.text(m, name, "true")
			} else {
				m.AddBool(name, true)
			}
			if err != nil {
				return err
			}
			continue
		case name == "":
			return errNoName
		}
		if value, rest, err = logfmtValue(p.Text(), rest[1:]); err != nil {
			return err
		}
		if err := d.names.text(m, name, value); err != nil {
			return err
		}
		pairs++
	}
	if pairs == 0 {
		return errNoPair
	}
	d.names.after(m, line)
	return nil
}

func blanks(s string) string {
	i := 0
	for i < len(s) && s[i] <= ' ' {
		i++
	}
	return s[i:]
}

// nameEnd is the length of the name at the beginning of s.
func nameEnd(s string) int {
	i := 0
	for i < len(s) && s[i] > ' ' && s[i] != '=' && s[i] != '"' {
		i++
	}
	return i
}

// logfmtValue reads the value at the beginning of s.
func logfmtValue(room *plugin.Text, s string) (value, rest string, err error) {
	if s == "" || s[0] != '"' {
		n := strings.IndexFunc(s, func(c rune) bool { return c <= ' ' })
		if n < 0 {
			n = len(s)
		}
		return s[:n], s[n:], nil
	}
	end, escaped := 1, false
	for ; end < len(s) && s[end] != '"'; end++ {
		if s[end] == '\\' {
			escaped = true
			end++
		}
	}
	if end >= len(s) {
		return "", "", errNoQuote
	}
	value, rest = s[1:end], s[end+1:]
	if rest != "" && rest[0] > ' ' {
		return "", "", errNoBlank
	}
	if escaped {
		value = room.Keep(unescape(room.Free(), value))
	}
	return value, rest, nil
}

// unescape appends s with its escapes replaced. One that is none stays as it is.
func unescape(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		r, _, rest, err := strconv.UnquoteChar(s[i:], '"')
		if err != nil {
			dst, s = append(dst, '\\'), s[i+1:]
			continue
		}
		if s = rest; r < utf8.RuneSelf {
			dst = append(dst, byte(r))
		} else {
			dst = utf8.AppendRune(dst, r)
		}
	}
}
