package admin

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// Sandboxes are the filters that run scripts, and who loads and unloads them.
type Sandboxes struct {
	// Managers are the SandboxManagerFilters; without one nothing can be loaded.
	Managers []SandboxManager `json:"managers"`
	// Filters are all that run scripts, and those that a manager keeps although they
	// were terminated, by name.
	Filters []SandboxFilter `json:"filters"`
	// Control says whether whoever asks may load and unload.
	Control bool `json:"control"`
}

// SandboxManager is a SandboxManagerFilter.
type SandboxManager struct {
	Name       string `json:"name"`
	State      string `json:"state"`
	Running    int    `json:"running"`
	MaxFilters int    `json:"max_filters"`
}

// SandboxFilter is a filter that runs a script.
type SandboxFilter struct {
	Name string `json:"name"`
	// Manager is who loaded it; empty for one of the configuration.
	Manager string `json:"manager,omitempty"`
	// State is as in a Plugin, or "terminated: " with the reason.
	State   string `json:"state"`
	Matcher string `json:"matcher,omitempty"`
	// Since is when it was loaded, in ms since the epoch; 0 for one of the
	// configuration.
	Since  int64  `json:"since,omitempty"`
	Rates  Rates  `json:"rates"`
	Health Health `json:"health"`
	// Processed, Failures and Injected are messages.
	Processed int64 `json:"processed"`
	Failures  int64 `json:"failures"`
	Injected  int64 `json:"injected"`
	// Memory in bytes: now, at most so far, and what it may have. A limit of 0 is
	// none.
	Memory      int64 `json:"memory"`
	MaxMemory   int64 `json:"max_memory"`
	MemoryLimit int64 `json:"memory_limit"`
	// Instructions of the longest call, and what a call may take.
	MaxInstructions  int64 `json:"max_instructions"`
	InstructionLimit int64 `json:"instruction_limit"`
	// Bytes of the largest output, and how large one may be.
	MaxOutput   int64 `json:"max_output"`
	OutputLimit int64 `json:"output_limit"`
	// Outputs are the payloads that it has injected, by name and type.
	Outputs []SandboxOutput `json:"outputs"`
}

// SandboxOutput is what a script has injected under a name and a type.
type SandboxOutput struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Bytes is the size of the newest, Time when it came, in ms since the epoch.
	Bytes int   `json:"bytes"`
	Time  int64 `json:"time"`
}

// SandboxSource is a filter with what it was loaded with.
type SandboxSource struct {
	SandboxFilter
	Config string `json:"config"`
	Script string `json:"script"`
}

