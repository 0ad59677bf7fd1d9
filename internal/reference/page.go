package reference

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// Page describes one plugin type, or another section of a configuration.
type Page struct {
	// Type is the name used in configurations, such as "TcpInput".
	Type string `json:"plugin"`
	// Kind is "input", "splitter", "decoder", "filter", "encoder", "output", or
	// "" for a section that is no plugin.
	Kind string `json:"kind,omitempty"`
	// Summary is the first sentence of Doc on one line, without its full stop.
	Summary string `json:"summary,omitempty"`
	// Doc is the prose about the type in the syntax of Go doc comments.
	Doc string `json:"doc,omitempty"`
	// Options are the type's own, in the order of declaration.
	Options []Option `json:"options"`
	// Common are the options that all types of the kind have and that make
	// sense for this one, with its defaults.
	Common []Option `json:"common_options,omitempty"`
	// Example is a section as TOML.
	Example string `json:"example,omitempty"`
}

// Option describes one option.
type Option struct {
	Name string `json:"name"`
	// Type is as in config.FieldInfo.
	Type string `json:"type"`
	// Default is TOML, or words where it depends on other options; "" when
	// there is none.
	Default  string   `json:"default,omitempty"`
	Unit     string   `json:"unit,omitempty"`
	Required bool     `json:"required,omitempty"`
	OneOf    []string `json:"one_of,omitempty"`
	Min      string   `json:"min,omitempty"`
	Max      string   `json:"max,omitempty"`
	// Ref is the kind of section that the option names.
	Ref string `json:"section,omitempty"`
	// Aliases are deprecated spellings.
	Aliases []string `json:"deprecated_names,omitempty"`
	Secret  bool     `json:"secret,omitempty"`
	// Doc is the prose in the syntax of Go doc comments.
	Doc string `json:"doc,omitempty"`
	// Options are those of a sub-section, or of each of several.
	Options []Option `json:"options,omitempty"`
}

// Kinds are the kinds of plugins in the order in which messages meet them.
var Kinds = []string{"input", "splitter", "decoder", "filter", "encoder", "output"}

// Pages describes plugin types, sorted by kind and name.
func Pages(plugins []plugin.Plugin) []Page {
	lib := newLibrary()
	pages := make([]Page, len(plugins))
	for i := range plugins {
		pages[i] = lib.page(&plugins[i])
	}
	slices.SortFunc(pages, func(a, b Page) int {
		return cmp.Or(slices.Index(Kinds, a.Kind)-slices.Index(Kinds, b.Kind), cmp.Compare(a.Type, b.Type))
	})
	return pages
}

// Common describes the options that all plugins of a kind have, with the
// defaults that hold unless a type has others.
func Common(k plugin.Kind) []Option {
	var p plugin.Plugin
	switch k {
	case plugin.KindInput:
		p = plugin.NewInput[struct{}]("Input", struct{}{}, nil)
	case plugin.KindSplitter:
		p = plugin.NewSplitter[struct{}]("Splitter", struct{}{}, nil)
	case plugin.KindFilter:
		p = plugin.NewFilter[struct{}]("Filter", struct{}{}, nil)
	case plugin.KindOutput:
		p = plugin.NewOutput[struct{}]("Output", struct{}{}, nil)
	}
	return newLibrary().options(commonFields(&p), plugin.CommonSource)
}

// Section describes a section that is no plugin: target is a struct, or a
// pointer to one, that holds the defaults, and source the Go source that
// declares it.
func Section(name string, target any, source string) Page {
	lib := newLibrary()
	p := Page{Type: name, Options: lib.options(config.Fields(target), source)}
	p.describe(name, lib.of(reflect.Indirect(reflect.ValueOf(target)).Type(), source).doc)
	return p
}

func (l *library) page(p *plugin.Plugin) Page {
	target := p.NewConfig()
	fields := config.Fields(target)
	page := Page{Type: p.Type, Kind: strings.ToLower(p.Kind.String()), Options: l.options(fields, p.Source)}
	own := reflect.TypeOf(target).Elem()
	page.describe(p.Type, l.of(own, p.Source).doc)
	page.Doc = strings.TrimSpace(page.Doc + "\n\n" + l.embedded(own, fields, p.Source))
	for _, o := range l.options(commonFields(p), plugin.CommonSource) {
		if !slices.ContainsFunc(page.Options, func(have Option) bool { return have.Name == o.Name }) {
			page.Common = append(page.Common, o)
		}
	}
	page.Example = example(p, &page)
	return page
}

// describe fills in the prose from the doc comment of the config struct.
func (p *Page) describe(name, comment string) {
	p.Doc = withoutIntroduction(name, comment)
	p.Summary = firstSentence(p.Doc)
}

// embedded returns what the doc comments of structs embedded in t say behind
// their first paragraphs, which introduce the Go type.
func (l *library) embedded(t reflect.Type, fields []config.FieldInfo, source string) string {
	var parts []string
	seen := map[reflect.Type]bool{t: true}
	for _, f := range fields {
		if !seen[f.Struct] {
			seen[f.Struct] = true
			_, rest, _ := strings.Cut(l.of(f.Struct, source).doc, "\n\n")
			parts = append(parts, rest)
		}
	}
	return strings.TrimSpace(strings.Join(parts, "\n\n"))
}

func (l *library) options(fields []config.FieldInfo, source string) []Option {
	var all []Option
	for _, f := range fields {
		all = append(all, Option{
			Name: f.Name, Type: f.Type, Default: f.Default, Unit: f.Unit, Required: f.Required,
			OneOf: f.OneOf, Min: f.Min, Max: f.Max, Ref: f.Ref, Aliases: f.Aliases, Secret: f.Secret,
			Doc:     strings.TrimSpace(l.of(f.Struct, source).fields[f.GoName]),
			Options: l.options(f.Fields, source),
		})
	}
	return all
}

// commonFields describes the common options that mean something to a plugin.
func commonFields(p *plugin.Plugin) []config.FieldInfo {
	var fields []config.FieldInfo
	switch p.Kind {
	case plugin.KindInput:
		fields = config.Fields(p.Input)
	case plugin.KindSplitter:
		fields = config.Fields(p.Splitter)
	case plugin.KindFilter, plugin.KindOutput:
		fields = config.Fields(p.Consumer)
	}
	var kept []config.FieldInfo
	for _, f := range fields {
		switch f.Name {
		case "encoder":
			f.Required = p.NeedsEncoder && f.Default == `""`
		case "message_matcher":
			f.Required = f.Default == `""`
		case "use_framing":
			f.Default = "false"
			if p.FrameProtobuf {
				f.Default = "true with a ProtobufEncoder, else false"
			}
		}
		if Applies(p, f.Name) {
			kept = append(kept, f)
		}
	}
	return kept
}

// Applies reports whether a common option of its kind means something to a
// plugin: filters have no encoder, and some outputs no timer.
func Applies(p *plugin.Plugin, common string) bool {
	switch common {
	case "encoder", "use_framing":
		return p.Kind == plugin.KindOutput
	case "ticker_interval":
		return !p.NoTicker
	}
	return true
}
