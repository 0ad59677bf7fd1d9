package reference

import (
	"slices"
	"strings"
	"unicode"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// example returns the section that the page's prose shows, or one made of the
// options that must be set.
func example(p *plugin.Plugin, page *Page) string {
	if code := codeOf(page.Doc); code != "" {
		return code
	}
	var set []*Option
	for _, list := range [][]Option{page.Common, page.Options} {
		for i := range list {
			if list[i].Required {
				set = append(set, &list[i])
			}
		}
	}
	return sectionOf(page.Type, append(set, demanded(p, page, sectionOf(page.Type, set))...))
}

// sectionOf writes a section of a type that sets some options.
func sectionOf(typ string, set []*Option) string {
	var b strings.Builder
	b.WriteString("[" + snake(typ) + "]\ntype = \"" + typ + "\"\n")
	for _, o := range set {
		b.WriteString(o.Name + " = " + sample(o) + "\n")
	}
	return b.String()
}

// demanded returns the options that the type's own checks want to be set too.
func demanded(p *plugin.Plugin, page *Page, section string) []*Option {
	cfg, _ := config.LoadBytes(p.Type, []byte(section), config.Options{})
	if len(cfg.Sections) != 1 {
		return nil
	}
	var more []*Option
	input, consumer, splitter := p.Input, p.Consumer, p.Splitter
	found := config.Decode(cfg.Sections[0], p.NewConfig(), &input, &consumer, &splitter)
	for _, problem := range found.Errors() {
		for i := range page.Options {
			if o := &page.Options[i]; o.Name == problem.Option && !cfg.Sections[0].Sets(o.Name) && !slices.Contains(more, o) {
				more = append(more, o)
			}
		}
	}
	return more
}

// sample returns a value for a required option, as TOML.
func sample(o *Option) string {
	switch {
	case len(o.OneOf) > 0:
		return `"` + o.OneOf[0] + `"`
	case o.Default != "" && o.Default != `""`:
		return o.Default
	case o.Min != "" && o.Type != "string":
		return o.Min
	case o.Type == "list of strings":
		return `["` + sampleText(o.Name) + `"]`
	case o.Type == "bool":
		return "true"
	case o.Type == "duration":
		return `"10s"`
	case o.Type == "string":
		return `"` + sampleText(o.Name) + `"`
	}
	return "1"
}

// sampleText returns a text that fits the name of an option.
func sampleText(name string) string {
	switch name {
	case "message_matcher":
		return "Type == 'nginx.access'"
	case "encoder":
		return "ProtobufEncoder"
	case "decoder":
		return "ProtobufDecoder"
	}
	for _, s := range [...]struct{ part, text string }{
		{"address", "127.0.0.1:5565"},
		{"addr", "127.0.0.1:5565"},
		{"url", "http://127.0.0.1:8080/"},
		{"server", "http://127.0.0.1:8080/"},
		{"file_match", "access\\\\.log"},
		{"match", "^(?P<Payload>.*)$"},
		{"regex", "^(?P<Payload>.*)$"},
		{"log_format", "combined"},
		{"path", "/var/log/app.log"},
		{"file", "/var/log/app.log"},
	} {
		if strings.Contains(name, s.part) {
			return s.text
		}
	}
	return name
}

// snake writes a type's name with underscores: ESJsonEncoder, es_json_encoder.
func snake(name string) string {
	rs := []rune(name)
	var b strings.Builder
	for i, r := range rs {
		if i > 0 && unicode.IsUpper(r) &&
			(!unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
