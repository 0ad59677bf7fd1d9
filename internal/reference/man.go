package reference

import (
	"strings"

	"github.com/hekad/heka/internal/reference/roff"
)

// ManOptions writes options as a list of a manual page. above is the name of
// the section that they stand in, such as NAME or hekad.
func ManOptions(page *roff.Page, above string, options []Option) {
	for i := range options {
		o := &options[i]
		page.Item(roff.Bold(o.Name) + "  " + roff.Text(o.facts(above)))
		if o.Doc != "" {
			page.Doc(parseDoc(o.Doc))
		}
		if len(o.Aliases) > 0 {
			page.Break()
			page.Line(roff.Text("Deprecated names: " + strings.Join(o.Aliases, ", ") + "."))
		}
		if len(o.Options) > 0 {
			page.Indent()
			ManOptions(page, o.path(above), o.Options)
			page.Outdent()
		}
	}
}

// Man writes the page as a part of a manual page. Of the common options only
// those stand there whose defaults are not the usual ones of its kind.
func (p *Page) Man(page *roff.Page, usual []Option) {
	page.Subsection(p.Type)
	if p.Doc != "" {
		page.Doc(parseDoc(p.Doc))
	}
	ManOptions(page, section, p.Options)
	if differing := differences(p.Common, usual); len(differing) > 0 {
		page.Paragraph(roff.Text("Other defaults of common options: " + strings.Join(differing, "; ") + "."))
	}
	if p.Example != "" && codeOf(p.Doc) == "" {
		page.Paragraph("Example:")
		page.Indent()
		page.Code(p.Example)
		page.Outdent()
	}
}

// differences lists the options that have another default than the usual one.
func differences(options, usual []Option) []string {
	var all []string
	for i := range options {
		for j := range usual {
			if o, u := &options[i], &usual[j]; o.Name == u.Name {
				if o.Default != u.Default {
					all = append(all, o.Name+" = "+o.Default)
				}
				for _, d := range differences(o.Options, u.Options) {
					all = append(all, o.Name+"."+d)
				}
			}
		}
	}
	return all
}
