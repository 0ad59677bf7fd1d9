package pipeline

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// Reloaded says what a reload did, by names of sections.
type Reloaded struct {
	Kept, Restarted, Added, Removed []string
	// Later are options of [hekad] that have changed, which takes effect when heka is
	// started anew.
	Later []string
}

// String is the summary for the log.
func (r Reloaded) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Reload: %d kept", len(r.Kept))
	for _, part := range []struct {
		what  string
		names []string
	}{{"restarted", r.Restarted}, {"added", r.Added}, {"removed", r.Removed}} {
		fmt.Fprintf(&b, ", %d %s", len(part.names), part.what)
		if len(part.names) > 0 {
			fmt.Fprintf(&b, " (%s)", strings.Join(part.names, ", "))
		}
	}
	if len(r.Later) > 0 {
		fmt.Fprintf(&b, "; start heka anew for the changes of %s in [hekad]", strings.Join(r.Later, ", "))
	}
	return b.String()
}

// note puts a section on the list for its fate.
func (r *Reloaded) note(name string, w What) {
	list := [...]*[]string{Stays: &r.Kept, Restarts: &r.Restarted, IsAdded: &r.Added, IsRemoved: &r.Removed}[w]
	*list = append(*list, name)
}

// Reload makes the inputs, filters and outputs those of another configuration, while
// messages flow. Those go on as they are for which Plan says so; others restart; each
// message is matched either by those of before or by those of after, and what was
// matched is delivered. Plugins that others have added stay; an added input whose
// splitter or decoder has changed restarts. One input starts in the place of another
// when that has let go of its socket or files and written its last position.
//
// It is a transaction: with an error among the problems, or when one that is added
// cannot start, nothing has changed. One that is restarted is prepared when its
// predecessor has ended; if that fails it is retried as its section says. So is an
// added input that cannot start while others leave, whose socket it may want. Reload
// must not be called by two at a time.
func (h *Host) Reload(cfg *config.Config, g config.Global) (Reloaded, config.Problems) {
	if err := h.vetInputs(nil, nil); err != nil {
		return Reloaded{}, config.Problems{{Text: err.Error()}}
	}
	o := h.opts
	o.Log = slog.New(slog.DiscardHandler)
	next, problems := New(cfg, o)
	if next == nil {
		return Reloaded{}, problems
	}
	defer next.kill()
	next.intake.builder.host, next.intake.builder.log = h, h.log
	s, err := h.swapFor(next)
	for _, d := range config.Differences(h.global, g) {
		s.done.Later = append(s.done.Later, d.Option)
	}
	if err == nil {
		err = s.run()
	}
	if err != nil {
		return Reloaded{}, append(problems, config.Problem{Text: err.Error()})
	}
	return s.done, problems
}

// swap is a change of inputs, filters and outputs.
type swap struct {
	host              *Host
	next              *builder
	done              Reloaded
	outInputs, inputs []*input
	out, in           []*consumer
}

// swapFor says what has to be done to get to the plugins of next.
func (h *Host) swapFor(next *Host) (*swap, error) {
	s := &swap{host: h, next: next.intake.builder}
	for _, f := range Plan(h, next) {
		s.done.note(f.Section, s.choose(next, f))
	}
	return s, s.addedInputs()
}

// choose puts a plugin of either configuration on the lists, by its fate.
func (s *swap) choose(next *Host, f Fate) What {
	if f.Kind == plugin.KindInput {
		same := func(in *input) bool { return in.name == f.Section && in.addedBy == "" }
		return s.chooseInput(first(s.host.inputs(), same), first(next.inputs(), same), f.What)
	}
	same := func(c *consumer) bool { return c.name == f.Section && c.kind == f.Kind }
	old, now := first(s.host.configured(), same), first(next.configured(), same)
	w := f.What
	if w == Stays && s.host.hasLeft(old) {
		w = Restarts // it has ended by itself
	}
	if old != nil && w != Stays {
		s.out = append(s.out, old)
	}
	if now != nil && w != Stays {
		if old != nil {
			now.after = old.ended
		}
		s.in = append(s.in, now)
	}
	return w
}

