package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/hekad/heka/internal/pipeline"
)

// Topology is the running graph with what flows in it.
type Topology struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"`
	// Causes are the consumers that hold others up now, the worst first.
	Causes []Cause `json:"causes"`
	// Cycles are loops of filters that feed each other, each as the names along
	// it.
	Cycles [][]string `json:"cycles"`
}

// Node is one input, filter or output.
type Node struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"` // input, filter, output or heka
	Type     string `json:"type,omitempty"`
	State    string `json:"state"`
	Splitter string `json:"splitter,omitempty"`
	Decoder  string `json:"decoder,omitempty"`
	Encoder  string `json:"encoder,omitempty"`
	Matcher  string `json:"matcher,omitempty"`
	Buffered bool   `json:"buffered,omitempty"`
	// Added says that a manager added it while heka ran.
	Added   bool   `json:"added,omitempty"`
	Waiting int    `json:"waiting"`
	Bound   int    `json:"bound"`
	Rates   Rates  `json:"rates"`
	Health  Health `json:"health"`
}

// Edge is what goes from a source to a consumer.
type Edge struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Messages uint64 `json:"messages"`
	// WaitedMS is how long streams have waited for room, in sum; Waiting is how
	// many wait now.
	WaitedMS int64 `json:"waited_ms"`
	Waiting  int   `json:"waiting"`
}

// Cause is a consumer whose full queue makes inputs wait.
type Cause struct {
	Name   string   `json:"name"`
	Blocks []string `json:"blocks"`
	// Share is which part of the last second the inputs waited for it.
	Share float64 `json:"share"`
}

// leastShare is the part of the time from which on waiting is worth a word.
const leastShare = 0.05

func (s *Server) topology(h *pipeline.Host) Topology {
	g := h.Graph()
	t := Topology{Nodes: []Node{}, Edges: []Edge{}, Causes: []Cause{}, Cycles: cycles(g)}
	for _, n := range g.Nodes {
		node := Node{Name: n.Name, Kind: n.Kind, Type: n.Type, State: n.State, Splitter: n.Splitter, Decoder: n.Decoder,
			Encoder: n.Encoder, Matcher: n.Matcher, Buffered: n.Buffered, Added: n.Added, Waiting: n.Waiting, Bound: n.Bound}
		node.Rates, node.Health = s.sampler.now(n.Name, n.State)
		t.Nodes = append(t.Nodes, node)
	}
	blocks := map[string][]string{}
	for _, e := range g.Edges {
		t.Edges = append(t.Edges, Edge{e.From, e.To, e.Messages, e.Waited.Milliseconds(), e.WaitingNow})
		if e.Waited > 0 {
			blocks[e.To] = append(blocks[e.To], e.From)
		}
	}
	for _, n := range t.Nodes {
		if n.Kind != "input" && n.Rates.Blocked >= leastShare {
			t.Causes = append(t.Causes, Cause{n.Name, blocks[n.Name], n.Rates.Blocked})
		}
	}
	slices.SortFunc(t.Causes, func(a, b Cause) int {
		switch {
		case a.Share > b.Share:
			return -1
		case a.Share < b.Share:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return t
}

// cycles finds loops among the edges over which something has gone, each once:
// it begins at the name that sorts first.
func cycles(g pipeline.Graph) [][]string {
	next := map[string][]string{}
	for _, e := range g.Edges {
		next[e.From] = append(next[e.From], e.To)
	}
	found := [][]string{}
	var path []string
	var walk func(name string)
	walk = func(name string) {
		if len(found) == maxCycles || len(path) > maxCycleLength {
			return
		}
		path = append(path, name)
		for _, to := range next[name] {
			if to == path[0] {
				found = append(found, slices.Clone(path))
			} else if to > path[0] && !slices.Contains(path, to) {
				walk(to)
			}
		}
		path = path[:len(path)-1]
	}
	for _, n := range g.Nodes {
		if n.Kind == "filter" {
			walk(n.Name)
		}
	}
	return found
}

// Bounds of the search for cycles, whose number can grow without measure.
const (
	maxCycles      = 20
	maxCycleLength = 8
)

func (s *Server) getTopology(w http.ResponseWriter, _ *http.Request) {
	if h, ok := s.ready(w); ok {
		answer(w, s.topology(h))
	}
}
