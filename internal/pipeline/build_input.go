package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

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

func withToken(user, name, token string) string {
	if token == "" {
		return user + "-" + name
	}
	return user + "-" + name + "-" + token
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
