package reference

import (
	"go/doc/comment"
	"strings"
	"unicode/utf8"

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
		t.facts(o.factList(above), len(indent)+utf8.RuneCountInString(o.Name)+2, indent+"    ")
		if o.Doc != "" {
			t.prose(o.Doc, indent+"    ")
		}
		if len(o.Aliases) > 0 {
			t.indented("Deprecated names: "+strings.Join(o.Aliases, ", ")+"\n", indent+"    ")
		}
		t.list(o.Options, o.path(above), indent+"    ")
	}
}

// facts writes facts from a column on, and on further lines as needed.
func (t *textWriter) facts(facts []string, column int, indent string) {
	faint := color.New(color.Faint)
	for i, f := range facts {
		if i < len(facts)-1 {
			f += ";"
		}
		n := utf8.RuneCountInString(f)
		switch {
		case i == 0:
		case column+1+n > t.width:
			t.WriteString("\n" + indent)
			column = len(indent)
		default:
			t.WriteByte(' ')
			column++
		}
		t.WriteString(faint.Sprint(f))
		column += n
	}
	t.WriteByte('\n')
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
