package admin

import (
	"fmt"
	"strings"
	"time"
)

// Health is a judgement with its reason. Level is "ok", "warning" or "critical".
type Health struct {
	Level string `json:"level"`
	Why   string `json:"why,omitempty"`
}

const (
	nearlyFull = 0.7
	// fullFor is how long a queue may be nearly full, stuckFor how long nothing may
	// move while something waits, errorsFor how long errors are spoken of.
	fullFor   = 30 * time.Second
	stuckFor  = 10 * time.Second
	errorsFor = time.Minute
)

// health judges a plugin by its state and by what was seen of it; t may be nil.
func health(state string, t *track, now time.Time) Health {
	switch {
	case strings.HasPrefix(state, "restarting"):
		return Health{"critical", state}
	case strings.HasPrefix(state, "ended:"), strings.HasPrefix(state, "terminated:"):
		return Health{"critical", state}
	case t != nil && now.Sub(t.lastAlive) >= stuckFor:
		return Health{"critical", fmt.Sprintf("nothing has moved for %s while messages wait", now.Sub(t.lastAlive).Round(time.Second))}
	case strings.HasPrefix(state, "retrying"):
		return Health{"warning", state}
	case t == nil:
		return Health{Level: "ok"}
	case !t.fullSince.IsZero() && now.Sub(t.fullSince) >= fullFor:
		return Health{"warning", fmt.Sprintf("its queue has been nearly full for %s", now.Sub(t.fullSince).Round(time.Second))}
	case !t.lastErrorAt.IsZero() && now.Sub(t.lastErrorAt) < errorsFor:
		return Health{"warning", "it dropped messages within the last minute"}
	}
	return Health{Level: "ok"}
}
