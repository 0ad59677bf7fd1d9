package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// Options are what New needs besides the configuration.
type Options struct {
	// Plugins are the known plugin types.
	Plugins []plugin.Plugin
	// Global is the [hekad] section with environment and flags applied.
	Global config.Global
	// Log receives heka's own log; nil discards it.
	Log *slog.Logger
	// Once: stop when all inputs have reached their ends and all is delivered.
	Once bool
	// Admin is heka's admin API, for plugins that show heka to people; it may be
	// nil.
	Admin http.Handler
	// PoisonBuffers overwrites every buffer when it is given back, so that
	// tests see who kept a string too long.
	PoisonBuffers bool
}

// defaultSections exist without configuration, under the name of their type.
var defaultSections = [...]string{"ProtobufDecoder", "ProtobufEncoder", "TokenSplitter",
	"PatternGroupingSplitter", "HekaFramingSplitter", "NullSplitter"}

// queuePerChanSize turns plugin_chansize, once the capacity of a channel of
// single messages, into the bound of an inbox.
const queuePerChanSize = 64

// New checks a configuration as a whole and builds a Host from it. It has no
// side effects: no sockets, no files. All problems are found in one go; the Host
// is nil when one of them is an error.
func New(cfg *config.Config, o Options) (*Host, config.Problems) {
	b := newBuilder(cfg, o)
	b.host = &Host{opts: o, global: o.Global, log: b.log, hostname: b.hostname, pid: int32(os.Getpid()), once: o.Once,
		stop: make(chan struct{}), filterWork: newGauge(), arenas: arenas{poison: o.PoisonBuffers}}
	h := b.host
	h.intake.builder = b
	h.roster.changed = make(chan struct{}, 1)
	h.hard, h.kill = context.WithCancel(context.Background())
	b.sections()
	b.trial(plugin.KindDecoder)
	b.trial(plugin.KindEncoder)
	b.trial(plugin.KindSplitter)
	b.tried = true
	for _, s := range b.of(plugin.KindInput) {
		if in := b.input(s); in != nil {
			h.intake.all = append(h.intake.all, in)
		}
	}
	for _, s := range append(b.of(plugin.KindFilter), b.of(plugin.KindOutput)...) {
		if c := b.consumer(s); c != nil {
			h.roster.add(c)
		}
	}
	b.addressees()
	b.links()
	b.problems.Sort()
	if b.problems.HasErrors() {
		h.kill()
		return nil, b.problems
	}
	h.reroute()
	h.own = newInjector(h, nil)
	return h, b.problems
}

// builder turns sections into plugins.
type builder struct {
	host     *Host
	opts     Options
	log      *slog.Logger
	hostname string
	cfg      *config.Config
	types    map[string]*plugin.Plugin
	all      []*section
	problems config.Problems
	tried    bool   // all decoders, encoders and splitters were built once
	addedBy  string // plugin that adds what is built to the running pipeline, or empty
}

// section is one plugin section with its options filled in.
type section struct {
	*config.Section
	decl     *plugin.Plugin
	config   any
	input    plugin.InputOptions
	consumer plugin.ConsumerOptions
	splitter plugin.SplitterOptions
	broken   bool // has an error; references to it are fine

	fingerprint string     // of an instance, beyond its options
	subs        []*section // decoders that it builds
}

func newBuilder(cfg *config.Config, o Options) *builder {
	b := &builder{opts: o, cfg: cfg, log: o.Log, types: make(map[string]*plugin.Plugin)}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if b.hostname, err = o.Global.Host(); err != nil {
		b.problem(config.Problem{Text: "host name unknown: " + err.Error(), Hint: "set hostname in [hekad]"})
	}
	for i := range o.Plugins {
		b.types[o.Plugins[i].Type] = &o.Plugins[i]
	}
	return b
}

func (b *builder) problem(p config.Problem) { b.problems = append(b.problems, p) }

// fail notes an error about a section, or about one of its options.
func (b *builder) fail(s *section, option, format string, args ...any) {
	s.broken = true
	b.problem(config.Problem{Pos: s.Where(option), Section: s.Name, Option: option, Text: fmt.Sprintf(format, args...)})
}

// sections resolves types and decodes options.
func (b *builder) sections() {
	for _, sec := range b.cfg.Sections {
		b.section(sec)
	}
	if len(b.all) == 0 && !b.problems.HasErrors() {
		b.problem(config.Problem{Text: "Empty configuration, exiting."})
		return
	}
	for _, name := range defaultSections {
		if decl := b.types[name]; decl != nil && b.find(decl.Kind, name) == nil {
			s := b.prepare(decl)
			s.Section = config.NewSection(name)
			b.all = append(b.all, s)
		}
	}
}

// prepare returns a section of a type, with the type's defaults.
func (b *builder) prepare(decl *plugin.Plugin) *section {
	return &section{decl: decl, config: decl.NewConfig(), input: decl.Input, consumer: decl.Consumer, splitter: decl.Splitter}
}

