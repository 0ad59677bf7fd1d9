package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hekad/heka/plugin"
)

const buffered = `
[in]
type = "ReaderInput"
[out]
type = "SinkOutput"
message_matcher = "TRUE"
use_buffering = true
[out.retries]
delay = "1ms"
max_jitter = "0s"
`

func TestBufferedOutputGetsEverythingInOrder(t *testing.T) {
	const n = 20_000
	s := &sink{}
	var last atomic.Int64
	text := numbered(n)
	g := newGraph(t, buffered, readerInput("ReaderInput", &reader{open: readers(text), delivered: func(_ int, pos int64) { last.Store(pos) }}),
		sinkOutput("SinkOutput", s))
	g.start()
	g.balanced()
	wantNumbered(t, s.payloads(), n)
	if last.Load() != int64(len(text)) {
		t.Errorf("position %d of %d", last.Load(), len(text))
	}
}

// TestQueueOnDiskOutlivesTheRun stops a run whose output takes nothing; the
// input's position has moved all the same, and the next run delivers.
func TestQueueOnDiskOutlivesTheRun(t *testing.T) {
	const n = 5000
	down := &sink{send: func(context.Context, string) error { return errors.New("server is down") }}
	var last atomic.Int64
	text := numbered(n)
	g := newGraph(t, buffered, readerInput("ReaderInput", &reader{open: readers(text), hold: true,
		delivered: func(_ int, pos int64) { last.Store(pos) }}), sinkOutput("SinkOutput", down))
	g.once = false
	h := g.start()
	until(t, "all messages to be safe on disk", func() bool { return last.Load() == int64(len(text)) })
	h.Kill()
	b := g.balanced()
	if b.Consumers[0].Left != n || b.Consumers[0].Delivered != 0 {
		t.Fatalf("books: %+v", b.Consumers[0])
	}

	up := &sink{}
	g2 := newGraph(t, buffered, readerInput("ReaderInput", &reader{open: readers("")}), sinkOutput("SinkOutput", up))
	g2.global.BaseDir = g.global.BaseDir
	g2.start()
	b = g2.balanced()
	wantNumbered(t, up.payloads(), n)
	if b.Consumers[0].Backlog != n || b.Consumers[0].Left != 0 {
		t.Errorf("books: %+v", b.Consumers[0])
	}
}

// TestAnOrderlyStopDoesNotWaitForAServerThatIsDown stops a run whose output fails
// in the middle of a batch: what is not delivered stays on disk, and only that.
func TestAnOrderlyStopDoesNotWaitForAServerThatIsDown(t *testing.T) {
	const n = 100
	down := &sink{send: func(_ context.Context, text string) error {
		if text == "42\n" {
			return errors.New("server is down")
		}
		return nil
	}}
	g := newGraph(t, buffered, readerInput("ReaderInput", &reader{open: readers(numbered(n)), hold: true}), sinkOutput("SinkOutput", down))
	g.once = false
	h := g.start()
	until(t, "the output to fail", func() bool { return h.Books().Consumers[0].Retried > 0 })
	h.Stop(0)
	b := g.balanced()
	if c := b.Consumers[0]; g.code != 0 || c.Delivered != 42 || c.Left != n-42 {
		t.Fatalf("exit code %d, books %+v\n%s", g.code, c, g.log)
	}
	if strings.Contains(g.log.String(), "giving up") || strings.Contains(g.log.String(), "balance") {
		t.Errorf("log:\n%s", g.log)
	}
	up := &sink{}
	g2 := newGraph(t, buffered, readerInput("ReaderInput", &reader{open: readers("")}), sinkOutput("SinkOutput", up))
	g2.global.BaseDir = g.global.BaseDir
	g2.start()
	g2.balanced()
	wantNumbered(t, append(down.payloads(), up.payloads()...), n)
}