func (s *swap) chooseInput(old, now *input, w What) What {
	if w == Stays && old.isOver() && old.cause != nil {
		w = Restarts // it has failed for good; one that has reached its end stays there
	}
	if old != nil && w != Stays {
		s.outInputs = append(s.outInputs, old)
	}
	if now != nil && w != Stays {
		if old != nil {
			now.after, now.heirOf = []<-chan struct{}{old.gone}, []*input{old}
		}
		s.inputs = append(s.inputs, now)
	}
	return w
}

// first returns the first of a list that is wanted, or nil.
func first[T any](list []*T, wanted func(*T) bool) *T {
	if i := slices.IndexFunc(list, wanted); i >= 0 {
		return list[i]
	}
	return nil
}

// hasLeft reports whether a consumer has ended, or is about to.
func (h *Host) hasLeft(c *consumer) bool {
	h.roster.mu.Lock()
	defer h.roster.mu.Unlock()
	return c.leaving
}

// isOver reports whether an input has ended.
func (in *input) isOver() bool {
	select {
	case <-in.ended:
		return true
	default:
		return false
	}
}

// addedInputs restarts inputs that others have added and that use what has changed.
func (s *swap) addedInputs() error {
	var problems []error
	for _, old := range s.host.inputs() {
		leaves := func(in *input) bool { return in.name == old.addedBy }
		if old.addedBy == "" || old.isOver() || slices.ContainsFunc(s.outInputs, leaves) {
			continue
		}
		now, err := s.next.oneInput(old.parts[0].Section, old.addedBy)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if w, _, _ := difference(old.parts, now.parts); w != Stays {
			now.onEnd = old.onEnd
			s.done.note(old.name, s.chooseInput(old, now, w))
		}
	}
	return errors.Join(problems...)
}

// run makes the change; after an error nothing has changed.
func (s *swap) run() error {
	h := s.host
	h.intake.expect(s.inputs)
	defer h.intake.expect(nil)
	err := errors.Join(s.adoptInputs(), h.adopt(s.in), h.vetInputs(s.outInputs, s.inputs))
	if err == nil {
		err = h.change(s.out, s.in)
	}
	if err == nil {
		h.succeed(s.inputs, s.next)
		for _, in := range s.inputs {
			for _, old := range in.heirOf {
				in.sockets.Inherit(&old.sockets)
			}
		}
		err = h.changeInputs(s.outInputs, s.inputs)
	}
	if err != nil {
		for _, in := range s.inputs {
			in.discard()
		}
		for _, c := range s.in {
			c.discard()
		}
	}
	return err
}

// succeed lets handles of added inputs lead to their successors, and further inputs
// be built as next says.
func (h *Host) succeed(in []*input, next *builder) {
	h.intake.mu.Lock()
	defer h.intake.mu.Unlock()
	h.intake.builder = next
	for _, n := range in {
		for _, old := range h.intake.all {
			if n.addedBy != "" && old.name == n.name && !old.leaving {
				old.successor = n
			}
		}
	}
}

// adoptInputs makes inputs that were built for another host those of this one. Those
// without a predecessor are prepared.
func (s *swap) adoptInputs() error {
	var leaving []<-chan struct{}
	for _, o := range s.outInputs {
		leaving = append(leaving, o.gone)
	}
	var problems []error
	for _, in := range s.inputs {
		in.host, in.log = s.host, loggerFor(s.host.log, "Input", in.name)
		err := in.rebuild() // with an Env that leads to the host
		if err == nil && len(in.after) == 0 {
			if err = in.prepare(s.host.lifeOf(in)); err != nil && len(leaving) > 0 {
				in.log.Warn("starts when others have gone: " + err.Error())
				in.after, in.heirOf, err = leaving, s.outInputs, nil
			}
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("Input '%s' failed to start: %w", in.name, err))
		}
	}
	return errors.Join(problems...)
}

// adopt makes consumers that were built for another host those of h. Those without
// a predecessor are prepared.
func (h *Host) adopt(in []*consumer) error {
	var problems []error
	for _, c := range slices.Backward(in) {
		c.host = h
		if c.injector != nil {
			c.injector = newInjector(h, c)
		}
		c.log = loggerFor(h.log, "Plugin", c.name)
		err := c.rebuild() // with an Env that leads to h
		if err == nil {
			err = h.link(*c.instance.Load())
		}
		if err == nil && c.after == nil {
			err = c.prepare(h.hard)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s '%s' failed to start: %w", c.kind, c.name, err))
		}
	}
	return errors.Join(problems...)
}
