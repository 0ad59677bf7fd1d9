package plugin

import (
	"fmt"
	"strings"
)

// Kind is one of the six kinds of plugin.
type Kind uint8

// The kinds, in the order in which sections are built.
const (
	KindDecoder Kind = iota
	KindEncoder
	KindSplitter
	KindInput
	KindFilter
	KindOutput
)

var kindNames = [...]string{"Decoder", "Encoder", "Splitter", "Input", "Filter", "Output"}

// String is the kind as the ending of type names: "Input", "Decoder", ….
func (k Kind) String() string { return kindNames[k] }

// KindOf tells the kind from the ending of a type name.
func KindOf(typ string) (Kind, bool) {
	for k, name := range kindNames {
		if strings.HasSuffix(typ, name) {
			return Kind(k), true
		}
	}
	return 0, false
}

// Plugin is the declaration of one plugin type.
type Plugin struct {
	// Type is the name used in configurations, such as "TcpInput".
	Type string
	Kind Kind
	// Source is the Go source of the config struct, from which the reference
	// takes the doc comments.
	Source string
	// Input, Consumer and Splitter are the defaults of the kind's common
	// options.
	Input    InputOptions
	Consumer ConsumerOptions
	Splitter SplitterOptions
	// FrameProtobuf: use_framing is on when the encoder is a ProtobufEncoder
	// and the section does not say otherwise.
	FrameProtobuf bool
	// NeedsEncoder: the section must name an encoder.
	NeedsEncoder bool
	// NoTicker: a ticker_interval other than 0 is a configuration error.
	NoTicker bool
	// OneRead: every read of a stream is one record (NullSplitter).
	OneRead bool

	newConfig func() any
	build     func(config any, env *Env) (any, error)
}

// Setting adjusts a declaration.
type Setting func(*Plugin)

// Docs hands over the source text of the file that declares the config struct
// (by go:embed), whose doc comments become the reference.
func Docs(source string) Setting { return func(p *Plugin) { p.Source = source } }

// InputDefaults changes defaults of the common options of an input.
func InputDefaults(f func(*InputOptions)) Setting { return func(p *Plugin) { f(&p.Input) } }

// ConsumerDefaults changes defaults of the common options of a filter or
// output.
func ConsumerDefaults(f func(*ConsumerOptions)) Setting { return func(p *Plugin) { f(&p.Consumer) } }

// SplitterDefaults changes defaults of the common options of a splitter.
func SplitterDefaults(f func(*SplitterOptions)) Setting { return func(p *Plugin) { f(&p.Splitter) } }

// FrameProtobuf turns framing on by default for ProtobufEncoder.
func FrameProtobuf(p *Plugin) { p.FrameProtobuf = true }

// NeedsEncoder makes the encoder option required.
func NeedsEncoder(p *Plugin) { p.NeedsEncoder = true }

// NoTicker refuses a ticker_interval.
func NoTicker(p *Plugin) { p.NoTicker = true }

// OneRead makes every read one record.
func OneRead(p *Plugin) { p.OneRead = true }

// NewConfig returns a pointer to a config struct holding the defaults.
func (p *Plugin) NewConfig() any { return p.newConfig() }

// Build makes an instance from a filled-in config of NewConfig's type. The
// result implements the kind's interface.
func (p *Plugin) Build(config any, env *Env) (any, error) { return p.build(config, env) }

// BuiltBy returns the declaration with another build, for stand-ins that take the
// options of a type and do something else.
func (p Plugin) BuiltBy(build func(config any, env *Env) (any, error)) Plugin {
	p.build = build
	return p
}

// NewInput declares an input. defaults holds the defaults of its options; it
// must not contain pointers or maps that instances would share.
func NewInput[C any](typ string, defaults C, build func(*C, *Env) (Input, error), s ...Setting) Plugin {
	return declare(typ, KindInput, defaults, build, s)
}

// NewSplitter declares a splitter.
func NewSplitter[C any](typ string, defaults C, build func(*C, *Env) (Splitter, error), s ...Setting) Plugin {
	return declare(typ, KindSplitter, defaults, build, s)
}

// NewDecoder declares a decoder.
func NewDecoder[C any](typ string, defaults C, build func(*C, *Env) (Decoder, error), s ...Setting) Plugin {
	return declare(typ, KindDecoder, defaults, build, s)
}

// NewFilter declares a filter.
func NewFilter[C any](typ string, defaults C, build func(*C, *Env) (Filter, error), s ...Setting) Plugin {
	return declare(typ, KindFilter, defaults, build, s)
}

// NewEncoder declares an encoder.
func NewEncoder[C any](typ string, defaults C, build func(*C, *Env) (Encoder, error), s ...Setting) Plugin {
	return declare(typ, KindEncoder, defaults, build, s)
}

// NewOutput declares an output.
func NewOutput[C any](typ string, defaults C, build func(*C, *Env) (Output, error), s ...Setting) Plugin {
	return declare(typ, KindOutput, defaults, build, s)
}

func declare[C, T any](typ string, kind Kind, defaults C, build func(*C, *Env) (T, error), settings []Setting) Plugin {
	if k, ok := KindOf(typ); !ok || k != kind {
		panic(fmt.Sprintf("plugin type %q must end in %q", typ, kind.String()))
	}
	p := Plugin{
		Type: typ, Kind: kind,
		Input: defaultInput(), Consumer: defaultConsumer(), Splitter: defaultSplitter(),
		newConfig: func() any { c := defaults; return &c },
		build: func(config any, env *Env) (any, error) {
			return build(config.(*C), env)
		},
	}
	for _, set := range settings {
		set(&p)
	}
	return p
}
