package reference

import (
	"strings"
	"unicode"
)

// example returns the section that the page's prose shows, or one made of the
// options that must be set.
func example(p *Page) string {
	if code := codeOf(p.Doc); code != "" {
		return code
	}
	var b strings.Builder
	b.WriteString("[" + snake(p.Type) + "]\ntype = \"" + p.Type + "\"\n")
	for _, list := range [][]Option{p.Common, p.Options} {
		for i := range list {
			if o := &list[i]; o.Required {
				b.WriteString(o.Name + " = " + sample(o) + "\n")
			}
		}
	}
	return b.String()
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
