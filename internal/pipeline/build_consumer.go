package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/deadletter"
	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/internal/queue"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// consumer builds a filter or output; nil if there are problems.
func (b *builder) consumer(s *section) *consumer {
	c := &consumer{added: b.addedBy != "", coming: newGauge(), host: b.host, name: s.Name, typ: s.decl.Type, kind: s.decl.Kind, opts: s.consumer,
		log:   loggerFor(b.log, "Plugin", s.Name),
		inbox: newInbox(int(b.opts.Global.PluginChanSize) * queuePerChanSize),
		ended: make(chan struct{}), reopen: make(chan struct{}, 1)}
	c.letters = newLetters(c)
	c.setState("starting")
	c.matcher = b.matcher(s)
	encoder := b.encoder(s)
	c.parts = append(c.parts, s)
	if encoder != nil {
		c.parts = append(c.parts, encoder)
	}
	if s.decl.NoTicker && s.consumer.TickerInterval != 0 {
		b.fail(s, "ticker_interval", "'%s' can't support a ticker_interval setting", s.Name)
	}
	b.buffering(s, c)
	if s.broken {
		return nil
	}
	c.opts.CanExit = c.opts.CanExit || c.added
	c.build = func() (any, error) {
		conf := s.decl.NewConfig()
		if found := config.Decode(s.Section, conf, &plugin.ConsumerOptions{}); found.HasErrors() {
			return nil, found.Err()
		}
		env := b.env(s, s.Name)
		env.AddedBy, env.Pressure = b.addedBy, c.pressure
		if c.kind == plugin.KindFilter {
			env.Filters = filters{c.host, s.Name}
		}
		if encoder != nil {
			name := s.Name + "-" + encoder.Name
			inst, err := b.build(encoder, name)
			if err != nil {
				return nil, err
			}
			enc := inst.(plugin.Encoder)
			c.encoder.Store(&named{name, enc})
			env.Encode = encode(enc, b.framed(s, encoder), env.MaxMessageSize)
		}
		return s.decl.Build(conf, env)
	}
	inst, err := c.build()
	if err != nil {
		b.buildFailed(s, err)
		return nil
	}
	s.built(inst)
	c.instance.Store(&inst)
	if c.kind == plugin.KindFilter {
		c.injector = newInjector(b.host, c)
	}
	return c
}

// matcher compiles the section's message_matcher.
func (b *builder) matcher(s *section) *matcher.Matcher {
	expr := s.consumer.MessageMatcher
	if expr == "" {
		if !s.broken { // an unknown type may have had a default
			b.fail(s, "message_matcher", "'%s' missing message matcher", s.Name)
		}
		return nil
	}
	m, err := matcher.Parse(expr)
	if err != nil {
		b.fail(s, "message_matcher", "message_matcher: %v", err)
		return nil
	}
	return m
}

// encoder resolves the section's encoder.
func (b *builder) encoder(s *section) *section {
	if s.decl.Kind != plugin.KindOutput {
		return nil
	}
	if s.consumer.Encoder == "" && s.decl.NeedsEncoder {
		b.fail(s, "encoder", "Encoder required.")
	}
	return b.reference(s, "encoder", plugin.KindEncoder, s.consumer.Encoder)
}

// framed decides whether the output's records are framed.
func (b *builder) framed(s, encoder *section) bool {
	if f := s.consumer.UseFraming; f != nil {
		return *f
	}
	return s.decl.FrameProtobuf && encoder.decl.Type == "ProtobufEncoder"
}

// buffering makes the queue on disk.
func (b *builder) buffering(s *section, c *consumer) {
	if !s.consumer.UseBuffering {
		return
	}
	o := &s.consumer.Buffering
	mode, err := queue.ParseFsync(o.Fsync)
	if err != nil {
		b.fail(s, "buffering.fsync", "%v", err)
		return
	}
	c.spool = &spool{c: c, dir: queueDir(b.opts.Global.BaseDir, s.Name), done: map[queue.Position]bool{}, opts: queue.Options{
		MaxFileSize: int64(o.MaxFileSize), MaxBufferSize: int64(o.MaxBufferSize), MinFree: o.MinFree,
		MaxBody: int(b.opts.Global.MaxMessageSize), CheckpointEvery: int(o.CursorUpdateCount),
		Fsync: mode, KeepDelivered: o.KeepDelivered}}
	if err := c.spool.opts.Check(); err != nil {
		b.fail(s, "buffering.max_file_size", "%v", err)
	}
	c.spool.opts.MaxBody += deadletter.Room
	if o.MaxBufferSize > 0 && o.MaxBufferSize < 2*o.MaxFileSize && s.Sets("buffering.max_file_size") {
		b.problem(config.Problem{Pos: s.Where("buffering.max_buffer_size"), Section: s.Name, Severity: config.Warning,
			Text: "max_buffer_size is smaller than two files of max_file_size",
			Hint: "space on disk is freed in whole files"})
	}
	for _, other := range b.host.consumers() {
		if other.name != s.Name && other.spool != nil && other.spool.dir == c.spool.dir {
			b.fail(s, "", "its queue on disk has the same directory as that of [%s]: %s", other.name, c.spool.dir)
		}
	}
}

// addressees warns of dead letters that nobody takes.
func (b *builder) addressees() {
	var letter message.Message
	for _, c := range b.host.consumers() {
		if !c.opts.DeadLetter {
			continue
		}
		letter.Reset()
		deadletter.Letter{Plugin: c.name, Message: message.New()}.Write(&letter)
		wanted := slices.ContainsFunc(b.host.consumers(), func(o *consumer) bool {
			// One that asks for a certain reason is not to be told by this letter.
			return !o.opts.DeadLetter && (o.matcher.Match(&letter) || strings.Contains(o.opts.MessageMatcher, deadletter.Type))
		})
		if s := b.find(c.kind, c.name); !wanted && s != nil {
			b.problem(config.Problem{Pos: s.Where("dead_letter"), Section: s.Name, Severity: config.Warning,
				Text: "nobody takes its dead letters, so that what it refuses is dropped",
				Hint: fmt.Sprintf("an output with message_matcher = \"Type == '%s'\" keeps them", deadletter.Type)})
		}
	}
}

// encode puts encoder and framing into one step.
func encode(enc plugin.Encoder, framed bool, maxMessage int) func([]byte, *plugin.Pack) ([]byte, error) {
	if !framed {
		return enc.Append
	}
	return func(dst []byte, p *plugin.Pack) ([]byte, error) {
		start := len(dst)
		dst, room := framing.Reserve(dst, max(len(p.Message.Wire()), 300))
		dst, err := enc.Append(dst, p)
		if err == nil {
			limit := maxMessage
			if deadletter.Is(&p.Message) {
				limit += deadletter.Room
			}
			dst, err = room.Close(dst, limit)
		}
		if err == nil {
			return dst, nil
		}
		var big *framing.BodyError
		if errors.As(err, &big) {
			err = plugin.Refused("too_big", fmt.Errorf("message framing error: %w", err))
		}
		return dst[:start], err
	}
}
