package sandbox

import (
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/plugin"
)

// counters are those that scripts report. One goroutine counts, others may read.
type counters struct {
	denominator int64
	count       atomic.Int64
	failures    atomic.Int64
	injected    atomic.Int64
	bytes       atomic.Int64
	messages    stopwatch
	timers      stopwatch
	profile     stopwatch
	profiling   int64 // messages that are still to be measured for the profile
}

// stopwatch adds up durations.
type stopwatch struct{ samples, nanoseconds atomic.Int64 }

func (w *stopwatch) add(d time.Duration) {
	w.samples.Add(1)
	w.nanoseconds.Add(int64(d))
}

func (w *stopwatch) average() int64 { return w.nanoseconds.Load() / max(w.samples.Load(), 1) }

func (c *counters) init(env *plugin.Env) { c.denominator = max(int64(env.SampleDenominator), 1) }

// begin returns the time when a message is to be measured: the first, every one
// of a profile, and then one in so many at random.
func (c *counters) begin() (start time.Time) {
	if c.profiling > 0 || c.messages.samples.Load() == 0 || rand.Int64N(c.denominator) == 0 {
		return time.Now()
	}
	return start
}

// end takes the time that begin has started.
func (c *counters) end(start time.Time) {
	if start.IsZero() {
		return
	}
	d := time.Since(start)
	if c.profiling == 0 {
		c.messages.add(d)
		return
	}
	c.profile.add(d)
	if c.profiling--; c.profiling == 0 {
		c.messages.add(time.Duration(c.profile.average()))
	}
}

// counted adds the counts of messages to a report.
func (c *counters) counted(r *plugin.Report) {
	r.Add("ProcessMessageCount", c.count.Load(), "count")
	r.Add("ProcessMessageFailures", c.failures.Load(), "count")
}

// timed adds the durations of messages to a report.
func (c *counters) timed(r *plugin.Report) {
	r.Add("ProcessMessageSamples", c.messages.samples.Load(), "count")
	r.Add("ProcessMessageAvgDuration", c.messages.average(), "ns")
}
