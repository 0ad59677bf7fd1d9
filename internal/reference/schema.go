package reference

import (
	"strconv"
	"strings"

	"github.com/hekad/heka/internal/config"
)

// Schema is a JSON schema, draft 7, of a configuration as a TOML document, for
// editors: pages describe the plugins. What the old dialect of TOML allows beyond
// TOML 1.0 is not in it.
func Schema(pages []Page) map[string]any {
	definitions := map[string]any{}
	properties := map[string]any{"hekad": sectionSchema(Section("hekad", config.DefaultGlobal(), config.GlobalSource), "")}
	var types []any
	var choices []any
	for i := range pages {
		p := &pages[i]
		definitions[p.Type] = sectionSchema(*p, p.Type)
		reference := map[string]any{"$ref": "#/definitions/" + p.Type}
		types = append(types, p.Type)
		choices = append(choices, map[string]any{
			"if":   map[string]any{"properties": map[string]any{"type": map[string]any{"const": p.Type}}, "required": []any{"type"}},
			"then": reference,
		})
		// A section may be called by its type and then need not name it.
		properties[p.Type] = map[string]any{
			"type": "object",
			"if":   map[string]any{"required": []any{"type"}},
			"then": map[string]any{"allOf": []any{map[string]any{"$ref": "#/definitions/section"}}},
			"else": reference,
		}
	}
	definitions["section"] = map[string]any{
		"type":       "object",
		"required":   []any{"type"},
		"properties": map[string]any{"type": map[string]any{"description": "Type of the plugin.", "enum": types}},
		"allOf":      choices,
	}
	return map[string]any{
		"$schema":              "http://json-schema.org/draft-07/schema#",
		"title":                "configuration of heka",
		"type":                 "object",
		"properties":           properties,
		"additionalProperties": map[string]any{"$ref": "#/definitions/section"},
		"definitions":          definitions,
	}
}

// sectionSchema describes one section; typ is "" for one that is no plugin.
func sectionSchema(p Page, typ string) map[string]any {
	s := objectSchema(append(append([]Option{}, p.Options...), p.Common...))
	first, _, _ := strings.Cut(p.Doc, "\n\n")
	s["description"] = plainDoc(first)
	if typ != "" {
		s["properties"].(map[string]any)["type"] = map[string]any{"const": typ}
	}
	return s
}

func objectSchema(options []Option) map[string]any {
	properties := map[string]any{}
	var required []any
	for i := range options {
		o := &options[i]
		properties[o.Name] = optionSchema(o)
		for _, alias := range o.Aliases {
			properties[alias] = map[string]any{"description": "Deprecated; write " + o.Name + ".", "deprecated": true}
		}
		if o.Required && len(o.Aliases) == 0 {
			required = append(required, o.Name)
		}
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

// optionSchema describes the values of an option.
func optionSchema(o *Option) map[string]any {
	s := valueSchema(o, o.Type)
	if d := plainDoc(o.Doc); d != "" {
		s["description"] = d
	}
	if d := defaultValue(o); d != nil {
		s["default"] = d
	}
	return s
}

func valueSchema(o *Option, typ string) map[string]any {
	if of, ok := strings.CutPrefix(typ, "list of "); ok {
		item := valueSchema(o, one(of))
		// Some options take one value for a list of one.
		return map[string]any{"anyOf": []any{map[string]any{"type": "array", "items": item}, item}}
	}
	if of, ok := strings.CutPrefix(typ, "table of "); ok {
		return map[string]any{"type": "object", "additionalProperties": valueSchema(o, one(of))}
	}
	s := map[string]any{}
	switch {
	case typ == "bool":
		s["type"] = "boolean"
	case typ == "string":
		s["type"] = "string"
		if len(o.OneOf) > 0 {
			var words []any
			for _, w := range o.OneOf {
				words = append(words, w)
			}
			s["enum"] = words
		}
	case typ == "duration":
		s["type"], s["pattern"] = "string", `^[-+]?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+$`
	case typ == "float":
		s["type"] = "number"
		bounds(s, o)
	case strings.HasPrefix(typ, "int") || strings.HasPrefix(typ, "uint"):
		s["type"] = "integer"
		if strings.HasPrefix(typ, "uint") {
			s["minimum"] = 0
		}
		bounds(s, o)
	case len(o.Options) > 0:
		return objectSchema(o.Options)
	}
	return s
}

// one is the name of one of many: "string" for "strings", "list of ints" for "lists
// of ints".
func one(many string) string {
	for _, kind := range []string{"list", "table"} {
		if of, ok := strings.CutPrefix(many, kind+"s of "); ok {
			return kind + " of " + of
		}
	}
	return strings.TrimSuffix(many, "s")
}

// bounds adds the least and the greatest number.
func bounds(s map[string]any, o *Option) {
	if n, err := strconv.ParseFloat(o.Min, 64); err == nil {
		s["minimum"] = n
	}
	if n, err := strconv.ParseFloat(o.Max, 64); err == nil {
		s["maximum"] = n
	}
}

// defaultValue is the default where it is plain, else nil.
func defaultValue(o *Option) any {
	switch {
	case o.Default == "" || len(o.Options) > 0:
		return nil
	case o.Type == "bool":
		return o.Default == "true"
	case strings.HasPrefix(o.Default, `"`):
		if s, err := strconv.Unquote(o.Default); err == nil && s != "" {
			return s
		}
		return nil
	}
	if n, err := strconv.ParseFloat(o.Default, 64); err == nil {
		return n
	}
	return nil
}

// plainDoc is prose on few lines: paragraphs without line ends.
func plainDoc(doc string) string {
	var parts []string
	for part := range strings.SplitSeq(doc, "\n\n") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "\n\n")
}
