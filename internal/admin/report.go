package admin

import (
	"net/http"
	"strings"
	"time"

	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// Report is all plugins with their counters, and heka itself.
type Report struct {
	// Time is in milliseconds since the epoch.
	Time    int64    `json:"time"`
	Heka    Daemon   `json:"heka"`
	Plugins []Plugin `json:"plugins"`
}

// Plugin is one plugin, or one of the places between them.
type Plugin struct {
	// Category is "globals", "inputs", "splitters", "decoders", "filters",
	// "outputs" or "encoders".
	Category string `json:"category"`
	Name     string `json:"name"`
	Type     string `json:"type,omitempty"`
	State    string `json:"state,omitempty"`
	// Rates and Health are those of inputs, filters and outputs.
	Rates  *Rates  `json:"rates,omitempty"`
	Health *Health `json:"health,omitempty"`
	// LastError is the newest warning or error about it.
	LastError *Line `json:"last_error,omitempty"`
	// Counters in the order of the report.
	Counters []Counter `json:"counters"`
}

// Counter is one value; Unit is "count", "ns", "B" or "".
type Counter struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
	Unit  string `json:"unit,omitempty"`
}

// report draws up the report.
func (s *Server) report(h *pipeline.Host) Report {
	r := Report{Time: time.Now().UnixMilli(), Heka: s.daemon()}
	types := make(map[string]string)
	for _, n := range h.Graph().Nodes {
		types[n.Name] = n.Type
	}
	for _, c := range h.Report() {
		for _, m := range c.Members {
			r.Plugins = append(r.Plugins, s.plugin(c.Name, types[m.Name], m))
		}
	}
	return r
}

func (s *Server) plugin(category, typ string, m pipeline.Member) Plugin {
	p := Plugin{Category: category, Name: m.Name, Type: typ, State: state(m.Counters)}
	switch category {
	case "inputs", "filters", "outputs":
		rates, health := s.sampler.now(m.Name, p.State)
		p.Rates, p.Health = &rates, &health
	}
	if l, ok := s.opts.Log.lastError(m.Name); ok && category != "globals" {
		p.LastError = &l
	}
	p.Counters = make([]Counter, len(m.Counters))
	for i, c := range m.Counters {
		p.Counters[i] = Counter{c.Name, c.Value, c.Representation}
	}
	return p
}

func state(counters []plugin.Counter) string {
	for _, c := range counters {
		if c.Name == "State" {
			text, _ := c.Value.(string)
			return text
		}
	}
	return ""
}

func (s *Server) getReport(w http.ResponseWriter, _ *http.Request) {
	if h, ok := s.ready(w); ok {
		answer(w, s.report(h))
	}
}

// PluginDetail is one plugin with its history and its last log lines.
type PluginDetail struct {
	Plugin
	Matcher string  `json:"matcher,omitempty"`
	History []Point `json:"history"`
	Logs    []Line  `json:"logs"`
}

// detailLines is how many log lines a plugin's page shows.
const detailLines = 50

func (s *Server) getPlugin(w http.ResponseWriter, r *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	category, name := r.PathValue("category"), r.PathValue("name")
	for _, p := range s.report(h).Plugins {
		if p.Category != category || p.Name != name {
			continue
		}
		d := PluginDetail{Plugin: p, History: s.sampler.history(name), Logs: s.opts.Log.Lines(0, name, false, detailLines)}
		for _, n := range h.Graph().Nodes {
			if n.Name == name {
				d.Matcher = n.Matcher
			}
		}
		answer(w, d)
		return
	}
	httpguard.Refuse(w, http.StatusNotFound, "there is no "+strings.TrimSuffix(category, "s")+" "+name)
}

func (s *Server) getBooks(w http.ResponseWriter, _ *http.Request) {
	if h, ok := s.ready(w); ok {
		answer(w, h.Books())
	}
}

func (s *Server) getConfig(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if s.opts.Config != nil {
		w.Write([]byte(s.opts.Config()))
	}
}

// maxAnswerLines bounds one answer about the log.
const maxAnswerLines = 500

func (s *Server) getLogs(w http.ResponseWriter, r *http.Request)   { s.lines(w, r, false) }
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request) { s.lines(w, r, true) }

func (s *Server) lines(w http.ResponseWriter, r *http.Request, bad bool) {
	after, ok1 := number(r, "after", 0, 0, 1<<62)
	limit, ok2 := number(r, "limit", maxAnswerLines, 1, maxAnswerLines)
	if !ok1 || !ok2 {
		httpguard.Refuse(w, http.StatusBadRequest, "after and limit must be whole numbers, limit from 1 to 500")
		return
	}
	lines := s.opts.Log.Lines(uint64(after), r.URL.Query().Get("plugin"), bad, limit)
	if lines == nil {
		lines = []Line{}
	}
	answer(w, lines)
}
