package pipeline

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/hekad/heka/plugin"
)

// backoff spaces attempts as a retries section says.
type backoff struct {
	opts  plugin.RetryOptions
	tries int
	delay time.Duration
}

func newBackoff(o plugin.RetryOptions) *backoff { return &backoff{opts: o, delay: o.Delay} }

func (b *backoff) reset() { b.tries, b.delay = 0, b.opts.Delay }

// wait waits for the next attempt; false means that there is none, because the
// attempts are used up or ctx is done.
func (b *backoff) wait(ctx context.Context) bool {
	if b.opts.MaxRetries >= 0 && b.tries >= b.opts.MaxRetries || b.opts.MaxRetries < -1 {
		return false
	}
	b.tries++
	d := b.delay
	if b.opts.MaxJitter > 0 {
		d += rand.N(b.opts.MaxJitter)
	}
	b.delay = min(max(2*b.delay, time.Millisecond), max(b.opts.MaxDelay, time.Millisecond))
	return pause(ctx, d)
}

// pause waits for d, or returns false when ctx is done first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// messageRetries is the pause between attempts to deliver one and the same
// message: 10 ms doubling to 1 s, without end.
var messageRetries = plugin.RetryOptions{Delay: 10 * time.Millisecond, MaxDelay: time.Second,
	MaxJitter: 100 * time.Millisecond, MaxRetries: -1}
