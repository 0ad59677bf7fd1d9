package pipeline

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// flows counts what one source of messages hands to each consumer: the edges of
// the graph as it runs.
type flows struct {
	to sync.Map // *consumer → *flow
}

// flow is one edge.
type flow struct {
	messages atomic.Uint64

	mu      sync.Mutex
	waiting int           // streams of the source that wait for room now
	waited  time.Duration // in sum; those that wait count from their begin when asked
	since   time.Time     // of the last change
}

// edge returns the flow to c.
//
// hot: once per batch and consumer.
func (f *flows) edge(c *consumer) *flow {
	if e, ok := f.to.Load(c); ok {
		return e.(*flow)
	}
	e, _ := f.to.LoadOrStore(c, new(flow))
	return e.(*flow)
}

// forget drops all flows to a consumer that is gone.
func (h *Host) forget(c *consumer) {
	h.flows.to.Delete(c)
	for _, in := range h.intake.list() {
		in.flows.to.Delete(c)
	}
	for _, from := range h.consumers() {
		from.flows.to.Delete(c)
	}
}

// blocked notes that d more (or, negative, fewer) streams wait for room.
func (e *flow) blocked(d int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	e.waited += time.Duration(e.waiting) * now.Sub(e.since)
	e.waiting += d
	e.since = now
}

// wait is the time that streams have spent waiting, up to now.
func (e *flow) wait() (total time.Duration, now int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.waited + time.Duration(e.waiting)*time.Since(e.since), e.waiting
}

// Graph is the running pipeline as a picture: what makes and takes messages, and
// what has flown between them.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// Node is an input, a filter, an output, or heka itself as the source of its own
// messages.
type Node struct {
	Name, Type string
	// Kind is "input", "filter", "output" or "heka".
	Kind string
	// State is "starting", "running", "ended" and the like, with the cause.
	State string
	// Splitter, Decoder and Encoder are section names, Matcher is the source of
	// the message_matcher; "" where there is none.
	Splitter, Decoder, Encoder, Matcher string
	// FullAction is what happens when the queue in memory is full. Buffered says
	// that there is a queue on disk behind it.
	FullAction string
	Buffered   bool
	// Added says that another plugin added it while heka ran.
	Added bool
	// Waiting and Bound are the messages in the queue in memory and how many fit.
	Waiting, Bound int
}

// Edge is what one source has handed to one consumer.
type Edge struct {
	From, To string
	Messages uint64
	// Waited is how long the source's streams have waited, in sum, because the
	// consumer's queue was full. WaitingNow is how many wait at this moment.
	Waited     time.Duration
	WaitingNow int
}

// hostNode is the name of heka itself as a source, as in the Logger of what it
// sends.
const hostNode = "hekad"

// Graph takes stock of the running graph. Edges over which nothing has gone are
// left out.
func (h *Host) Graph() Graph {
	var g Graph
	inputs := h.inputs()
	for _, in := range inputs {
		g.Nodes = append(g.Nodes, Node{Name: in.name, Type: in.typ, Kind: "input", State: *in.state.Load(),
			Splitter: in.opts.Splitter, Decoder: in.opts.Decoder, Added: in.addedBy != ""})
	}
	consumers := h.consumers()
	for _, c := range consumers {
		waiting, _ := c.inbox.state()
		g.Nodes = append(g.Nodes, Node{Name: c.name, Type: c.typ, Kind: strings.ToLower(c.kind.String()), State: *c.state.Load(),
			Encoder: c.opts.Encoder, Matcher: c.opts.MessageMatcher, FullAction: c.opts.FullAction,
			Buffered: c.spool != nil, Added: c.added, Waiting: waiting, Bound: c.inbox.bound})
	}
	before := len(g.Edges)
	g.edges(hostNode, &h.flows, consumers)
	if len(g.Edges) > before {
		g.Nodes = append(g.Nodes, Node{Name: hostNode, Kind: "heka", State: "running"})
	}
	for _, in := range inputs {
		g.edges(in.name, &in.flows, consumers)
	}
	for _, c := range consumers {
		g.edges(c.name, &c.flows, consumers)
	}
	return g
}

func (g *Graph) edges(from string, f *flows, consumers []*consumer) {
	for _, c := range consumers {
		v, ok := f.to.Load(c)
		if !ok {
			continue
		}
		e := v.(*flow)
		waited, now := e.wait()
		g.Edges = append(g.Edges, Edge{From: from, To: c.name, Messages: e.messages.Load(), Waited: waited, WaitingNow: now})
	}
}
