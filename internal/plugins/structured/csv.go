package structured

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hekad/heka/plugin"
)

// csvDecoder implements plugin.Decoder.
type csvDecoder struct {
	config *csvConfig
	names  *names
	row    []string // at hand
}

func newCSV(c *csvConfig, _ *plugin.Env) (plugin.Decoder, error) {
	n, err := newNames(&c.naming)
	return &csvDecoder{config: c, names: n}, err
}

var (
	errNoRow      = errors.New("the payload has no row")
	errQuote      = errors.New("a value that began with a quotation mark goes on behind its end")
	errSecondLine = errors.New("the payload has more than one row")
)

// Decode implements plugin.Decoder.
//
// hot: once per row.
func (d *csvDecoder) Decode(p *plugin.Pack) error {
	m := &p.Message
	line := d.names.before(m)
	var err error
	if d.row, err = appendRow(d.row[:0], p.Text(), line, d.config.Delimiter, len(d.config.Columns)); err != nil {
		return err
	}
	switch n := len(d.config.Columns); {
	case d.config.SkipHeader && slices.Equal(d.row, d.config.Columns):
		return plugin.ErrSkip
	case len(d.row) > n:
		return fmt.Errorf("the row has more than %d values", n)
	case len(d.row) < n && !d.config.AllowMissing:
		return fmt.Errorf("the row has %d values; there are %d columns", len(d.row), n)
	}
	for i, value := range d.row {
		name := d.config.Columns[i]
		if name == "" {
			continue
		}
		if err := d.names.text(m, name, value); err != nil {
			return err
		}
	}
	d.names.after(m, line)
	return nil
}

// appendRow appends the values of a row, and at most one beyond most.
func appendRow(row []string, room *plugin.Text, rest, delimiter string, most int) ([]string, error) {
	rest = strings.TrimSuffix(strings.TrimSuffix(rest, "\n"), "\r")
	if rest == "" {
		return row, errNoRow
	}
	for len(row) <= most {
		var value string
		if strings.HasPrefix(rest, `"`) {
			var ok bool
			if value, rest, ok = quotedValue(room, rest[1:]); !ok {
				return row, errNoQuote
			}
			if rest != "" && !strings.HasPrefix(rest, delimiter) {
				return row, errQuote
			}
		} else {
			end := strings.Index(rest, delimiter)
			if end < 0 {
				end = len(rest)
			}
			value, rest = rest[:end], rest[end:]
			if strings.Contains(value, "\n") {
				return row, errSecondLine
			}
		}
		row = append(row, value)
		if rest == "" {
			return row, nil
		}
		rest = rest[len(delimiter):]
	}
	return row, nil
}

// quotedValue reads a value behind its first quotation mark.
func quotedValue(room *plugin.Text, s string) (value, rest string, ok bool) {
	end := strings.IndexByte(s, '"')
	if end < 0 {
		return "", "", false
	}
	if !strings.HasPrefix(s[end+1:], `"`) {
		return s[:end], s[end+1:], true
	}
	b := room.Free()
	for strings.HasPrefix(s[end+1:], `"`) {
		b = append(b, s[:end+1]...)
		s = s[end+2:]
		if end = strings.IndexByte(s, '"'); end < 0 {
			return "", "", false
		}
	}
	return room.Keep(append(b, s[:end]...)), s[end+1:], true
}
