package cli

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/hekad/heka/message"
)

const (
	// tableRows is how many rows are measured together; later ones keep the
	// widths unless they need more.
	tableRows = 64
	// columnGap is between columns.
	columnGap = "  "
)

// table writes messages as rows below a header.
type table struct {
	columns []column
	width   int // of the terminal; 0 cuts nothing
	rows    [][]string
	widths  []int
}

// add keeps a row, and appends all that are kept when they are many.
func (t *table) add(dst []byte, m *message.Message) []byte {
	row := make([]string, len(t.columns))
	for i := range t.columns {
		row[i] = t.columns[i].text(m)
	}
	t.rows = append(t.rows, row)
	if len(t.rows) < tableRows {
		return dst
	}
	return t.flush(dst)
}

// flush appends the rows that are kept, below the header the first time.
func (t *table) flush(dst []byte) []byte {
	if len(t.rows) == 0 {
		return dst
	}
	first := t.widths == nil
	if first {
		for _, c := range t.columns {
			t.widths = append(t.widths, utf8.RuneCountInString(c.name))
		}
	}
	for _, row := range t.rows {
		for i, cell := range row {
			t.widths[i] = max(t.widths[i], utf8.RuneCountInString(cell))
		}
	}
	if first {
		var names []string
		for _, c := range t.columns {
			names = append(names, c.name)
		}
		dst = append(dst, color.New(color.Bold).Sprint(t.line(names))...)
		dst = append(dst, '\n')
	}
	severity := slices.IndexFunc(t.columns, func(c column) bool { return c.name == "Severity" && c.field == "" })
	for _, row := range t.rows {
		line := t.line(row)
		if severity >= 0 {
			line = bySeverity(row[severity], line)
		}
		dst = append(append(dst, line...), '\n')
	}
	t.rows = t.rows[:0]
	return dst
}

// line lays out one row.
func (t *table) line(cells []string) string {
	var b strings.Builder
	for i, cell := range cells {
		b.WriteString(cell)
		if i < len(cells)-1 {
			b.WriteString(strings.Repeat(" ", t.widths[i]-utf8.RuneCountInString(cell)))
			b.WriteString(columnGap)
		}
	}
	return cut(strings.TrimRight(b.String(), " "), t.width)
}

// cut shortens a line to a width; 0 is any.
func cut(line string, width int) string {
	if width == 0 || utf8.RuneCountInString(line) <= width {
		return line
	}
	return string([]rune(line)[:width-1]) + "…"
}

// bySeverity paints what tells of something bad.
func bySeverity(severity, text string) string {
	switch severity {
	case "0", "1", "2", "3":
		return color.RedString("%s", text)
	case "4":
		return color.YellowString("%s", text)
	}
	return text
}
