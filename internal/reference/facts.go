package reference

import (
	"encoding/json"
	"strings"
)

// section stands for the name of the user's section in headers.
const section = "NAME"

// facts says in one line what an option takes; above is the name of the section
// or sub-section that it stands in.
func (o *Option) facts(above string) string { return strings.Join(o.factList(above), "; ") }

func (o *Option) factList(above string) []string {
	parts := []string{o.kindOfValue(above)}
	add := func(s string) { parts = append(parts, s) }
	if o.Required {
		add("required")
	}
	if o.Default != "" && o.Default != `""` && o.Default != "[]" {
		add("default " + o.Default)
	}
	if len(o.OneOf) > 0 {
		add("one of " + strings.Join(o.OneOf, ", "))
	}
	switch {
	case o.Min != "" && o.Max != "":
		add(o.Min + " to " + o.Max)
	case o.Min != "" && o.Min != "0" && o.Min != "0s":
		add("at least " + o.Min)
	case o.Max != "":
		add("at most " + o.Max)
	}
	if o.Ref != "" {
		add("names a section of kind " + o.Ref)
	}
	return parts
}

// kindOfValue is the option's type with its unit, and for sub-sections the
// header that opens them, below that of above.
func (o *Option) kindOfValue(above string) string {
	switch {
	case o.Unit != "":
		return o.Type + " (" + o.Unit + ")"
	case strings.HasPrefix(o.Type, "list of sub-sections"):
		return o.Type + " [[" + o.path(above) + "]]"
	case strings.HasSuffix(o.Type, "sub-section") || strings.HasSuffix(o.Type, "sub-sections"),
		strings.HasPrefix(o.Type, "table"):
		return o.Type + " [" + o.path(above) + "]"
	}
	return o.Type
}

// path is the name of the option's sub-section below that of above, with KEY
// for the names that users choose.
func (o *Option) path(above string) string {
	if o.Type == "table of sub-sections" {
		return above + "." + o.Name + ".KEY"
	}
	return above + "." + o.Name
}

// listed is one line of Listing.
type listed struct {
	Plugin  string `json:"plugin"`
	Option  string `json:"option"`
	Type    string `json:"type"`
	Default string `json:"default,omitempty"`
}

// Listing lists every option of a page, own and common ones and those of
// sub-sections, as JSON objects, one on each line:
//
//	{"plugin":"TcpInput","option":"tls.cert_file","type":"string"}
//
// The options of each member of a table of sub-sections stand below *:
// signer.*.hmac_key.
func (p *Page) Listing() string {
	var b strings.Builder
	for _, list := range [][]Option{p.Options, p.Common} {
		p.list(&b, "", list)
	}
	return b.String()
}

func (p *Page) list(b *strings.Builder, above string, options []Option) {
	for i := range options {
		o := &options[i]
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		if err := e.Encode(listed{p.Type, above + o.Name, o.Type, o.Default}); err != nil {
			panic("reference: strings refused as JSON: " + err.Error())
		}
		below := above + o.Name + "."
		if o.Type == "table of sub-sections" {
			below += "*."
		}
		p.list(b, below, o.Options)
	}
}
