package pipeline

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// Reloaded says what a reload did, by names of sections.
type Reloaded struct {
	Kept, Restarted, Added, Removed []string
	// Later are sections, of inputs and what they use and [hekad], whose changes
	// take effect when heka is started anew.
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
		fmt.Fprintf(&b, "; start heka anew for the changes of %s", strings.Join(r.Later, ", "))
	}
	return b.String()
}

// Reload makes the filters and outputs those of another configuration, while
// messages flow. Those whose sections, encoders included, are the same go on as
// they are; changed ones are restarted; each message is matched either by those of
// before or by those of after, and what was matched is delivered. Filters that
// other filters have added stay.
//
// It is a transaction: with an error among the problems, or when one that is added
// cannot start, nothing has changed. One that is restarted is prepared when its
// predecessor has ended; if that fails it is retried as its section says.
func (h *Host) Reload(cfg *config.Config, g config.Global) (Reloaded, config.Problems) {
	if h.roster.now() == starting {
		return Reloaded{}, config.Problems{{Text: "heka is starting"}}
	}
	o := h.opts
	o.Log = slog.New(slog.DiscardHandler)
	next, problems := New(cfg, o)
	if next == nil {
		return Reloaded{}, problems
	}
	defer next.kill()
	done, out, in := h.compare(next)
	if !reflect.DeepEqual(g, h.global) || next.reportEvery != h.reportEvery {
		done.Later = append(done.Later, "[hekad]")
	}
	next.builder.host, next.builder.log = h, h.log
	err := h.adopt(in)
	if err == nil {
		err = h.change(out, in)
	}
	if err != nil {
		for _, c := range in {
			c.discard()
		}
		return Reloaded{}, append(problems, config.Problem{Text: err.Error()})
	}
	return done, problems
}

// compare says what has to be done to get to the filters and outputs of next.
func (h *Host) compare(next *Host) (done Reloaded, out, in []*consumer) {
	h.roster.mu.Lock()
	defer h.roster.mu.Unlock()
	same := func(c *consumer) func(*consumer) bool {
		return func(o *consumer) bool { return o.name == c.name && o.kind == c.kind && !o.removed && !o.added }
	}
	for _, c := range next.roster.all {
		i := slices.IndexFunc(h.roster.all, same(c))
		switch {
		case i < 0:
			in, done.Added = append(in, c), append(done.Added, c.name)
			continue
		case !h.roster.all[i].leaving && slices.EqualFunc(c.sections, h.roster.all[i].sections, equalSections):
			done.Kept = append(done.Kept, c.name)
			continue
		}
		c.after = h.roster.all[i].ended
		out, in = append(out, h.roster.all[i]), append(in, c)
		done.Restarted = append(done.Restarted, c.name)
	}
	for _, c := range h.roster.all {
		if !c.added && !c.removed && !slices.ContainsFunc(next.roster.all, same(c)) {
			out, done.Removed = append(out, c), append(done.Removed, c.name)
		}
	}
	done.Later = h.builder.later(next.builder)
	return done, out, in
}

// later names the sections of inputs, splitters and decoders that differ.
func (b *builder) later(next *builder) (names []string) {
	for _, kind := range []plugin.Kind{plugin.KindInput, plugin.KindSplitter, plugin.KindDecoder} {
		now, then := b.of(kind), next.of(kind)
		for _, s := range then {
			if !slices.ContainsFunc(now, func(o *section) bool { return equalSections(s.Section, o.Section) }) {
				names = append(names, "["+s.Name+"]")
			}
		}
		for _, s := range now {
			if !slices.ContainsFunc(then, func(o *section) bool { return o.Name == s.Name }) {
				names = append(names, "["+s.Name+"]")
			}
		}
	}
	return names
}

// equalSections reports whether two sections set the same options to the same
// values.
func equalSections(a, b *config.Section) bool {
	return a.Name == b.Name && reflect.DeepEqual(a.Table.Plain(), b.Table.Plain())
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
