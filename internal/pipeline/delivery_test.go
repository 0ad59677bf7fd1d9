package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

func wantNumbered(t *testing.T, got []string, n int) {
	t.Helper()
	if len(got) != n {
		t.Fatalf("%d messages, want %d", len(got), n)
	}
	for i, s := range got {
		if s != fmt.Sprintf("%d\n", i) {
			t.Fatalf("message %d is %q", i, s)
		}
	}
}

// pausing is a reader of pieces of growing and shrinking size with a pause after
// each.
type pausing struct {
	io.Reader
	pieces int
}

func (p *pausing) Wait(rest func()) { rest() }

func (p *pausing) Read(b []byte) (int, error) {
	p.pieces++
	size := 1 + p.pieces*37%20_000
	return p.Reader.Read(b[:min(size, len(b))])
}

func TestEveryRecordReachesEveryConsumerInOrder(t *testing.T) {
	const n = 20_000
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"large reads": func(r io.Reader) io.Reader { return r },
		"byte reads":  iotest.OneByteReader,
		"half reads":  iotest.HalfReader,
		"data at EOF": iotest.DataErrReader,
		"pauses":      func(r io.Reader) io.Reader { return &pausing{Reader: r} },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := &sink{}, &sink{}
			g := newGraph(t, `
[in]
type = "ReaderInput"
[a]
type = "AOutput"
message_matcher = "TRUE"
[b]
type = "BOutput"
message_matcher = "Logger == 'in'"
[c]
type = "BOutput"
message_matcher = "Type == 'nobody'"
`, readerInput("ReaderInput", &reader{open: func() []io.Reader { return []io.Reader{wrap(strings.NewReader(numbered(n)))} }}),
				sinkOutput("AOutput", a), sinkOutput("BOutput", b))
			g.start()
			books := g.balanced()
			wantNumbered(t, a.payloads(), n)
			wantNumbered(t, b.payloads(), n)
			if books.Received != n || books.Unmatched != 0 {
				t.Errorf("books: %+v", books)
			}
		})
	}
}

func TestPositionMovesInOrderAndOnlyBehindTheSlowest(t *testing.T) {
	const n = 5000
	release := make(chan struct{})
	slow := &sink{send: func(ctx context.Context, s string) error {
		if s == "2500\n" {
			select {
			case <-release:
			case <-ctx.Done():
			}
		}
		return nil
	}}
	fast := &sink{}
	var last atomic.Int64
	text := numbered(n)
	g := newGraph(t, `
[in]
type = "ReaderInput"
[slow]
type = "SlowOutput"
message_matcher = "TRUE"
[fast]
type = "FastOutput"
message_matcher = "TRUE"
`, readerInput("ReaderInput", &reader{open: readers(text), delivered: func(_ int, pos int64) {
		if pos < last.Load() {
			t.Errorf("position went back from %d to %d", last.Load(), pos)
		}
		last.Store(pos)
	}}), sinkOutput("SlowOutput", slow), sinkOutput("FastOutput", fast))
	g.start()
	held := int64(strings.Index(text, "\n2500\n") + 1)
	until(t, "the slow output to reach its stop", func() bool { return len(slow.payloads()) == 2500 })
	if p := last.Load(); p > held {
		t.Errorf("position is %d although the message at %d is not delivered", p, held)
	}
	close(release)
	g.balanced()
	if last.Load() != int64(len(text)) {
		t.Errorf("position at the end is %d of %d", last.Load(), len(text))
	}
}

func TestHungOutputStopsOnlyPathsThatIncludeIt(t *testing.T) {
	const n = 50_000
	hung := &sink{send: func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }}
	fine := &sink{}
	g := newGraph(t, `
[bad]
type = "BadInput"
[good]
type = "GoodInput"
[hung]
type = "HungOutput"
message_matcher = "Logger == 'bad'"
[fine]
type = "FineOutput"
message_matcher = "Logger == 'good'"
`, readerInput("BadInput", &reader{open: readers(numbered(n))}), readerInput("GoodInput", &reader{open: readers(numbered(n))}),
		sinkOutput("HungOutput", hung), sinkOutput("FineOutput", fine))
	g.once = false
	g.global.MaxPackIdle = 1
	h := g.start()
	until(t, "all of the good path", func() bool { return len(fine.payloads()) == n })
	until(t, "the report to name the hung output", func() bool {
		text := pipeline.ReportText(h.Report())
		at := strings.Index(text, "hung:\n")
		return at > 0 && !strings.Contains(text[at:], "LeakCount: 0\n    State: running\nfine")
	})
}

