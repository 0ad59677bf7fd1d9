package pipeline

import (
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/plugin"
)

func TestRecentIsBounded(t *testing.T) {
	var r recent
	offer := func(payload string, now int64) (taken bool, next int64) {
		p := new(plugin.Pack)
		p.Message.SetPayload(payload)
		before := r.id
		next = r.keep(p, "in", now)
		return r.id > before, next
	}
	now := int64(time.Hour)
	taken, next := 0, int64(0)
	for range 2 * recentBurst {
		ok, at := offer("x", now)
		if next = at; ok {
			taken++
		}
	}
	if taken != recentBurst || next <= now || next > now+int64(time.Second) {
		t.Errorf("%d were taken of a burst, the next one after %d ns", taken, next-now)
	}
	if ok, _ := offer("x", next); !ok {
		t.Error("nothing is taken when it may be")
	}
	if ok, _ := offer("x", next-1); ok { // a goroutine that looked at the clock earlier
		t.Error("the credit does not shrink")
	}
	for i := range int64(3 * maxRecent) {
		now += int64(time.Second)
		offer(strings.Repeat("x", 1000), now)
		if i == 0 {
			offer(strings.Repeat("y", maxRecentMessage), now)
		}
	}
	if len(r.all) != maxRecent || r.bytes > maxRecent*1100 {
		t.Errorf("%d messages with %d bytes are kept", len(r.all), r.bytes)
	}
	for range 3 * maxRecent {
		now += int64(time.Second)
		offer(strings.Repeat("x", maxRecentMessage-100), now)
	}
	sum := 0
	for _, m := range r.all {
		sum += len(m.Wire)
	}
	if sum != r.bytes || sum > maxRecentBytes || sum < maxRecentBytes-2*maxRecentMessage {
		t.Errorf("%d messages with %d bytes, or %d, are kept", len(r.all), sum, r.bytes)
	}
}
