package split

import (
	"bytes"

	"github.com/hekad/heka/plugin"
)

// regex cuts at the matches of an expression.
type regex struct {
	delimiter *delimiter
	// eol: the captured part of a match ends a record instead of beginning one.
	eol bool
	// head is the delimiter that the next record begins with, which is not
	// searched again. It is kept as text, so that it means nothing once the
	// stream goes on elsewhere.
	head []byte
}

func newRegex(c *regexConfig, _ *plugin.Env) (plugin.Splitter, error) {
	d, err := newDelimiter(c.Delimiter)
	if err != nil {
		return nil, plugin.BadOption("delimiter", "%w", err)
	}
	if d.re.NumSubexp() > 1 {
		return nil, plugin.BadOption("delimiter", "regex must not contain more than one capture group: %s", c.Delimiter)
	}
	return &regex{delimiter: d, eol: c.DelimiterEOL}, nil
}

// Split implements plugin.Splitter. A group that took no part in the match is
// treated as if there was none; a pattern that matches the empty string never
// ends a record.
//
// hot: once per record.
func (s *regex) Split(data []byte, _ bool) (int, []byte) {
	from := 0
	if bytes.HasPrefix(data, s.head) {
		from = len(s.head)
	}
	for {
		m, ok := s.delimiter.find(data[from:])
		if !ok || m.start == m.end {
			return 0, nil
		}
		start, end := from+m.start, from+m.end
		if m.groupStart < 0 {
			return end, data[:start]
		}
		groupStart, groupEnd := from+m.groupStart, from+m.groupEnd
		if s.eol {
			return end, data[:groupEnd]
		}
		if groupStart == groupEnd {
			groupEnd = end // nothing captured: the rest of the match is the head
		}
		if groupStart > 0 {
			s.head = append(s.head[:0], data[groupStart:groupEnd]...)
			return groupStart, data[:start]
		}
		from = groupEnd // the stream begins with a delimiter
	}
}
