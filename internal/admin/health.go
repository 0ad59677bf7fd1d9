package admin

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Health is a judgement with its reason. Level is "ok", "warning" or "critical".
type Health struct {
	Level string `json:"level"`
	Why   string `json:"why,omitempty"`
}

// nearlyFull is how full a queue is that is worth a word.
const nearlyFull = 0.7

// Pace is how often heka looks at itself, and when it judges. Zeros mean the usual.
type Pace struct {
	// Sample is how often heka looks at itself while somebody watches, a second; else
	// it does so a fifth as often.
	Sample time.Duration
	// Keep is the time between two points of the history, 5 seconds.
	Keep time.Duration
	// Full is how long a queue may be nearly full, 30 seconds, Stuck how long nothing
	// may move while something waits, 10 seconds.
	Full, Stuck time.Duration
	// Errors is how long errors are spoken of, a minute.
	Errors time.Duration
}

func (p Pace) orUsual() Pace {
	return Pace{cmp.Or(p.Sample, time.Second), cmp.Or(p.Keep, 5*time.Second), cmp.Or(p.Full, 30*time.Second),
		cmp.Or(p.Stuck, 10*time.Second), cmp.Or(p.Errors, time.Minute)}
}

// health judges a plugin by its state and by what was seen of it; t may be nil.
func (p *Pace) health(state string, t *track, now time.Time) Health {
	switch {
	case strings.HasPrefix(state, "restarting"):
		return Health{"critical", state}
	case strings.HasPrefix(state, "ended:"), strings.HasPrefix(state, "terminated:"):
		return Health{"critical", state}
	case t != nil && now.Sub(t.lastAlive) >= p.Stuck:
		return Health{"critical", fmt.Sprintf("nothing has moved for %s while messages wait", now.Sub(t.lastAlive).Round(time.Second))}
	case strings.HasPrefix(state, "retrying"):
		return Health{"warning", state}
	case t == nil:
		return Health{Level: "ok"}
	case !t.fullSince.IsZero() && now.Sub(t.fullSince) >= p.Full:
		return Health{"warning", fmt.Sprintf("its queue has been nearly full for %s", now.Sub(t.fullSince).Round(time.Second))}
	case !t.lastErrorAt.IsZero() && now.Sub(t.lastErrorAt) < p.Errors:
		return Health{"warning", "it dropped messages within the last minute"}
	}
	return Health{Level: "ok"}
}
