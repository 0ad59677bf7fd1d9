package counter

import (
	"context"
	"fmt"
	"time"

	"github.com/hekad/heka/plugin"
)

// samples is how many rates make a summary.
const samples = 10

// Filter is the CounterFilter plugin.
type Filter struct {
	name  string
	count int64     // since the start
	told  int64     // count at the last message
	since time.Time // of the last message, or the start
	rates []float64 // since the last summary
}

func newFilter(_ *FilterConfig, env *plugin.Env) (plugin.Filter, error) {
	return &Filter{name: env.Name, rates: make([]float64, 0, samples)}, nil
}

// Prepare begins the time that the first rate is for.
func (f *Filter) Prepare(context.Context) error {
	f.since = time.Now()
	return nil
}

// Process implements plugin.Filter.
func (f *Filter) Process(context.Context, *plugin.Pack, plugin.Injector) error {
	f.count++
	return nil
}

// ProcessBatch implements plugin.BatchFilter.
func (f *Filter) ProcessBatch(_ context.Context, b *plugin.Batch, _ plugin.Injector) error {
	f.count += int64(len(b.Packs))
	return nil
}

// Tick implements plugin.FilterTicker. Idle ticks do not move the time that the
// rate is for.
func (f *Filter) Tick(_ context.Context, now time.Time, out plugin.Injector) error {
	delta := f.count - f.told
	elapsed := now.Sub(f.since).Seconds()
	if delta == 0 || elapsed <= 0 {
		return nil
	}
	rate := float64(delta) / elapsed
	p, err := f.message(out, fmt.Sprintf("Got %d messages. %.2f msg/sec", f.count, rate))
	if err != nil {
		return err
	}
	p.Message.AddInteger("count", f.count, "count")
	p.Message.AddInteger("delta", delta, "count")
	p.Message.AddDouble("rate", rate, "msg/s")
	f.told, f.since = f.count, now
	f.rates = append(f.rates, rate)
	if err := out.Inject(p); err != nil || len(f.rates) < samples {
		return err
	}
	return f.summary(out)
}

func (f *Filter) summary(out plugin.Injector) error {
	lowest, highest, sum := f.rates[0], f.rates[0], 0.0
	for _, r := range f.rates {
		lowest, highest, sum = min(lowest, r), max(highest, r), sum+r
	}
	mean := sum / float64(len(f.rates))
	f.rates = f.rates[:0]
	p, err := f.message(out, fmt.Sprintf("AGG Sum. Min: %.2f    Max: %.2f    Mean: %.2f", lowest, highest, mean))
	if err != nil {
		return err
	}
	p.Message.AddDouble("min", lowest, "msg/s")
	p.Message.AddDouble("max", highest, "msg/s")
	p.Message.AddDouble("mean", mean, "msg/s")
	return out.Inject(p)
}

func (f *Filter) message(out plugin.Injector, payload string) (*plugin.Pack, error) {
	p, err := out.New()
	if err != nil {
		return nil, err
	}
	p.Message.SetType("heka.counter-output")
	p.Message.SetLogger(f.name)
	p.Message.SetPayload(payload)
	return p, nil
}
