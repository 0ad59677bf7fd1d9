package stats

import (
	"context"
	"sync"
	"time"

	"github.com/hekad/heka/plugin"
)

// Accum is the StatAccumInput plugin. It implements plugin.StatAccumulator.
type Accum struct {
	config *AccumConfig
	env    *plugin.Env
	names  names
	buf    []byte // of the last payload

	mu      sync.Mutex // guards what follows
	running bool
	buckets buckets
	flushes int64
}

func newAccum(c *AccumConfig, env *plugin.Env) (plugin.Input, error) {
	return &Accum{config: c, env: env, names: newNames(c), running: true, buckets: buckets{
		signedGauges: c.SignedGauges, maxStats: c.MaxStats, maxValues: c.MaxValues}}, nil
}

// Run flushes at each tick, and once more when ctx is done.
func (a *Accum) Run(ctx context.Context, feed plugin.Feed) error {
	stream, err := feed.Open(plugin.StreamOptions{})
	if err != nil {
		return err
	}
	defer stream.Close()
	for {
		select {
		case now := <-feed.Tick():
			a.flush(stream, now, false)
		case <-ctx.Done():
			a.flush(stream, time.Now(), true)
			return nil
		}
	}
}

// flush sends what was gathered; the last time nothing is taken any more.
func (a *Accum) flush(stream plugin.Stream, now time.Time, last bool) {
	a.mu.Lock()
	s := a.buckets.take(a.config.DeleteIdleStats)
	a.running = !last
	a.flushes++
	a.mu.Unlock()
	a.emit(stream, &s, now.Unix())
}

// Accumulate implements plugin.StatAccumulator.
//
// hot: once per batch of measurements.
func (a *Accum) Accumulate(stats []plugin.Stat) error {
	var dropped error
	a.mu.Lock()
	if !a.running {
		a.mu.Unlock()
		return plugin.ErrNotAccumulating
	}
	for i := range stats {
		if err := a.buckets.add(&stats[i]); err != nil {
			a.buckets.dropped++
			dropped = err
		}
	}
	a.mu.Unlock()
	if dropped != nil {
		a.env.Log.Warn("dropping measurements: " + dropped.Error())
	}
	return nil
}

// Report implements plugin.Reporter.
func (a *Accum) Report(r *plugin.Report) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r.Add("ReceivedStats", a.buckets.received, "count")
	r.Add("DroppedStats", a.buckets.dropped, "count")
	r.Add("UnreadableValues", a.buckets.unreadable, "count")
	r.Add("DistinctStats", int64(a.buckets.stats()), "count")
	r.Add("Flushes", a.flushes, "count")
}