func TestFailingOutputRetriesUntilDelivered(t *testing.T) {
	var tries atomic.Int64
	s := &sink{send: func(_ context.Context, text string) error {
		if text == "3\n" && tries.Add(1) < 4 {
			return errors.New("not yet")
		}
		return nil
	}}
	g := newGraph(t, "[in]\ntype=\"ReaderInput\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n",
		readerInput("ReaderInput", &reader{open: readers(numbered(10))}), sinkOutput("SinkOutput", s))
	g.start()
	b := g.balanced()
	wantNumbered(t, s.payloads(), 10)
	if b.Consumers[0].Retried != 3 || b.Consumers[0].Delivered != 10 {
		t.Errorf("books: %+v", b.Consumers[0])
	}
}

func TestRefusedMessagesAreDroppedByReason(t *testing.T) {
	s := &sink{send: func(_ context.Context, text string) error {
		if text == "3\n" || text == "7\n" {
			return plugin.Refused("mapping", errors.New("no such index"))
		}
		return nil
	}}
	g := newGraph(t, "[in]\ntype=\"ReaderInput\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n",
		readerInput("ReaderInput", &reader{open: readers(numbered(10))}), sinkOutput("SinkOutput", s))
	g.start()
	c := g.balanced().Consumers[0]
	if c.Delivered != 8 || len(c.Dropped) != 1 || c.Dropped[0] != (pipeline.Count{Name: "mapping", N: 2}) {
		t.Errorf("books: %+v", c)
	}
}

func TestPanicCostsOneMessage(t *testing.T) {
	s := &sink{send: func(_ context.Context, text string) error {
		if text == "5\n" {
			panic("boom")
		}
		return nil
	}}
	g := newGraph(t, "[in]\ntype=\"ReaderInput\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n[out.retries]\ndelay=\"1ms\"\nmax_jitter=\"0s\"\n",
		readerInput("ReaderInput", &reader{open: readers(numbered(10))}), sinkOutput("SinkOutput", s))
	g.start()
	c := g.balanced().Consumers[0]
	if c.Delivered != 9 || len(c.Dropped) != 1 || c.Dropped[0] != (pipeline.Count{Name: "panic", N: 1}) {
		t.Errorf("books: %+v", c)
	}
	if !strings.Contains(g.log.String(), "panic: boom") {
		t.Errorf("log does not tell:\n%s", g.log)
	}
}

func TestFatalErrorRestartsTheOutputAndKeepsTheMessage(t *testing.T) {
	var failed atomic.Bool
	s := &sink{send: func(_ context.Context, text string) error {
		if text == "5\n" && failed.CompareAndSwap(false, true) {
			return plugin.Fatal(errors.New("connection lost"))
		}
		return nil
	}}
	g := newGraph(t, "[in]\ntype=\"ReaderInput\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n[out.retries]\ndelay=\"1ms\"\nmax_jitter=\"0s\"\n",
		readerInput("ReaderInput", &reader{open: readers(numbered(10))}), sinkOutput("SinkOutput", s))
	g.start()
	g.balanced()
	wantNumbered(t, s.payloads(), 10)
}

