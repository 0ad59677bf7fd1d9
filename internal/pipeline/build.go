package pipeline

import (
	"cmp"
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

// subDecoder lets a decoder section called name build others. The chain of
// sections is followed to find those that lead back to themselves.
func (b *builder) subDecoder(s *section, name string, above ...string) func(string) (plugin.Decoder, error) {
	above = append(slices.Clone(above), s.Name)
	return func(sub string) (plugin.Decoder, error) {
		t := b.find(plugin.KindDecoder, sub)
		if t == nil {
			return nil, fmt.Errorf("Non-existent subdecoder: %s", sub)
		}
		if slices.Contains(above, sub) {
			return nil, fmt.Errorf("circular dependency detected: %s", cycle(above, sub))
		}
		if t.broken {
			return nil, fmt.Errorf("Non-existent subdecoder: %s (its own section has problems)", sub)
		}
		if !b.tried {
			s.subs = append(s.subs, t)
		}
		full := name + "-" + sub
		env := b.env(t, full)
		env.Log = loggerFor(b.log, "SubDecoder", full)
		env.Decoder = b.subDecoder(t, name, above...)
		d, err := t.decl.Build(t.config, env)
		if err != nil {
			return nil, err
		}
		return d.(plugin.Decoder), nil
	}
}

func cycle(above []string, sub string) string {
	text := ""
	for _, name := range above[slices.Index(above, sub):] {
		text += name + " → "
	}
	return text + sub
}

// checkSplitter checks the common options of a splitter.
func (b *builder) checkSplitter(s *section) {
	limit := b.maxRecord()
	if int(s.splitter.MinBufferSize) <= limit {
		return
	}
	if !s.Sets("min_buffer_size") {
		s.splitter.MinBufferSize = uint(limit)
		return
	}
	b.fail(s, "min_buffer_size", "'min_buffer_size' (%d) can't be larger than MAX_RECORD_SIZE (%d)",
		s.splitter.MinBufferSize, limit)
}

// maxRecord is MAX_RECORD_SIZE: the largest message with its framing.
func (b *builder) maxRecord() int { return int(b.opts.Global.MaxMessageSize) + 255 + 3 }

// input builds an input; nil if there are problems.
func (b *builder) input(s *section) *input {
	if s.broken {
		b.splitterOf(s)
		b.reference(s, "decoder", plugin.KindDecoder, s.input.Decoder)
		return nil
	}
	in := &input{host: b.host, name: s.Name, typ: s.decl.Type, opts: s.input, log: loggerFor(b.log, "Input", s.Name),
		ended: make(chan struct{}), gone: make(chan struct{}), unacked: newGauge(), parts: []*section{s}, addedBy: b.addedBy,
		streams: make(map[*stream]string), ticks: make(chan time.Time)}
	in.setState("starting")
	sp := b.splitterOf(s)
	if sp != nil {
		in.parts = append(in.parts, sp)
		in.newSplitter = func(token string) (splitting, error) { return b.newSplitter(sp, withToken(s.Name, sp.Name, token)) }
	}
	if d := b.reference(s, "decoder", plugin.KindDecoder, s.input.Decoder); d != nil {
		in.parts = d.withSubs(in.parts)
		in.newDecoder = func(token string, worker int) (*decoding, error) {
			name := withToken(s.Name, d.Name, token)
			if worker > 0 {
				name = fmt.Sprintf("%s-%d", name, worker)
			}
			return b.newDecoder(d, name)
		}
	}
	in.build = func() (any, error) {
		c := s.decl.NewConfig()
		if found := config.Decode(s.Section, c, &plugin.InputOptions{}); found.HasErrors() {
			return nil, found.Err()
		}
		env := b.env(s, s.Name)
		env.Inputs, env.AddedBy = inputDoor{in.host, s.Name}, in.addedBy
		return s.decl.Build(c, env)
	}
	inst, err := in.build()
	if err != nil {
		b.buildFailed(s, err)
		return nil
	}
	s.built(inst)
	in.instance.Store(&inst)
	return in
}

// withSubs appends s and the decoders below it to a list where they are not there.
func (s *section) withSubs(list []*section) []*section {
	if slices.Contains(list, s) {
		return list
	}
	list = append(list, s)
	for _, sub := range s.subs {
		list = sub.withSubs(list)
	}
	return list
}

// oneInput builds the input of a section that is not in the configuration, with the
// splitters and decoders of b.
func (b *builder) oneInput(sec *config.Section, by string) (*input, error) {
	o := &builder{host: b.host, opts: b.opts, log: b.host.log, hostname: b.hostname, cfg: b.cfg, types: b.types,
		all: slices.Clone(b.all), tried: true, addedBy: by}
	o.section(sec)
	if !o.problems.HasErrors() && o.all[len(o.all)-1].decl.Kind != plugin.KindInput {
		return nil, fmt.Errorf("type %s is no input", sec.Type())
	}
	var in *input
	if last := o.all[len(o.all)-1]; last.Section == sec && last.decl.Kind == plugin.KindInput {
		in = o.input(last)
	}
	return in, o.problems.Err()
}

// links lets instances find the inputs that they work with.
func (b *builder) links() {
	for _, s := range slices.Concat(b.of(plugin.KindInput), b.of(plugin.KindFilter), b.of(plugin.KindOutput)) {
		if inst := b.host.instanceOf(s.Name); inst != nil && !s.broken {
			if err := b.host.link(inst); err != nil {
				b.buildFailed(s, err)
			}
		}
	}
}

// splitterOf resolves the splitter of an input.
func (b *builder) splitterOf(s *section) *section {
	return b.reference(s, "splitter", plugin.KindSplitter, cmp.Or(s.input.Splitter, "NullSplitter"))
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

func withToken(user, name, token string) string {
	if token == "" {
		return user + "-" + name
	}
	return user + "-" + name + "-" + token
}

func (b *builder) newSplitter(s *section, name string) (splitting, error) {
	inst, err := b.build(s, name)
	if err != nil {
		return splitting{}, err
	}
	sp := splitting{Splitter: inst.(plugin.Splitter), name: name, useBytes: s.splitter.UseMessageBytes,
		keepTruncated: s.splitter.KeepTruncated, deliverFinal: s.splitter.DeliverIncompleteFinal,
		oneRead: s.decl.OneRead, minBuffer: int(s.splitter.MinBufferSize), maxRecord: b.maxRecord()}
	if err := prepareHelper(b.host.hard, inst); err != nil {
		return splitting{}, err
	}
	sp.unframe, _ = inst.(plugin.Unframer)
	if sp.unframe != nil {
		sp.deliverFinal = false // half an envelope is no record
	}
	return sp, nil
}

func (b *builder) newDecoder(s *section, name string) (*decoding, error) {
	inst, err := b.build(s, name)
	if err != nil {
		return nil, err
	}
	if err := prepareHelper(b.host.hard, inst); err != nil {
		return nil, err
	}
	d := &decoding{Decoder: inst.(plugin.Decoder), name: name, log: loggerFor(b.log, "Decoder", name)}
	d.expander, _ = inst.(plugin.Expander)
	return d, nil
}
