package pipeline

import (
	"slices"
	"sync"
	"time"

	"github.com/hekad/heka/plugin"
)

// recent keeps some of the messages that passed within the last minute or so, for
// people who want to know what an expression would match. It takes what comes while
// little comes, and a few messages a second else.
type recent struct {
	mu     sync.Mutex
	all    []Passed // oldest first
	bytes  int      // of all
	id     uint64
	credit float64 // messages that may be taken
	at     int64   // when the credit was right, ns since the epoch
}

// Passed is a message that passed. It does not change.
type Passed struct {
	// ID counts messages from 1 on.
	ID uint64
	// Time is when it passed.
	Time time.Time
	// From is the input or filter that sent it.
	From string
	// Wire is its encoded form.
	Wire []byte
}

const (
	// recentRate is how many messages per second are taken, recentBurst how many
	// at once after a pause.
	recentRate  = 10
	recentBurst = 100
	// maxRecent bounds how many are kept, maxRecentBytes their size in sum, and
	// maxRecentMessage that of one.
	maxRecent        = 600
	maxRecentBytes   = 2 << 20
	maxRecentMessage = 64 << 10
)

// keep takes a message if it may, and returns when the next one may be offered;
// times are ns since the epoch.
func (r *recent) keep(p *plugin.Pack, from string, now int64) (next int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == 0 {
		r.credit = recentBurst
	} else if now > r.at {
		r.credit = min(recentBurst, r.credit+recentRate*time.Duration(now-r.at).Seconds())
	}
	r.at = max(r.at, now)
	if r.credit < 1 {
		return r.at + int64((1-r.credit)*float64(time.Second)/recentRate) + 1
	}
	if len(p.Message.Payload()) > maxRecentMessage {
		return now
	}
	r.credit-- // also for one that turns out too large: encoding it is the cost
	wire := p.Message.AppendWire(nil)
	if len(wire) > maxRecentMessage {
		return now
	}
	r.id++
	r.all = append(r.all, Passed{r.id, time.Unix(0, now), from, wire})
	r.bytes += len(wire)
	old := max(len(r.all)-maxRecent, 0)
	for i, left := 0, r.bytes; left > maxRecentBytes; i++ {
		left -= len(r.all[i].Wire)
		old = max(old, i+1)
	}
	for _, m := range r.all[:old] {
		r.bytes -= len(m.Wire)
	}
	r.all = slices.Delete(r.all, 0, old)
	return now
}

// Recent returns some of the messages that passed lately, oldest first.
func (h *Host) Recent() []Passed {
	h.recent.mu.Lock()
	defer h.recent.mu.Unlock()
	return slices.Clone(h.recent.all)
}
