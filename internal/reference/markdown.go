package reference

import (
	"go/doc/comment"
	"strings"
)

// Markdown renders the page in CommonMark with one heading of level 2.
func (p *Page) Markdown() string {
	var m markdownWriter
	m.WriteString("## " + p.Type + "\n\n")
	if p.Doc != "" {
		m.prose(p.Doc, "")
	}
	m.options("### Options", p.Options)
	m.options("### Options of every "+p.Kind, p.Common)
	if p.Example != "" && codeOf(p.Doc) == "" {
		m.WriteString("### Example\n\n```toml\n" + p.Example + "```\n\n")
	}
	return strings.TrimRight(m.String(), "\n") + "\n"
}

type markdownWriter struct{ strings.Builder }

// options writes a list of options under a heading, if there are any.
func (m *markdownWriter) options(heading string, options []Option) {
	if len(options) > 0 {
		m.WriteString(heading + "\n\n")
		m.list(options, section, "")
	}
}

func (m *markdownWriter) list(options []Option, above, indent string) {
	for i := range options {
		o := &options[i]
		m.WriteString(indent + "- `" + o.Name + "`: " + markdownFacts(o, above) + "\n")
		m.WriteByte('\n')
		if o.Doc != "" {
			m.prose(o.Doc, indent+"  ")
		}
		if len(o.Aliases) > 0 {
			m.WriteString(indent + "  Deprecated names: `" + strings.Join(o.Aliases, "`, `") + "`.\n\n")
		}
		m.list(o.Options, o.path(above), indent+"  ")
	}
}

// markdownFacts is facts with its values as code.
func markdownFacts(o *Option, above string) string {
	if o.Default == "" {
		return o.facts(above)
	}
	return strings.Replace(o.facts(above), "default "+o.Default, "default `"+o.Default+"`", 1)
}

// prose writes paragraphs, indented as part of a list.
func (m *markdownWriter) prose(text, indent string) {
	printer := comment.Printer{HeadingLevel: 4, HeadingID: func(*comment.Heading) string { return "" }}
	for line := range strings.Lines(string(printer.Markdown(parseDoc(text)))) {
		if line != "\n" {
			m.WriteString(indent)
		}
		m.WriteString(line)
	}
	m.WriteByte('\n')
}
