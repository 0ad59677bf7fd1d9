package admin

import (
	"math"
	"strings"
	"time"

	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// figures are what the sampler reads of one plugin, and makes rates of.
type figures struct {
	messages, errors, bytes uint64
	blocked, busy           time.Duration
	fill                    float64
	calls                   *pipeline.Tally
	levels
}

// levels are figures that say something by themselves.
type levels struct {
	queued   int64 // messages in the queue on disk
	lagBytes int64
	lag      time.Duration
	memory   int64 // bytes of a script
}

// gather draws up the figures of inputs, filters and outputs, by name, with levels if
// they are wanted: for these an input with thousands of files has to look at each of
// them.
func gather(h *pipeline.Host, withLevels bool) map[string]*figures {
	all := make(map[string]*figures)
	books, g := h.Books(), h.Graph()
	for _, in := range books.Inputs {
		all[in.Name] = &figures{messages: in.Received, errors: dropped(in.Dropped), bytes: in.Bytes}
	}
	for _, c := range books.Consumers {
		all[c.Name] = &figures{messages: c.Delivered, errors: dropped(c.Dropped)}
	}
	for _, e := range g.Edges {
		for _, name := range []string{e.From, e.To} {
			if f := all[name]; f != nil {
				f.blocked += e.Waited
			}
		}
	}
	for _, n := range g.Nodes {
		if f := all[n.Name]; f != nil && n.Bound > 0 {
			f.fill = math.Round(float64(min(n.Waiting, n.Bound))/float64(n.Bound)*1000) / 1000
		}
	}
	for _, w := range h.Work() {
		if f := all[w.Name]; f != nil {
			f.busy, f.calls = w.Busy, w.Calls
		}
	}
	if !withLevels {
		return all
	}
	for _, m := range h.Levels() {
		if f := all[m.Name]; f != nil {
			f.read(m.Counters)
		}
	}
	return all
}

// read picks levels out of a report. A plugin with several streams may have a counter
// of each, with the stream in front.
func (l *levels) read(counters []plugin.Counter) {
	for i := range counters {
		n, ok := whole(counters[i].Value)
		if !ok {
			continue
		}
		switch name := counters[i].Name; {
		case name == "Memory":
			l.memory = n
		case name == "QueuedMessageCount":
			l.queued = n
		case name == "QueuedBytes":
			l.lagBytes += n
		case name == "QueuedOldestAge":
			l.lag = max(l.lag, time.Duration(n))
		case strings.HasSuffix(name, "-lag"):
			l.lagBytes += n
		case strings.HasSuffix(name, "-lag-time"):
			l.lag = max(l.lag, time.Duration(n))
		}
	}
}

// whole returns a counter's value if it is a whole number.
func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case uint:
		return int64(n), true
	case uint64:
		return int64(n), true
	}
	return 0, false
}

// dropped leaves out what was meant to be dropped.
func dropped(list []pipeline.Count) uint64 {
	var n uint64
	for _, d := range list {
		if d.Name != "skipped" {
			n += d.N
		}
	}
	return n
}

// rates is the change per second from before to now. A counter that fell belongs to
// a plugin that was started anew: it counts from 0.
func rates(before, now *figures, d time.Duration) Rates {
	r := Rates{Fill: now.fill, Queued: now.queued, LagBytes: now.lagBytes, Lag: int64(now.lag), Memory: now.memory}
	if d <= 0 || d > 24*time.Hour {
		return r
	}
	if now.messages < before.messages || now.errors < before.errors || now.bytes < before.bytes || now.blocked < before.blocked {
		before = new(figures)
	}
	per := func(n uint64) float64 { return math.Round(float64(n)/d.Seconds()*100) / 100 }
	share := func(t time.Duration) float64 { return math.Round(float64(max(t, 0))/float64(d)*1000) / 1000 }
	r.Messages, r.Errors, r.Bytes = per(now.messages-before.messages), per(now.errors-before.errors), per(now.bytes-before.bytes)
	r.Blocked, r.Busy = share(now.blocked-before.blocked), share(now.busy-before.busy)
	return r
}

// quantiles enters how long the calls took that came after an earlier tally.
func (r *Rates) quantiles(now, before *pipeline.Tally) {
	if now == nil {
		return
	}
	if t := now.Since(before); t.Count > 0 {
		r.P50, r.P95, r.P99 = int64(t.Quantile(0.5)), int64(t.Quantile(0.95)), int64(t.Quantile(0.99))
	}
}
