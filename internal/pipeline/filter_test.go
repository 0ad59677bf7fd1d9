package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// tagger is a filter that injects copies of what it gets under other types.
type tagger struct {
	mu    sync.Mutex
	types []string // of the messages to inject for each one processed
	seen  int
	errs  []string
	ticks int
	act   func(p *plugin.Pack) error
}

func taggerFilter(typ string, f *tagger) plugin.Plugin {
	return plugin.NewFilter(typ, none{}, func(*none, *plugin.Env) (plugin.Filter, error) { return f, nil })
}

func (f *tagger) Process(_ context.Context, p *plugin.Pack, out plugin.Injector) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen++
	if f.act != nil {
		if err := f.act(p); err != nil {
			return err
		}
	}
	for _, typ := range f.types {
		q, err := out.New()
		if err != nil {
			f.errs = append(f.errs, err.Error())
			return nil
		}
		q.Message.SetType(typ)
		q.Message.SetPayload(p.Message.Payload())
		if err := out.Inject(q); err != nil {
			f.errs = append(f.errs, err.Error())
		}
	}
	return nil
}

func (f *tagger) Tick(context.Context, time.Time, plugin.Injector) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ticks++
	return nil
}

func TestInjectedMessagesKeepTheirOrder(t *testing.T) {
	const n = 5000
	s := &sink{}
	g := newGraph(t, `
[in]
type = "ReaderInput"
[f]
type = "TagFilter"
message_matcher = "Logger == 'in'"
[out]
type = "SinkOutput"
message_matcher = "Type == 'made' && Hostname == 'test' && Pid > 0 && Uuid != '' && Timestamp > 0"
`, readerInput("ReaderInput", &reader{open: readers(numbered(n))}), taggerFilter("TagFilter", &tagger{types: []string{"made"}}), sinkOutput("SinkOutput", s))
	g.start()
	b := g.balanced()
	wantNumbered(t, s.payloads(), n)
	if b.Injected != n {
		t.Errorf("injected %d", b.Injected)
	}
}

func TestFilterMayNotInjectToItself(t *testing.T) {
	f := &tagger{types: []string{"again"}}
	g := newGraph(t, `
[in]
type = "ReaderInput"
[f]
type = "TagFilter"
message_matcher = "TRUE"
`, readerInput("ReaderInput", &reader{open: readers("x\n")}), taggerFilter("TagFilter", f))
	g.start()
	g.balanced()
	if f.seen != 1 || len(f.errs) != 1 || f.errs[0] != "attempted to Inject a message to itself" {
		t.Errorf("seen %d, errors %q", f.seen, f.errs)
	}
}

func TestLoopsEndAfterMaxMessageLoops(t *testing.T) {
	a, b := &tagger{types: []string{"toB"}}, &tagger{types: []string{"toA"}}
	g := newGraph(t, `
[in]
type = "ReaderInput"
[a]
type = "AFilter"
message_matcher = "Type == '' || Type == 'toA'"
[b]
type = "BFilter"
message_matcher = "Type == 'toB'"
`, readerInput("ReaderInput", &reader{open: readers("x\n")}), taggerFilter("AFilter", a), taggerFilter("BFilter", b))
	g.start()
	g.balanced()
	// Generations 0, 2 and 4 reach a; 1 and 3 reach b.
	if a.seen != 3 || b.seen != 2 || len(a.errs) != 1 || a.errs[0] != "exceeded MaxMsgLoops = 4" {
		t.Errorf("a %d %q, b %d %q", a.seen, a.errs, b.seen, b.errs)
	}
}

func TestFilterErrorsAreCounted(t *testing.T) {
	f := &tagger{act: func(p *plugin.Pack) error {
		if p.Message.Payload() == "1\n" {
			return errors.New("cannot do this")
		}
		return nil
	}}
	g := newGraph(t, "[in]\ntype=\"ReaderInput\"\n[f]\ntype=\"TagFilter\"\nmessage_matcher=\"TRUE\"\n",
		readerInput("ReaderInput", &reader{open: readers(numbered(3))}), taggerFilter("TagFilter", f))
	g.start()
	c := g.balanced().Consumers[0]
	if c.Delivered != 2 || len(c.Dropped) != 1 || c.Dropped[0].Name != "failed" {
		t.Errorf("books: %+v", c)
	}
}

func TestTimerEventsComeWhileTheQueueIsBusy(t *testing.T) {
	f := &tagger{}
	s := &sink{}
	stop := make(chan struct{})
	g := newGraph(t, "[in]\ntype=\"EndlessInput\"\n[f]\ntype=\"TagFilter\"\nmessage_matcher=\"TRUE\"\nticker_interval=1\n",
		plugin.NewInput("EndlessInput", none{}, func(*none, *plugin.Env) (plugin.Input, error) { return endless{stop}, nil },
			plugin.InputDefaults(func(o *plugin.InputOptions) { o.Splitter = "TokenSplitter" })),
		taggerFilter("TagFilter", f), sinkOutput("SinkOutput", s))
	g.start()
	until(t, "two timer events", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.ticks >= 2 })
	close(stop)
	g.balanced()
}

type endless struct{ stop chan struct{} }

func (e endless) Run(ctx context.Context, in plugin.Feed) error {
	s, err := in.Open(plugin.StreamOptions{})
	if err != nil {
		return err
	}
	defer s.Close()
	for {
		select {
		case <-e.stop:
			return nil
		case <-ctx.Done():
			return nil
		default:
			s.Split(strings.NewReader(numbered(100)))
		}
	}
}

