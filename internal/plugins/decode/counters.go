package decode

import (
	"sync/atomic"
	"time"

	"github.com/hekad/heka/plugin"
)

// counters are those that decoders report. One goroutine counts, others may
// read.
type counters struct {
	denominator int64
	count       atomic.Int64
	failures    atomic.Int64
	samples     atomic.Int64
	nanoseconds atomic.Int64 // of all samples
}

func (c *counters) init(env *plugin.Env) { c.denominator = max(int64(env.SampleDenominator), 1) }

// begin counts a message. start is zero unless its time is to be taken.
func (c *counters) begin() (start time.Time) {
	n := c.count.Load()
	c.count.Store(n + 1)
	if n%c.denominator != 0 {
		return time.Time{}
	}
	return time.Now()
}

// end is called with what begin returned and the message's fate.
func (c *counters) end(start time.Time, err error) {
	if err != nil {
		c.failures.Add(1)
	}
	if !start.IsZero() {
		c.nanoseconds.Add(int64(time.Since(start)))
		c.samples.Add(1)
	}
}

// report adds the counters to r, with a suffix to their names.
func (c *counters) report(r *plugin.Report, suffix string) {
	samples := c.samples.Load()
	r.Add("ProcessMessageCount"+suffix, c.count.Load(), "count")
	r.Add("ProcessMessageFailures"+suffix, c.failures.Load(), "count")
	r.Add("ProcessMessageSamples"+suffix, samples, "count")
	r.Add("ProcessMessageAvgDuration"+suffix, c.nanoseconds.Load()/max(samples, 1), "ns")
}
