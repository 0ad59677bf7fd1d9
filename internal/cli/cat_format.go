package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/message"
)

// rendering appends a message in a format. r is nil for one that was not read.
type rendering func(dst []byte, m *message.Message, r *records) ([]byte, error)

// chooseFormat finds the rendering of the format. An unknown one is txt, as it
// was in Heka 0.10.
func (j *catJob) chooseFormat() error {
	if j.fields != "" && j.format != "table" && j.format != "json" {
		return misused("--fields is for the formats table and json, not %s", j.format)
	}
	if !slices.Contains(catFormats, j.format) {
		j.diag.say("there is no format %q, using txt%s", j.format, suggestion(j.format, catFormats))
	}
	switch j.format {
	case "count":
		j.tail = false // there is nothing to see
	case "table":
		columns, err := parseColumns(cmp.Or(j.fields, tableColumns), j.zone)
		if err != nil {
			return err
		}
		j.table, j.columns = &table{columns: columns}, columns
		j.render = func(dst []byte, m *message.Message, _ *records) ([]byte, error) { return j.table.add(dst, m), nil }
	case "json":
		if j.fields != "" {
			columns, err := parseColumns(j.fields, j.zone)
			j.columns = columns
			j.render = func(dst []byte, m *message.Message, _ *records) ([]byte, error) {
				return appendColumns(dst, m, columns)
			}
			return err
		}
		j.render = func(dst []byte, m *message.Message, _ *records) ([]byte, error) {
			return append(message.AppendJSON(dst, m), '\n'), nil
		}
	case "rst":
		j.render = func(dst []byte, m *message.Message, _ *records) ([]byte, error) {
			return message.AppendRST(dst, m), nil
		}
	case "payload":
		j.render = func(dst []byte, m *message.Message, _ *records) ([]byte, error) {
			dst = append(dst, m.Payload()...)
			if !strings.HasSuffix(m.Payload(), "\n") {
				dst = append(dst, '\n')
			}
			return dst, nil
		}
	case "heka":
		j.render = j.reframe()
	default:
		j.render = func(dst []byte, m *message.Message, _ *records) ([]byte, error) {
			return message.AppendText(dst, m, j.zone), nil
		}
	}
	return nil
}

// forTerminal makes the format fit for people at a terminal of so many columns:
// colours, and nothing of a message that would do something to the terminal.
func (j *catJob) forTerminal(width int) {
	plain := j.render
	paint := func(s string) string { return s }
	switch j.format {
	case "count", "heka":
		return
	case "table":
		j.table.width = width
		return
	case "json":
		paint = paintJSON
	case "payload", "rst":
	default:
		paint = paintText
	}
	var b []byte
	j.render = func(dst []byte, m *message.Message, r *records) ([]byte, error) {
		var err error
		b, err = plain(b[:0], m, r)
		return append(dst, paint(escaped(string(b), true))...), err
	}
}

// reframe writes the record as it was, or a frame around what was no record.
func (j *catJob) reframe() rendering {
	var body []byte
	return func(dst []byte, m *message.Message, r *records) ([]byte, error) {
		if r != nil && r.kind == framedRecords && m == r.message {
			return append(dst, r.record...), nil
		}
		body = m.AppendWire(body[:0])
		return framing.Append(dst, body, int(j.maxMessage))
	}
}
