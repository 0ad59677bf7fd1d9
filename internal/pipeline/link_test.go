package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/hekad/heka/plugin"
)

// adder is an accumulator that tells at its end how much it got.
type adder struct {
	mu   sync.Mutex
	got  int
	over bool
}

func (a *adder) Accumulate(stats []plugin.Stat) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over {
		return plugin.ErrNotAccumulating
	}
	a.got += len(stats)
	return nil
}

func (a *adder) Run(ctx context.Context, in plugin.Feed) error {
	s, err := in.Open(plugin.StreamOptions{})
	if err != nil {
		return err
	}
	defer s.Close()
	<-ctx.Done()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	p := s.Pack()
	p.Message.SetType("sum")
	p.Message.SetPayload(fmt.Sprint(a.got))
	s.Deliver(p, nil)
	return nil
}

// measurer is a filter that measures each message.
type measurer struct {
	find func(string) plugin.Input
}

func (f *measurer) Link(find func(string) plugin.Input) error {
	f.find = find
	_, err := plugin.AccumulatorNamed(find, "adder")
	return err
}

func (f *measurer) Process(_ context.Context, p *plugin.Pack, _ plugin.Injector) error {
	a, err := plugin.AccumulatorNamed(f.find, "adder")
	if err == nil {
		err = a.Accumulate([]plugin.Stat{{Bucket: "n", Value: "1", Rate: 1}})
	}
	return err
}

const linkedTOML = `
[in]
type = "ReaderInput"
[adder]
type = "%s"
can_exit = true
[f]
type = "MeasureFilter"
message_matcher = "Type != 'sum'"
[out]
type = "SinkOutput"
message_matcher = "Type == 'sum'"
`

func newLinked(t *testing.T, accum string, r *reader, s *sink) *graph {
	return newGraph(t, fmt.Sprintf(linkedTOML, accum), readerInput("ReaderInput", r), sinkOutput("SinkOutput", s),
		plugin.NewInput("AdderInput", none{}, func(*none, *plugin.Env) (plugin.Input, error) { return new(adder), nil }),
		plugin.NewFilter("MeasureFilter", none{}, func(*none, *plugin.Env) (plugin.Filter, error) { return new(measurer), nil }))
}

func TestAccumulatorsEndAfterThoseThatFeedThem(t *testing.T) {
	const n = 2000
	s := new(sink)
	g := newLinked(t, "AdderInput", &reader{open: readers(numbered(n))}, s)
	g.start()
	g.balanced()
	if got := s.payloads(); len(got) != 1 || got[0] != fmt.Sprint(n) {
		t.Errorf("run once: the sum is %q", got)
	}
	s = new(sink)
	all := make(chan struct{})
	g = newLinked(t, "AdderInput", &reader{open: readers(numbered(n)), hold: true, finished: all}, s)
	g.once = false
	g.start()
	<-all
	g.host.Stop(0)
	g.balanced()
	if got := s.payloads(); len(got) != 1 || got[0] != fmt.Sprint(n) {
		t.Errorf("stopped: the sum is %q", got)
	}
}

func TestLinksAreCheckedAtLoad(t *testing.T) {
	g := newLinked(t, "ReaderInput", &reader{open: readers("")}, new(sink))
	_, problems := g.tryBuild()
	if len(problems) != 1 || !strings.Contains(problems[0].String(), "[f] stat_accum_name: Input 'adder' is not a StatAccumulator") {
		t.Errorf("problems %v", problems)
	}
}
