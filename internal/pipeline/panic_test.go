package pipeline_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// brittle is a batch output that panics over one message. It holds the others
// until Flush, or until the instance is closed.
type brittle struct {
	sink
	held     []string
	receipts []plugin.Receipt
}

func (o *brittle) see(p *plugin.Pack) string {
	text := strings.Clone(p.Message.Payload())
	if text == "1300\n" {
		panic("boom")
	}
	return text
}

func (o *brittle) Send(ctx context.Context, p *plugin.Pack) error {
	o.see(p)
	return o.sink.Send(ctx, p)
}

func (o *brittle) SendBatch(_ context.Context, b *plugin.Batch) error {
	for _, p := range b.Packs {
		o.held = append(o.held, o.see(p))
	}
	o.receipts = append(o.receipts, b.Hold())
	return nil
}

func (o *brittle) FlushInterval() time.Duration { return time.Hour }

func (o *brittle) Flush(context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.got = append(o.got, o.held...)
	for _, r := range o.receipts {
		r.Deliver()
	}
	o.held, o.receipts = nil, nil
	return nil
}

// Close delivers what is held, as far as that is not lost.
func (o *brittle) Close() error {
	o.mu.Lock()
	lost := len(o.got) == 0
	o.mu.Unlock()
	if lost {
		o.held, o.receipts = nil, nil
	}
	return o.Flush(context.Background())
}

// TestAPanicInABatchCostsTheOneMessage has an output lose its instance over one
// message of a batch, with others in hand that have to come again.
func TestAPanicInABatchCostsTheOneMessage(t *testing.T) {
	const n = 2000
	o, d := &brittle{}, &grave{}
	g := newGraph(t, strings.Replace(lettered, "dead_letter", "use_buffering = true\ndead_letter", 1),
		readerInput("ReaderInput", &reader{open: readers(numbered(n))}),
		plugin.NewOutput("SinkOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return o, nil }), graveOutput(d))
	g.start()
	c := g.balanced().Consumers[0]
	if c.Delivered != n-1 || len(c.Dropped) != 1 || c.Dropped[0] != (pipeline.Count{Name: "panic", N: 1}) {
		t.Errorf("books: %+v", c)
	}
	if got := strings.Join(d.originals(), ""); got != "1300\n" {
		t.Errorf("dead letters carry %q", got)
	}
	seen := map[string]bool{}
	for _, s := range o.payloads() {
		seen[s] = true
	}
	if len(seen) != n-1 {
		t.Errorf("%d different messages are delivered, want %d", len(seen), n-1)
	}
}
