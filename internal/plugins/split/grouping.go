package split

import (
	"errors"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/plugin"
)

// grouping makes one record of neighbouring lines that belong together.
type grouping struct {
	delimiter *delimiter
	// lines has the rules by state; a record begins in state 0.
	lines [][]rule
	// delimited: a first line is tested together with its delimiter.
	delimited bool
	maxLines  int
	// limit is the largest record in bytes; an open group is closed before it
	// grows beyond.
	limit int
}

// rule says which lines continue a record and what may follow them.
type rule struct {
	test *lineTest // nil matches every line
	next int       // the state after such a line
}

func newGrouping(c *groupingConfig, env *plugin.Env) (plugin.Splitter, error) {
	delimiter, err := newDelimiter(c.Delimiter)
	if err != nil {
		err = plugin.BadOption("delimiter", "%w", err)
	}
	s := &grouping{delimiter: delimiter, maxLines: c.MaxLines, limit: framing.MaxRecord(env.MaxMessageSize)}
	if c.Preset != "" {
		if c.Grouping != "" {
			err = errors.Join(err, plugin.BadOption("preset", "preset and grouping exclude each other"))
		}
		s.lines = preset(c.Preset)
		if s.lines == nil {
			err = errors.Join(err, plugin.BadOption("preset", "there is no preset %q", c.Preset))
		}
		return s, err
	}
	var all rule
	if c.Grouping != "" {
		test, bad := newLineTest(c.Grouping)
		if bad != nil {
			err = errors.Join(err, plugin.BadOption("grouping", "%w", bad))
		}
		all.test = test
	}
	s.lines, s.delimited = [][]rule{{all}}, true
	return s, err
}

// Split implements plugin.Splitter. A group stays open until a line that does
// not belong to it, max_lines, the largest record, or final.
//
// hot: once per record.
func (s *grouping) Split(data []byte, final bool) (int, []byte) {
	end, state := 0, 0
	for n := 0; n != s.maxLines; n++ {
		m, ok := s.delimiter.find(data[end:])
		if !ok || m.start == m.end {
			if final || len(data) >= s.limit {
				break
			}
			return 0, nil
		}
		if n > 0 && end+m.end > s.limit {
			break
		}
		line := data[end : end+m.start]
		if n == 0 && s.delimited {
			line = data[:m.end]
		}
		if state, ok = s.follow(state, line); !ok {
			if n == 0 {
				end = m.end
			}
			break
		}
		end += m.end
	}
	if end == 0 {
		return 0, nil
	}
	return end, data[:end:end]
}

// follow returns the state after line, if line belongs to a record in the given
// state.
func (s *grouping) follow(state int, line []byte) (int, bool) {
	for _, r := range s.lines[state] {
		if r.test == nil || r.test.match(line) {
			return r.next, true
		}
	}
	return 0, false
}