func (b *builder) section(sec *config.Section) {
	typ := sec.Type()
	decl := b.types[typ]
	if decl == nil {
		names := make([]string, 0, len(b.types))
		for name := range b.types {
			names = append(names, name)
		}
		slices.Sort(names)
		b.problem(config.Problem{Pos: sec.Where("type"), Section: sec.Name, Option: "type",
			Text: "No registered plugin type: " + typ, Hint: config.DidYouMean(typ, names)})
		// References to it are fine: the type is the problem.
		if kind, ok := plugin.KindOf(typ); ok {
			b.all = append(b.all, &section{Section: sec, decl: &plugin.Plugin{Type: typ, Kind: kind}, broken: true})
		}
		return
	}
	s := b.prepare(decl)
	s.Section = sec
	targets := []any{s.config}
	switch decl.Kind {
	case plugin.KindInput:
		targets = append(targets, &s.input)
	case plugin.KindFilter, plugin.KindOutput:
		if sec.Sets("buffering") {
			s.consumer.Buffering = plugin.DefaultBuffering() // not the type's own, as ever
		}
		targets = append(targets, &s.consumer)
	case plugin.KindSplitter:
		targets = append(targets, &s.splitter)
	}
	found := config.Decode(sec, targets...)
	s.broken = found.HasErrors()
	b.problems = append(b.problems, found...)
	b.all = append(b.all, s)
}

// of returns the sections of a kind, in file order.
func (b *builder) of(k plugin.Kind) []*section {
	var list []*section
	for _, s := range b.all {
		if s.decl.Kind == k {
			list = append(list, s)
		}
	}
	return list
}

// find returns the section of a kind by its name; blanks around a name that a
// header has are not needed in references.
func (b *builder) find(k plugin.Kind, name string) *section {
	var trimmed *section
	for _, s := range b.all {
		if s.decl.Kind != k {
			continue
		}
		if s.Name == name {
			return s
		}
		if strings.TrimSpace(s.Name) == name {
			trimmed = s
		}
	}
	return trimmed
}

// trial builds an instance of every section of a kind and throws it away, so
// that bad options show at load, used or not.
func (b *builder) trial(k plugin.Kind) {
	for _, s := range b.of(k) {
		if s.broken {
			continue
		}
		if k == plugin.KindSplitter {
			b.checkSplitter(s)
		}
		inst, err := b.build(s, s.Name)
		if err != nil {
			b.buildFailed(s, err)
			continue
		}
		s.built(inst)
	}
}

// built takes note of an instance.
func (s *section) built(inst any) {
	if f, ok := inst.(plugin.Fingerprinter); ok {
		s.fingerprint = f.Fingerprint()
	}
}

func (b *builder) buildFailed(s *section, err error) {
	s.broken = true
	b.problems = append(b.problems, config.ProblemsOf(s.Section, err)...)
}

// env is what an instance of s called name gets to know.
func (b *builder) env(s *section, name string) *plugin.Env {
	g := &b.opts.Global
	kind := s.decl.Kind.String()
	if s.decl.Kind == plugin.KindFilter || s.decl.Kind == plugin.KindOutput {
		kind = "Plugin"
	}
	return &plugin.Env{
		Name: name, Log: loggerFor(b.log, kind, name), Hostname: b.hostname, Pid: b.host.pid,
		BaseDir: g.BaseDir, ShareDir: g.ShareDir, MaxMessageSize: int(g.MaxMessageSize),
		MaxMessageLoops: max(g.MaxMessageLoops, 1), MaxProcessInject: g.MaxProcessInject,
		MaxTimerInject: g.MaxTimerInject, SampleDenominator: g.SampleDenominator,
		PluginChanSize: g.PluginChanSize, MaxProcessDuration: time.Duration(g.MaxProcessDuration),
		Admin: b.opts.Admin,
	}
}

// build makes an instance of a splitter, decoder or encoder section.
func (b *builder) build(s *section, name string) (any, error) {
	env := b.env(s, name)
	if s.decl.Kind == plugin.KindDecoder {
		env.Decoder = b.subDecoder(s, name)
	}
	return s.decl.Build(s.config, env)
}

// reference resolves an option that names another section; nil when it is empty
// or wrong.
func (b *builder) reference(s *section, option string, k plugin.Kind, name string) *section {
	if name == "" {
		return nil
	}
	if t := b.find(k, name); t != nil {
		return t
	}
	var names []string
	for _, t := range b.of(k) {
		names = append(names, t.Name)
	}
	s.broken = true
	b.problem(config.Problem{Pos: s.Where(option), Section: s.Name, Option: option,
		Text: fmt.Sprintf("no %s section is called %q", option, name), Hint: config.DidYouMean(name, names)})
	return nil
}
