package pipeline

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// filters adds filters on behalf of one that runs. It implements plugin.Filters.
type filters struct {
	host *Host
	by   string // name of the filter
}

// Read implements plugin.Filters.
func (f filters) Read(text string) (plugin.Section, error) {
	s, err := oneSection("config", text, "")
	if err != nil {
		return plugin.Section{}, err
	}
	return describe(s), nil
}

// describe says what is in a section.
func describe(s *config.Section) plugin.Section {
	sec := plugin.Section{Name: s.Name}
	if s.Sets("type") {
		sec.Type = s.Type()
	}
	if n := s.Table.Member("message_matcher"); n != nil && n.Kind == config.String {
		sec.MessageMatcher = n.Value.(string)
	}
	text := fmt.Sprintf("%#v", s.Table.Plain()) // maps are printed in order of their keys
	sec.Digest = fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
	return sec
}

// oneSection reads the section of a name, or without a name the only one.
func oneSection(file, text, name string) (*config.Section, error) {
	cfg, problems := config.LoadBytes(file, []byte(text), config.Options{LiteralEnv: true})
	if problems.HasErrors() {
		return nil, problems.Err()
	}
	if name != "" {
		for _, s := range cfg.Sections {
			if s.Name == name {
				return s, nil
			}
		}
		return nil, fmt.Errorf("No `%s` section.", name)
	}
	switch {
	case cfg.Hekad != nil:
		return nil, errors.New("the section [hekad] cannot be set here")
	case len(cfg.Sections) != 1:
		return nil, fmt.Errorf("there must be one section, not %d", len(cfg.Sections))
	}
	return cfg.Sections[0], nil
}

// amended returns s with the options that a sets.
func amended(s *config.Section, a plugin.Addition) *config.Section {
	set := make(map[string]any, len(a.Default)+len(a.Force))
	for option, value := range a.Default {
		if !s.Sets(option) {
			set[option] = value
		}
	}
	if !s.Sets("type") {
		set["type"] = s.Type() // the name may have said it
	}
	maps.Copy(set, a.Force)
	return s.As(a.Name, set)
}

// Add implements plugin.Filters.
func (f filters) Add(a plugin.Addition) (plugin.Added, error) {
	h := f.host
	s, err := oneSection(a.Name+".toml", a.Text, a.Section)
	if err != nil {
		return nil, err
	}
	c, err := h.buildFilter(amended(s, a), f.by)
	if err != nil {
		return nil, err
	}
	c.onEnd = a.Ended
	before, out, err := h.roster.predecessor(a.Name, a.Replace)
	if err != nil {
		return nil, err
	}
	if before != nil {
		c.after = before.ended
	} else {
		err = c.prepare(h.hard)
	}
	if err == nil {
		err = h.change(out, []*consumer{c})
	}
	if err != nil {
		c.discard()
		return nil, err
	}
	return added{c}, nil
}

// predecessor returns the consumer that must end before one of the same name can
// start, and whom it takes the place of.
func (r *roster) predecessor(name string, replace bool) (before *consumer, out []*consumer, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before = r.find(name)
	switch {
	case r.phase == closing:
		return nil, nil, errStopping
	case before == nil || before.leaving:
		return before, nil, nil
	case !replace || !before.added:
		return nil, nil, alreadyRunning(name)
	}
	return before, []*consumer{before}, nil
}

// buildFilter builds a filter of a section that is not in the configuration.
func (h *Host) buildFilter(sec *config.Section, by string) (*consumer, error) {
	b := newBuilder(&config.Config{}, h.opts)
	b.host, b.addedBy = h, by
	b.section(sec)
	if !b.problems.HasErrors() && b.all[0].decl.Kind != plugin.KindFilter {
		return nil, fmt.Errorf("type %s is no filter", sec.Type())
	}
	var c *consumer
	if len(b.all) > 0 {
		c = b.consumer(b.all[0])
	}
	if err := b.problems.Err(); err != nil {
		return nil, err
	}
	return c, h.link(*c.instance.Load())
}

func alreadyRunning(name string) error { return fmt.Errorf("%s is already running", name) }

// added implements plugin.Added.
type added struct{ c *consumer }

// Stop implements plugin.Added.
func (a added) Stop() {
	h := a.c.host
	h.roster.mu.Lock()
	gone := a.c.leaving
	if !gone {
		a.c.parting = true
	}
	h.roster.mu.Unlock()
	if !gone {
		h.change([]*consumer{a.c}, nil) // refused when heka stops, which ends it anyway
	}
}

// pressure is what plugin.Env tells about the queue of c.
func (c *consumer) pressure() plugin.Pressure {
	var p plugin.Pressure
	p.Waiting, p.Full = c.inbox.load()
	p.MatchDuration = time.Duration(c.matchTime.average())
	if c.spool != nil {
		p.Full = c.spool.almostFull()
	}
	return p
}

// Manager is a filter that loads others, as it runs.
type Manager struct {
	// Name of its section, and its state as in a Node.
	Name, State string
	plugin.FilterManager
}

// Managers returns the filters that load others, in the order of their sections.
func (h *Host) Managers() []Manager {
	var all []Manager
	for _, c := range h.consumers() {
		if m, ok := (*c.instance.Load()).(plugin.FilterManager); ok {
			all = append(all, Manager{c.name, *c.state.Load(), m})
		}
	}
	return all
}

// Published returns what filters publish, by the filter's name.
func (h *Host) Published() map[string][]plugin.Publication {
	all := make(map[string][]plugin.Publication)
	for _, c := range h.consumers() {
		if p, ok := (*c.instance.Load()).(plugin.Publisher); ok {
			if list := p.Published(); len(list) > 0 {
				all[c.name] = list
			}
		}
	}
	return all
}
