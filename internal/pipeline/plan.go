package pipeline

import (
	"slices"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// Fate is what becomes of an input, filter or output when one configuration takes
// the place of another.
type Fate struct {
	Section string
	Kind    plugin.Kind
	// What is Stays, Restarts, IsAdded or IsRemoved.
	What What
	// Through are other sections whose change makes it restart: splitters, decoders
	// and encoders that it uses.
	Through []string
	// Files says that a file of its own, such as a script, has changed.
	Files bool
}

// What becomes of a plugin.
type What uint8

// The fates, in the order in which they are told.
const (
	Stays What = iota
	Restarts
	IsAdded
	IsRemoved
)

var whats = [...]string{"stays", "restarts", "added", "removed"}

// String is the fate as a word: "stays", "restarts", "added" or "removed".
func (w What) String() string { return whats[w] }

// part is an input, filter or output as its sections say; the first is its own.
type part struct {
	kind     plugin.Kind
	sections []*section
}

// parts lists what a configuration has, inputs first.
func (h *Host) parts() []part {
	var all []part
	for _, in := range h.inputs() {
		if in.addedBy == "" {
			all = append(all, part{plugin.KindInput, in.parts})
		}
	}
	for _, c := range h.configured() {
		all = append(all, part{c.kind, c.parts})
	}
	return all
}

// configured returns the filters and outputs that the configuration has.
func (h *Host) configured() []*consumer {
	h.roster.mu.Lock()
	defer h.roster.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.roster.all), func(c *consumer) bool { return c.added || c.removed })
}

// Plan says what a reload does that turns the configuration of before into that of
// after: what becomes of each input, filter and output, those of after in order,
// then those that are removed. Plugins that others have added are left out.
func Plan(before, after *Host) []Fate {
	old, now := before.parts(), after.parts()
	var all []Fate
	for _, n := range now {
		f := Fate{Section: n.sections[0].Name, Kind: n.kind, What: IsAdded}
		if i := slices.IndexFunc(old, n.sameName); i >= 0 {
			f.What, f.Through, f.Files = difference(old[i].sections, n.sections)
		}
		all = append(all, f)
	}
	for _, o := range old {
		if !slices.ContainsFunc(now, o.sameName) {
			all = append(all, Fate{Section: o.sections[0].Name, Kind: o.kind, What: IsRemoved})
		}
	}
	return all
}

func (p part) sameName(o part) bool {
	return p.kind == o.kind && p.sections[0].Name == o.sections[0].Name
}

// difference compares the sections of a plugin with those of its successor.
func difference(old, now []*section) (w What, through []string, files bool) {
	if !old[0].sameOptions(now[0]) {
		w = Restarts
	} else if old[0].fingerprint != now[0].fingerprint {
		w, files = Restarts, true
	}
	for _, n := range now[1:] {
		same := func(o *section) bool { return o.Name == n.Name && o.decl.Kind == n.decl.Kind }
		i := slices.IndexFunc(old[1:], same)
		if i < 0 {
			continue // an option that names it has changed, here or in another part
		}
		if o := old[1+i]; !o.sameOptions(n) || o.fingerprint != n.fingerprint {
			w, through = Restarts, append(through, n.Name)
		}
	}
	return w, through, files
}

// sameOptions reports whether two sections make the same plugin of the same options,
// however they are written.
func (s *section) sameOptions(o *section) bool {
	if s.decl.Type != o.decl.Type || len(config.Differences(s.config, o.config)) > 0 {
		return false
	}
	switch s.decl.Kind {
	case plugin.KindInput:
		return len(config.Differences(s.input, o.input)) == 0
	case plugin.KindFilter, plugin.KindOutput:
		return len(config.Differences(s.consumer, o.consumer)) == 0
	case plugin.KindSplitter:
		return len(config.Differences(s.splitter, o.splitter)) == 0
	}
	return true
}
