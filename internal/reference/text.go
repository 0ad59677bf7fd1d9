package reference

import (
	"go/doc/comment"
	"strings"

	"github.com/fatih/color"
)

// The narrowest text that is still readable, in columns.
const leastWidth = 40

// Text renders the page for a terminal of the given width in columns, in
// colours if package color has them on.
func (p *Page) Text(width int) string {
	t := textWriter{width: max(width, leastWidth)}
	t.WriteString(color.New(color.Bold).Sprint(p.Type))
	if p.Kind != "" {
		t.WriteString(" (" + p.Kind + ")")
	}
	t.WriteByte('\n')
	if p.Doc != "" {
		t.WriteByte('\n')
		t.prose(p.Doc, "  ")
	}
	t.options("Options", p.Options)
	t.options("Options of every "+p.Kind, p.Common)
	if p.Example != "" && codeOf(p.Doc) == "" {
		t.heading("Example")
		t.indented(p.Example, "  ")
	}
	return t.String()
}

// textWriter builds text.
type textWriter struct {
	strings.Builder
	width int
}

func (t *textWriter) heading(title string) {
	t.WriteString("\n" + color.New(color.Bold).Sprint(title) + "\n")
}

// options writes a list of options under a title, if there are any.
func (t *textWriter) options(title string, options []Option) {
	if len(options) == 0 {
		return
	}
	t.heading(title)
	t.list(options, section, "  ")
}

func (t *textWriter) list(options []Option, above, indent string) {
	for i := range options {
		o := &options[i]
		t.WriteString(indent + color.CyanString(o.Name) + "  ")
		t.WriteString(color.New(color.Faint).Sprint(strings.ReplaceAll(o.facts(above), "\n", " ")) + "\n")
		if o.Doc != "" {
			t.prose(o.Doc, indent+"    ")
		}
		if len(o.Aliases) > 0 {
			t.indented("Deprecated names: "+strings.Join(o.Aliases, ", ")+"\n", indent+"    ")
		}
		t.list(o.Options, o.path(above), indent+"    ")
	}
}

// prose writes wrapped prose.
func (t *textWriter) prose(text, indent string) {
	printer := comment.Printer{TextPrefix: indent, TextCodePrefix: indent + "    ", TextWidth: t.width - len(indent)}
	t.Write(printer.Text(parseDoc(text)))
}

// indented writes lines as they are.
func (t *textWriter) indented(text, indent string) {
	for line := range strings.Lines(text) {
		if line != "\n" {
			t.WriteString(indent)
		}
		t.WriteString(line)
	}
}
