package pipeline

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/plugin"
)

// waits returns how long the first n waits of a back-off take, and whether there
// was an attempt behind each.
func waits(t *testing.T, o plugin.RetryOptions, n int) (took []time.Duration, more []bool) {
	synctest.Test(t, func(t *testing.T) {
		b := newBackoff(o)
		for range n {
			begin := time.Now()
			more = append(more, b.wait(t.Context()))
			took = append(took, time.Since(begin))
		}
	})
	return took, more
}

func TestWaitsDoubleUpToABound(t *testing.T) {
	took, more := waits(t, plugin.RetryOptions{Delay: 10 * time.Millisecond, MaxDelay: 60 * time.Millisecond, MaxRetries: 5}, 6)
	for i, want := range []time.Duration{10, 20, 40, 60, 60, 0} {
		if took[i] != want*time.Millisecond || more[i] != (i < 5) {
			t.Errorf("wait %d took %v and says %v, want %v ms", i, took[i], more[i], int64(want))
		}
	}
	if _, more := waits(t, plugin.RetryOptions{MaxRetries: 0}, 1); more[0] {
		t.Error("tries again although max_retries is 0")
	}
}

func TestWaitsOfMessagesAreSpread(t *testing.T) {
	const n = 200
	seen := map[time.Duration]bool{}
	took, more := waits(t, messageRetries, n)
	for i, d := range took {
		least := min(10*time.Millisecond<<min(i, 10), time.Second)
		if d < least || d >= least+100*time.Millisecond || !more[i] {
			t.Errorf("wait %d took %v and says %v, want %v and less than 100 ms more", i, d, more[i], least)
		}
		seen[d-least] = true
	}
	if len(seen) < n/2 {
		t.Errorf("%d waits, but only %d random parts", n, len(seen))
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if newBackoff(plugin.RetryOptions{Delay: time.Hour, MaxDelay: time.Hour, MaxRetries: -1}).wait(ctx) {
			t.Error("says that there is another attempt")
		}
		if d := time.Since(begin); d != time.Second {
			t.Errorf("took %v", d)
		}
	})
}
