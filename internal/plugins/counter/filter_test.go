package counter

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// injected collects what a filter makes.
type injected struct {
	messages []*message.Message
	full     error
}

func (i *injected) New() (*plugin.Pack, error) {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	return p, i.full
}

func (i *injected) Inject(p *plugin.Pack) error {
	i.messages = append(i.messages, &p.Message)
	return nil
}

func (i *injected) payloads() []string {
	var all []string
	for _, m := range i.messages {
		all = append(all, m.Payload())
	}
	i.messages = nil
	return all
}

func newTestFilter(t *testing.T) *Filter {
	t.Helper()
	env, _ := feedtest.Env(t, "CounterFilter")
	f := feedtest.Build[*Filter, any](t, Plugins(), "CounterFilter", env)
	if err := f.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

func process(t *testing.T, f *Filter, n int) {
	t.Helper()
	if err := f.ProcessBatch(t.Context(), plugin.NewBatch(make([]*plugin.Pack, n-1), nil), nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Process(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
}

func TestTickTellsTotalAndRate(t *testing.T) {
	f := newTestFilter(t)
	out := new(injected)
	start := f.since
	tick := func(after time.Duration) []string {
		t.Helper()
		if err := f.Tick(t.Context(), start.Add(after), out); err != nil {
			t.Fatal(err)
		}
		return out.payloads()
	}
	if got := tick(5 * time.Second); got != nil {
		t.Errorf("an idle tick sends %q", got)
	}
	process(t, f, 1523)
	if got := tick(10 * time.Second); !slices.Equal(got, []string{"Got 1523 messages. 152.30 msg/sec"}) {
		t.Errorf("rate over idle time: %q", got)
	}
	process(t, f, 10)
	if err := f.Tick(t.Context(), start.Add(15*time.Second), out); err != nil {
		t.Fatal(err)
	}
	m := out.messages[0]
	if m.Type() != "heka.counter-output" || m.Logger() != "CounterFilter" || m.Payload() != "Got 1533 messages. 2.00 msg/sec" {
		t.Errorf("type %q, logger %q, payload %q", m.Type(), m.Logger(), m.Payload())
	}
	count, _ := m.FindField("count", 0).Integer(0)
	delta, _ := m.FindField("delta", 0).Integer(0)
	rate, _ := m.FindField("rate", 0).Double(0)
	if count != 1533 || delta != 10 || rate != 2 || m.FindField("rate", 0).Representation() != "msg/s" {
		t.Errorf("count %d, delta %d, rate %v", count, delta, rate)
	}
}

func TestTenRatesMakeASummary(t *testing.T) {
	f := newTestFilter(t)
	out := new(injected)
	now := f.since
	for round := range 2 {
		for i := range 10 {
			process(t, f, (i+1)*10)
			now = now.Add(time.Second)
			if err := f.Tick(t.Context(), now, out); err != nil {
				t.Fatal(err)
			}
		}
		got := out.payloads()
		if len(got) != 11 || got[10] != "AGG Sum. Min: 10.00    Max: 100.00    Mean: 55.00" {
			t.Errorf("round %d: %q", round, got)
		}
	}
}

func TestAMessageThatCannotBeMadeIsMadeUpFor(t *testing.T) {
	f := newTestFilter(t)
	process(t, f, 10)
	out := &injected{full: errors.New("exceeded MaxMsgLoops = 4")}
	if err := f.Tick(t.Context(), f.since.Add(time.Second), out); !errors.Is(err, out.full) {
		t.Errorf("error %v", err)
	}
	out.full = nil
	if err := f.Tick(t.Context(), f.since.Add(2*time.Second), out); err != nil {
		t.Fatal(err)
	}
	if got := out.payloads(); !slices.Equal(got, []string{"Got 10 messages. 5.00 msg/sec"}) {
		t.Errorf("got %q", got)
	}
}

func TestDefaults(t *testing.T) {
	p := feedtest.Find(t, Plugins(), "CounterFilter")
	if p.Consumer.MessageMatcher != "Type != 'heka.counter-output'" || p.Consumer.TickerInterval != 5 {
		t.Errorf("defaults %+v", p.Consumer)
	}
}