func TestOutputThatEndsStopsHekaUnlessItMay(t *testing.T) {
	for _, canExit := range []bool{false, true} {
		s := &sink{send: func(context.Context, string) error { return plugin.Exit(errors.New("enough")) }}
		after := &sink{}
		g := newGraph(t, fmt.Sprintf(`
[in]
type = "ReaderInput"
[out]
type = "SinkOutput"
message_matcher = "Logger == 'in'"
can_exit = %v
[watch]
type = "AfterOutput"
message_matcher = "Type == 'heka.terminated'"
`, canExit), readerInput("ReaderInput", &reader{open: readers(numbered(10)), hold: true}), sinkOutput("SinkOutput", s), sinkOutput("AfterOutput", after))
		g.once = false
		h := g.start()
		if canExit {
			until(t, "the termination message", func() bool { return len(after.payloads()) == 1 })
			if want := "out (type SinkOutput) terminated. Error: enough"; after.payloads()[0] != want {
				t.Errorf("payload %q, want %q", after.payloads()[0], want)
			}
			h.Stop(0)
		}
		b := g.balanced()
		if want := map[bool]int{false: 1, true: 0}[canExit]; g.code != want {
			t.Errorf("can_exit %v: exit code %d, want %d", canExit, g.code, want)
		}
		if d := b.Consumers[0].Dropped; len(d) != 1 || d[0].N != 10 {
			t.Errorf("can_exit %v: dropped %v, want 10 messages", canExit, d)
		}
	}
}

// later is a reader that has something to read once a channel is closed.
type later struct {
	after <-chan struct{}
	io.Reader
}

func (l later) Read(b []byte) (int, error) {
	<-l.after
	return l.Reader.Read(b)
}

func TestFullQueuePolicies(t *testing.T) {
	const n = 20_000
	first, rest, _ := strings.Cut(numbered(n), "\n")
	for _, action := range []string{"drop", "drop_oldest"} {
		gate, finished, held := make(chan struct{}), make(chan struct{}), make(chan struct{})
		var once sync.Once
		s := &sink{send: func(ctx context.Context, _ string) error {
			once.Do(func() { close(held) })
			select {
			case <-gate:
			case <-ctx.Done():
			}
			return nil
		}}
		g := newGraph(t, fmt.Sprintf("[in]\ntype=\"ReaderInput\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\nfull_action=%q\n", action),
			readerInput("ReaderInput", &reader{open: func() []io.Reader {
				return []io.Reader{io.MultiReader(strings.NewReader(first+"\n"), later{held, strings.NewReader(rest)})}
			}, finished: finished}), sinkOutput("SinkOutput", s))
		g.start()
		<-finished
		close(gate)
		c := g.balanced().Consumers[0]
		got := s.payloads()
		if len(c.Dropped) != 1 || c.Dropped[0].Name != "queue_full" || c.Dropped[0].N+uint64(len(got)) != n {
			t.Errorf("%s: dropped %v, delivered %d of %d", action, c.Dropped, len(got), n)
		}
		// The output was holding the first message; what waited behind it is old or new.
		old := slices.Contains(got, "1000\n")
		if newest := got[len(got)-1] == fmt.Sprintf("%d\n", n-1); old != (action == "drop") || action == "drop_oldest" && !newest {
			t.Errorf("%s: last delivered is %q, an old one delivered: %v", action, got[len(got)-1], old)
		}
	}
}

func TestStopByForceNamesWhatIsLeft(t *testing.T) {
	hung := &sink{send: func(ctx context.Context, _ string) error { select {} }}
	g := newGraph(t, "[hekad]\nshutdown_timeout=\"50ms\"\n[in]\ntype=\"ReaderInput\"\n[stuck]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n",
		readerInput("ReaderInput", &reader{open: readers(numbered(10)), hold: true}), sinkOutput("SinkOutput", hung))
	g.once = false
	g.global.ShutdownTimeout = 50e6
	h := g.start()
	until(t, "messages at the output", func() bool { return h.Books().Consumers[0].Matched == 10 })
	h.Stop(0)
	g.wait()
	if g.code == 0 {
		t.Error("exit code 0 although messages were left")
	}
	for _, want := range []string{"'stuck' error: did not stop", "10 messages left undelivered"} {
		if !strings.Contains(g.log.String(), want) {
			t.Errorf("log lacks %q:\n%s", want, g.log)
		}
	}
}