func TestRestartedInstanceGetsUnacknowledgedMessagesFromDiskAgain(t *testing.T) {
	const n = 2000
	o := &gathering{}
	g := newGraph(t, buffered, readerInput("ReaderInput", &reader{open: readers(numbered(n))}),
		plugin.NewOutput("SinkOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { o.held = nil; return o, nil }))
	g.start()
	g.balanced()
	if !o.failed || len(o.got) != n {
		t.Fatalf("failed %v, delivered %d of %d", o.failed, len(o.got), n)
	}
}

// gathering holds batches until Flush, and loses what it holds once.
type gathering struct {
	held     []string
	receipts []plugin.Receipt
	got      map[string]bool
	failed   bool
}

func (o *gathering) Send(context.Context, *plugin.Pack) error {
	return errors.New("SendBatch is called instead")
}

func (o *gathering) SendBatch(_ context.Context, b *plugin.Batch) error {
	for _, p := range b.Packs {
		o.held = append(o.held, strings.Clone(p.Message.Payload()))
	}
	if len(o.held) > 1000 && !o.failed {
		o.failed = true
		o.receipts = nil
		return plugin.Fatal(fmt.Errorf("lost %d messages", len(o.held)))
	}
	o.receipts = append(o.receipts, b.Hold())
	return nil
}

func (o *gathering) FlushInterval() time.Duration { return 0 }

func (o *gathering) Flush(context.Context) error {
	if o.got == nil {
		o.got = make(map[string]bool)
	}
	for _, s := range o.held {
		o.got[s] = true
	}
	for _, r := range o.receipts {
		r.Deliver()
	}
	o.held, o.receipts = nil, nil
	return nil
}

// TestReceiptsFromAnotherGoroutineBlockNobody takes records from the queue on disk
// while receipts of earlier ones are delivered.
func TestReceiptsFromAnotherGoroutineBlockNobody(t *testing.T) {
	const n = 100_000
	o := &elsewhere{receipts: make(chan plugin.Receipt, 4), ended: make(chan struct{})}
	go o.deliver()
	g := newGraph(t, buffered, readerInput("ReaderInput", &reader{open: readers(numbered(n))}),
		plugin.NewOutput("SinkOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return o, nil }))
	g.start()
	if c := g.balanced().Consumers[0]; c.Delivered != n {
		t.Errorf("delivered %d of %d", c.Delivered, n)
	}
}

// elsewhere is an output that delivers its receipts on a goroutine of its own.
type elsewhere struct {
	receipts chan plugin.Receipt
	ended    chan struct{}
}

func (o *elsewhere) deliver() {
	defer close(o.ended)
	for r := range o.receipts {
		r.Deliver()
	}
}

func (o *elsewhere) Send(context.Context, *plugin.Pack) error {
	return errors.New("SendBatch is called instead")
}

func (o *elsewhere) SendBatch(_ context.Context, b *plugin.Batch) error {
	o.receipts <- b.Hold()
	return nil
}

func (o *elsewhere) Close() error {
	close(o.receipts)
	<-o.ended
	return nil
}

func TestBufferedFilterRunsToTheEnd(t *testing.T) {
	const n = 3000
	s := &sink{}
	g := newGraph(t, `
[in]
type = "ReaderInput"
[f]
type = "TagFilter"
message_matcher = "Logger == 'in'"
use_buffering = true
[out]
type = "SinkOutput"
message_matcher = "Type == 'made'"
`, readerInput("ReaderInput", &reader{open: readers(numbered(n))}), taggerFilter("TagFilter", &tagger{types: []string{"made"}}), sinkOutput("SinkOutput", s))
	g.start()
	g.balanced()
	wantNumbered(t, s.payloads(), n)
}

func TestFullQueueOnDisk(t *testing.T) {
	for _, action := range []string{"drop", "drop_oldest", "block"} {
		const n = 20_000
		gate := make(chan struct{})
		s := &sink{send: func(ctx context.Context, _ string) error {
			select {
			case <-gate:
			case <-ctx.Done():
			}
			return nil
		}}
		g := newGraph(t, buffered+fmt.Sprintf("[out.buffering]\nmax_file_size=100000\nmax_buffer_size=300000\nfull_action=%q\n", action),
			readerInput("ReaderInput", &reader{open: readers(numbered(n))}), sinkOutput("SinkOutput", s))
		h := g.start()
		until(t, "the queue to be full", func() bool {
			if action == "block" {
				return strings.Contains(g.log.String(), "waiting for room")
			}
			return len(h.Books().Consumers[0].Dropped) > 0
		})
		close(gate)
		c := g.balanced().Consumers[0]
		if got := len(s.payloads()); action == "block" && got != n || action != "block" && (got == n || got == 0) {
			t.Errorf("%s: delivered %d, dropped %v", action, got, c.Dropped)
		}
	}
}

func TestQueuesOnDiskMustNotShareADirectory(t *testing.T) {
	g := newGraph(t, strings.ReplaceAll(buffered, "[out", "[a-b")+
		"[a b]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\nuse_buffering=true\n",
		readerInput("ReaderInput", &reader{open: readers("")}), sinkOutput("SinkOutput", &sink{}))
	_, problems := g.tryBuild()
	if !strings.Contains(fmt.Sprint(problems), "same directory as that of [a-b]") {
		t.Errorf("problems: %v", problems)
	}
}

// TestAFullQueueThatStopsHekaLosesNothing lets a queue of full_action shutdown
// fill up; the message that did not fit is among those that the next run delivers.
func TestAFullQueueThatStopsHekaLosesNothing(t *testing.T) {
	const n = 5000
	gate := make(chan struct{})
	s := &sink{send: func(ctx context.Context, _ string) error {
		select {
		case <-gate:
		case <-ctx.Done():
		}
		return nil
	}}
	var delivered atomic.Int64
	text := numbered(n)
	g := newGraph(t, buffered+"[out.buffering]\nmax_file_size=100000\nmax_buffer_size=150000\n", // shutdown is the default
		readerInput("ReaderInput", &reader{open: readers(text), hold: true, delivered: func(_ int, pos int64) { delivered.Store(pos) }}), sinkOutput("SinkOutput", s))
	g.once = false
	g.start()
	until(t, "heka to stop", func() bool { return strings.Contains(g.log.String(), "Shutdown initiated") })
	close(gate)
	b := g.balanced()
	if !strings.Contains(g.log.String(), "can't deliver matched message: Queue is full") || g.code != 1 || len(b.Consumers[0].Dropped) > 0 {
		t.Errorf("exit code %d, books %+v\n%s", g.code, b, g.log)
	}
	// What the input knows to be safe is delivered or on disk.
	if safe := strings.Count(text[:delivered.Load()], "\n"); int64(safe) != int64(b.Consumers[0].Delivered)+b.Consumers[0].Left {
		t.Errorf("%d messages are acknowledged, books %+v", safe, b.Consumers[0])
	}
	up := &sink{}
	g2 := newGraph(t, buffered, readerInput("ReaderInput", &reader{open: readers(text[delivered.Load():])}), sinkOutput("SinkOutput", up))
	g2.global.BaseDir = g.global.BaseDir
	g2.start()
	g2.balanced()
	wantNumbered(t, append(s.payloads(), up.payloads()...), n)
}
