package pipeline_test

import (
	"context"
	"testing"

	"github.com/hekad/heka/internal/pipeline"
)

// edgeOf finds an edge of the running graph.
func edgeOf(h *pipeline.Host, from, to string) pipeline.Edge {
	for _, e := range h.Graph().Edges {
		if e.From == from && e.To == to {
			return e
		}
	}
	return pipeline.Edge{}
}

func TestGraphNamesWhatHoldsUpAnInput(t *testing.T) {
	gate := make(chan struct{})
	stuck, free := &sink{send: func(ctx context.Context, _ string) error {
		select {
		case <-gate:
		case <-ctx.Done():
		}
		return ctx.Err()
	}}, &sink{}
	const lines = 4000
	g := newGraph(t, `
[in]
type = "ReaderInput"
[AFilter]
message_matcher = "Logger == 'in' && Payload == '7\n'"
[stuck]
type = "StuckOutput"
message_matcher = "Logger == 'in'"
[free]
type = "SinkOutput"
message_matcher = "TRUE"
`, readerInput("ReaderInput", &reader{open: readers(numbered(lines))}), farewellFilter("AFilter", &farewell{typ: "a"}),
		sinkOutput("StuckOutput", stuck), sinkOutput("SinkOutput", free))
	g.global.PluginChanSize = 1
	h := g.start()
	until(t, "the input waits", func() bool { return edgeOf(h, "in", "stuck").WaitingNow == 1 })
	before := edgeOf(h, "in", "stuck").Waited
	until(t, "the wait grows while it lasts", func() bool { return edgeOf(h, "in", "stuck").Waited > before })
	if e := edgeOf(h, "in", "free"); e.WaitingNow != 0 || e.Messages == 0 {
		t.Errorf("%+v", e)
	}
	close(gate)
	g.balanced()
	for _, want := range []pipeline.Edge{{From: "in", To: "stuck", Messages: lines}, {From: "in", To: "free", Messages: lines},
		{From: "in", To: "AFilter", Messages: 1}, {From: "AFilter", To: "free", Messages: 1}} {
		got := edgeOf(h, want.From, want.To)
		if got.Waited = 0; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	nodes := map[string]pipeline.Node{}
	for _, n := range h.Graph().Nodes {
		nodes[n.Name] = n
	}
	if n := nodes["stuck"]; n.Kind != "output" || n.Type != "StuckOutput" || n.Matcher != "Logger == 'in'" || n.Bound != 64 {
		t.Errorf("%+v", n)
	}
	if n := nodes["in"]; n.Kind != "input" || n.Splitter != "TokenSplitter" {
		t.Errorf("%+v", n)
	}
}