// TestNoGraphOfFiltersBlocks builds random graphs of filters that inject into
// one another, cycles included, with tiny queues, slow and failing plugins and
// one output that never takes anything; every path without that output must
// drain, and the books must balance there.
func TestNoGraphOfFiltersBlocks(t *testing.T) {
	drawtest.Rapid(t)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(rt, "filters")
		stuck := rapid.Bool().Draw(rt, "stuck output")
		var toml strings.Builder
		toml.WriteString("[in]\ntype=\"ReaderInput\"\n")
		plugins := []plugin.Plugin{readerInput("ReaderInput", &reader{open: readers(numbered(300))})}
		for i := range n {
			f := &tagger{}
			for range rapid.IntRange(0, 2).Draw(rt, "fan-out") {
				f.types = append(f.types, fmt.Sprintf("t%d", rapid.IntRange(0, n).Draw(rt, "target")))
			}
			if rapid.Bool().Draw(rt, "slow") {
				f.act = func(*plugin.Pack) error {
					if rand.IntN(50) == 0 {
						return errors.New("no")
					}
					return nil
				}
			}
			name := fmt.Sprintf("F%dFilter", i)
			matcher := fmt.Sprintf("Type == 't%d'", i)
			if i == 0 {
				matcher = "Type == '' || Type == 't0'"
			}
			fmt.Fprintf(&toml, "[%s]\nmessage_matcher=\"%s\"\n", name, matcher)
			plugins = append(plugins, taggerFilter(name, f))
		}
		out := &sink{}
		fmt.Fprintf(&toml, "[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"Type != ''\"\n")
		plugins = append(plugins, sinkOutput("SinkOutput", out))
		if stuck {
			// Injected messages never wait for it, so the filters drain.
			fmt.Fprintf(&toml, "[stuck]\ntype=\"StuckOutput\"\nmessage_matcher=\"Type == 't1'\"\n")
			plugins = append(plugins, sinkOutput("StuckOutput", &sink{send: func(ctx context.Context, _ string) error {
				<-ctx.Done()
				return ctx.Err()
			}}))
		}
		g := newGraph(t, toml.String(), plugins...)
		g.global.PluginChanSize = 1
		h := g.start()
		until(t, "all filters and the free output to drain", func() bool {
			b := h.Books()
			if b.Received != 300 {
				return false
			}
			for _, c := range b.Consumers {
				if c.Name != "stuck" && c.InFlight != 0 {
					return false
				}
			}
			return true
		})
		if stuck {
			h.Kill()
		}
		b := g.wait()
		if err := b.Check(); err != nil {
			rt.Fatalf("books: %v", err)
		}
	})
}

// farewell is a filter that injects a message of a type when it ends.
type farewell struct {
	seen []string
	typ  string
}

func (f *farewell) Process(_ context.Context, p *plugin.Pack, _ plugin.Injector) error {
	f.seen = append(f.seen, strings.Clone(p.Message.Type()+p.Message.Payload()))
	return nil
}

func (f *farewell) Finish(_ context.Context, out plugin.Injector) error {
	p, err := out.New()
	if err != nil {
		return err
	}
	p.Message.SetType(f.typ)
	p.Message.SetPayload(strings.Join(f.seen, " "))
	return out.Inject(p)
}

func farewellFilter(typ string, f *farewell) plugin.Plugin {
	return plugin.NewFilter(typ, none{}, func(*none, *plugin.Env) (plugin.Filter, error) { return f, nil })
}

func TestFiltersInjectAtTheirEnd(t *testing.T) {
	s := &sink{}
	g := newGraph(t, `
[in]
type = "ReaderInput"
[AFilter]
message_matcher = "Logger == 'in'"
[BFilter]
message_matcher = "Type == 'a'"
[out]
type = "SinkOutput"
message_matcher = "Type == 'b'"
`, readerInput("ReaderInput", &reader{open: readers("1\n2\n")}), farewellFilter("AFilter", &farewell{typ: "a"}),
		farewellFilter("BFilter", &farewell{typ: "b"}), sinkOutput("SinkOutput", s))
	g.start()
	g.balanced()
	if got := s.payloads(); len(got) != 1 || got[0] != "a1\n 2\n" {
		t.Errorf("%q", got)
	}
}

func TestTerminatedFilterAnnouncesItsEndItself(t *testing.T) {
	for _, canExit := range []bool{true, false} {
		s := &typeSink{}
		f := &tagger{act: func(*plugin.Pack) error {
			return plugin.Terminated(errors.New("enough"), func(m *message.Message) {
				m.SetType("my.end")
				m.SetPayload("of this filter")
			})
		}}
		g := newGraph(t, fmt.Sprintf(`
[in]
type = "ReaderInput"
[f]
type = "TagFilter"
message_matcher = "TRUE"
can_exit = %v
[out]
type = "SinkOutput"
message_matcher = "Logger == 'hekad' && Hostname == 'test' && Uuid != ''"
`, canExit), readerInput("ReaderInput", &reader{open: readers("1\n")}), taggerFilter("TagFilter", f),
			plugin.NewOutput("SinkOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return s, nil }))
		g.start()
		g.balanced()
		if got := fmt.Sprint(s.got); got != "[my.end]" {
			t.Errorf("can_exit %v: %s", canExit, got)
		}
		if want := map[bool]int{true: 0, false: 1}[canExit]; g.code != want {
			t.Errorf("can_exit %v: exit code %d", canExit, g.code)
		}
	}
}