// sandboxes draws up the list.
func (s *Server) sandboxes(h *pipeline.Host) Sandboxes {
	all := Sandboxes{Managers: []SandboxManager{}, Filters: []SandboxFilter{}}
	nodes := make(map[string]*pipeline.Node)
	g := h.Graph()
	for i, n := range g.Nodes {
		nodes[n.Name] = &g.Nodes[i]
	}
	published := h.Published()
	at := make(map[string]int)
	for _, c := range h.Report() {
		if c.Name != "filters" {
			continue
		}
		for _, m := range c.Members {
			n := nodes[m.Name]
			if _, ok := integer(m.Counters, "MaxInstructions"); !ok || n == nil {
				continue // runs no script
			}
			at[m.Name] = len(all.Filters)
			all.Filters = append(all.Filters, s.sandbox(n, m.Counters, published[m.Name]))
		}
	}
	for _, m := range h.Managers() {
		managed := m.Managed()
		sum := SandboxManager{Name: m.Name, State: m.State, MaxFilters: managed.MaxFilters}
		for _, f := range managed.Filters {
			if f.Terminated == "" {
				sum.Running++
			}
			i, ok := at[f.Name]
			if !ok {
				i = len(all.Filters)
				state := "starting"
				if f.Terminated != "" {
					state = "terminated: " + f.Terminated
				}
				all.Filters = append(all.Filters, SandboxFilter{Name: f.Name, State: state, Matcher: f.Matcher,
					Health: s.opts.Pace.health(state, nil, s.began), Outputs: []SandboxOutput{}})
			}
			all.Filters[i].Manager = m.Name
			if !f.Since.IsZero() {
				all.Filters[i].Since = f.Since.UnixMilli()
			}
		}
		all.Managers = append(all.Managers, sum)
	}
	slices.SortFunc(all.Filters, func(a, b SandboxFilter) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// sandbox describes a filter that runs.
func (s *Server) sandbox(n *pipeline.Node, counters []plugin.Counter, published []plugin.Publication) SandboxFilter {
	count := func(name string) int64 {
		v, _ := integer(counters, name)
		return v
	}
	f := SandboxFilter{Name: n.Name, State: n.State, Matcher: n.Matcher,
		Processed: count("ProcessMessageCount"), Failures: count("ProcessMessageFailures"), Injected: count("InjectMessageCount"),
		Memory: count("Memory"), MaxMemory: count("MaxMemory"), MemoryLimit: count("MemoryLimit"),
		MaxInstructions: count("MaxInstructions"), InstructionLimit: count("InstructionLimit"),
		MaxOutput: count("MaxOutput"), OutputLimit: count("OutputLimit"),
		Outputs: make([]SandboxOutput, 0, len(published))}
	f.Rates, f.Health = s.sampler.now(n.Name, n.State)
	for _, p := range published {
		f.Outputs = append(f.Outputs, SandboxOutput{p.Name, p.Type, p.Bytes, p.Time.UnixMilli()})
	}
	return f
}

// integer returns a whole number among counters.
func integer(counters []plugin.Counter, name string) (int64, bool) {
	i := slices.IndexFunc(counters, func(c plugin.Counter) bool { return c.Name == name })
	if i < 0 {
		return 0, false
	}
	return whole(counters[i].Value)
}

// Output is what a filter has injected for people under a name and a type.
type Output struct {
	Filter string `json:"filter"`
	SandboxOutput
}

// getOutputs lists what filters have injected for people.
func (s *Server) getOutputs(w http.ResponseWriter, _ *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	list := []Output{}
	published := h.Published()
	for _, filter := range slices.Sorted(maps.Keys(published)) {
		for _, p := range published[filter] {
			list = append(list, Output{filter, SandboxOutput{p.Name, p.Type, p.Bytes, p.Time.UnixMilli()}})
		}
	}
	answer(w, list)
}

func (s *Server) getSandboxes(w http.ResponseWriter, r *http.Request) {
	if h, ok := s.ready(w); ok {
		all := s.sandboxes(h)
		_, may := httpguard.Controller(r)
		all.Control = may && len(all.Managers) > 0
		answer(w, all)
	}
}

func (s *Server) getSandbox(w http.ResponseWriter, r *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	name := r.PathValue("name")
	for _, m := range h.Managers() {
		config, script, err := m.Source(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			httpguard.Refuse(w, http.StatusInternalServerError, err.Error())
			return
		}
		for _, f := range s.sandboxes(h).Filters {
			if f.Name == name {
				answer(w, SandboxSource{f, config, script})
				return
			}
		}
	}
	httpguard.Refuse(w, http.StatusNotFound, "no manager has loaded a filter "+name)
}

// manager finds the one who shall obey: the named one, else the only one there is.
func manager(w http.ResponseWriter, h *pipeline.Host, name string) (pipeline.Manager, bool) {
	all := h.Managers()
	var names []string
	for _, m := range all {
		if m.Name == name || name == "" && len(all) == 1 {
			return m, true
		}
		names = append(names, m.Name)
	}
	switch {
	case len(all) == 0:
		httpguard.Refuse(w, http.StatusConflict, "filters can be loaded when the configuration has a section of type SandboxManagerFilter whose max_filters says how many")
	case name == "":
		httpguard.Refuse(w, http.StatusBadRequest, "there are several managers; name one of "+strings.Join(names, ", "))
	default:
		httpguard.Refuse(w, http.StatusNotFound, "there is no manager "+name+", but "+strings.Join(names, ", "))
	}
	return pipeline.Manager{}, false
}
