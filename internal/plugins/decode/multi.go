package decode

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// multi runs several decoders on a message.
type multi struct {
	counters
	subs    []*sub
	all     bool // every decoder runs, not only the first that succeeds
	logSubs bool
	log     *slog.Logger
	exit    error // of a sub-decoder that has ended for good
	calls   uint64

	saved     message.Message // the message as it was before a sub-decoder
	from      []*plugin.Pack  // messages that wait for the next sub-decoder
	expansion plugin.Expansion
}

// sub is one of the decoders.
type sub struct {
	counters
	plugin.Decoder
	name     string
	expander plugin.Expander // nil when it makes one message of one
	holder   plugin.Holder   // nil when it keeps nothing for later messages
	held     []uint64        // calls of the MultiDecoder since the oldest whose message it holds
}

// maxHeld is how many calls the host waits for what is held, see plugin.Holder.
const maxHeld = 10_000

// note takes down, behind a call of the sub-decoder in the given call of the
// MultiDecoder, what it holds.
func (s *sub) note(call uint64) {
	n := min(s.holder.Held(), maxHeld)
	if n <= 0 {
		s.held = s.held[:0]
		return
	}
	s.held = append(s.held, call)
	if spare := len(s.held) - n; spare > 0 {
		s.held = append(s.held[:0], s.held[spare:]...)
	}
}

// holding is a multi that has sub-decoders which keep messages for later.
type holding struct{ *multi }

// Held implements plugin.Holder.
func (h holding) Held() int {
	oldest := h.calls + 1
	for _, s := range h.subs {
		if len(s.held) > 0 {
			oldest = min(oldest, s.held[0])
		}
	}
	return int(h.calls + 1 - oldest)
}

func newMulti(c *multiConfig, env *plugin.Env) (plugin.Decoder, error) {
	d := &multi{all: c.CascadeStrategy == "all", logSubs: c.LogSubErrors, log: env.Log}
	d.init(env)
	if len(c.Subs) == 0 {
		return nil, plugin.BadOption("subs", "At least one subdecoder must be specified.")
	}
	if !d.all && c.CascadeStrategy != "first-wins" {
		return nil, plugin.BadOption("cascade_strategy", "Unrecognized cascade strategy: %s", c.CascadeStrategy)
	}
	var problems []error
	holds := false
	for i, name := range c.Subs {
		decoder, err := env.Decoder(name)
		if err != nil {
			problems = append(problems, plugin.BadOption(fmt.Sprintf("subs[%d]", i), "%w", err))
			continue
		}
		s := &sub{Decoder: decoder, name: name}
		s.init(env)
		s.expander, _ = decoder.(plugin.Expander)
		s.holder, _ = decoder.(plugin.Holder)
		holds = holds || s.holder != nil
		d.subs = append(d.subs, s)
	}
	if holds {
		return holding{d}, errors.Join(problems...)
	}
	return d, errors.Join(problems...)
}

var (
	errAllFailed = errors.New("All subdecoders failed.") //lint:ignore ST1005 the text is part of Heka's contract
	errSeveral   = errors.New("the subdecoders made other messages of this one, which is not possible here")
)

// Expand implements plugin.Expander.
//
// hot: once per message; allocates nothing of its own.
func (d *multi) Expand(p *plugin.Pack, out *plugin.Expansion) error {
	start := d.begin()
	d.calls++
	before := len(out.Packs)
	ok := d.expand(p, out)
	err := d.exit
	if err == nil && !ok {
		err = errAllFailed
	}
	if err != nil {
		out.Packs = out.Packs[:before]
	}
	d.end(start, err)
	return err
}

func (d *multi) expand(p *plugin.Pack, out *plugin.Expansion) (ok bool) {
	if !d.all {
		for _, s := range d.subs {
			if d.run(s, p, out) {
				return true
			}
		}
		return false
	}
	// Each sub-decoder moves the messages from out to d.from and back.
	base := len(out.Packs)
	out.Add(p)
	for _, s := range d.subs {
		d.from = append(d.from[:0], out.Packs[base:]...)
		out.Packs = out.Packs[:base]
		for _, q := range d.from {
			if d.run(s, q, out) {
				ok = true
			} else {
				out.Add(q)
			}
		}
	}
	clear(d.from)
	return ok
}

// run lets one sub-decoder work on p and puts its results into out. When it
// fails p is as it was before.
func (d *multi) run(s *sub, p *plugin.Pack, out *plugin.Expansion) bool {
	start := s.begin()
	d.saved.CopyFrom(&p.Message)
	raw, signer := p.Raw, p.Signer
	before := len(out.Packs)
	var err error
	if s.expander != nil {
		if err = s.expander.Expand(p, out); err == nil && len(out.Packs) == before {
			err = plugin.ErrSkip // a message that is passed over counts as failed
		}
	} else if err = s.Decode(p); err == nil {
		out.Add(p)
	}
	if s.holder != nil {
		s.note(d.calls)
		if errors.Is(err, plugin.ErrSkip) && len(s.held) > 0 {
			err = nil // it keeps the message, or a part of it, for a later one
		}
	}
	s.end(start, err)
	if err == nil {
		return true
	}
	if plugin.IsExit(err) {
		d.exit = fmt.Errorf("subdecoder %s: %w", s.name, err)
	}
	if d.logSubs && !errors.Is(err, plugin.ErrSkip) {
		d.log.Error("Subdecoder '" + s.name + "' decode error: " + err.Error())
	}
	out.Packs = out.Packs[:before]
	p.Message.CopyFrom(&d.saved)
	p.Raw, p.Signer = raw, signer
	return false
}

// Decode implements plugin.Decoder for hosts that have no room for several
// messages; heka calls Expand.
func (d *multi) Decode(p *plugin.Pack) error {
	x := &d.expansion
	x.Packs = x.Packs[:0]
	x.Alloc = func() *plugin.Pack {
		q := new(plugin.Pack)
		q.Reset(nil)
		return q
	}
	if err := d.Expand(p, x); err != nil {
		return err
	}
	if len(x.Packs) != 1 || x.Packs[0] != p {
		return errSeveral
	}
	return nil
}

// Prepare implements plugin.Preparer.
func (d *multi) Prepare(ctx context.Context) error {
	for i, s := range d.subs {
		if p, ok := s.Decoder.(plugin.Preparer); ok {
			if err := p.Prepare(ctx); err != nil {
				return errors.Join(fmt.Errorf("subdecoder %s: %w", s.name, err), closeAll(d.subs[:i]))
			}
		}
	}
	return nil
}

// Close implements plugin.Closer.
func (d *multi) Close() error { return closeAll(d.subs) }

func closeAll(subs []*sub) error {
	var problems []error
	for _, s := range subs {
		if c, ok := s.Decoder.(plugin.Closer); ok {
			problems = append(problems, c.Close())
		}
	}
	return errors.Join(problems...)
}

// Report implements plugin.Reporter. A nested MultiDecoder's counters stay its
// own.
func (d *multi) Report(r *plugin.Report) {
	for _, s := range d.subs {
		s.report(r, "-"+s.name)
	}
	d.report(r, "")
}
