package irc

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// longestPause is the longest time between two attempts to connect.
const longestPause = time.Minute

// Output is the IrcOutput plugin.
type Output struct {
	config *config
	env    *plugin.Env
	dialer netconf.Dialer

	parcels chan *parcel
	drain   chan struct{} // closed at the end: lines are sent without a pause
	ending  sync.Once
	stop    context.CancelFunc // nil before Prepare
	ended   chan struct{}
	made    *batch // of the batch at hand, whose first taken parcels are handed over
	hand    []*parcel
	taken   int

	// Of the goroutine that keeps the connection.
	channels []*channel
	turn     int

	sent, dropped, waiting atomic.Int64
	idle                   chan struct{} // told when nothing waits
}

func newOutput(c *config, env *plugin.Env) (plugin.Output, error) {
	o := &Output{
		config: c, env: env, channels: newChannels(c.Channels), parcels: make(chan *parcel),
		drain: make(chan struct{}), ended: make(chan struct{}), idle: make(chan struct{}, 1),
		dialer: netconf.Dialer{Timeout: time.Duration(c.Timeout) * time.Second},
	}
	if c.UseTLS {
		tls, err := c.TLS.ClientConfig(env.Log)
		if err != nil {
			return nil, fmt.Errorf("TLS init error: %w", err)
		}
		o.dialer.TLS = tls
	}
	return o, nil
}

// Prepare implements plugin.Preparer: it starts the goroutine that keeps the
// connection.
func (o *Output) Prepare(context.Context) error {
	ctx, stop := context.WithCancel(context.Background())
	o.stop = stop
	go func() {
		defer close(o.ended)
		o.keep(ctx)
	}()
	return nil
}

// keep connects again and again until ctx is done.
func (o *Output) keep(ctx context.Context) {
	first := max(time.Duration(o.config.TimeBeforeReconnect)*time.Second, 100*time.Millisecond)
	pause := first
	for {
		registered, err := o.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		if registered {
			pause = first
		}
		o.env.Log.Error(fmt.Sprintf("Disconnected from Irc. Retrying to connect in %v: %v", pause, err))
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
		pause = min(2*pause, max(longestPause, first))
	}
}

// SendBatch implements plugin.BatchOutput. It waits while the backlogs are full.
func (o *Output) SendBatch(ctx context.Context, b *plugin.Batch) error {
	if o.made == nil {
		o.make(b)
	}
	for ; o.taken < len(o.hand); o.taken++ {
		if err := o.pass(ctx, o.hand[o.taken]); err != nil {
			return err
		}
	}
	o.made, o.hand, o.taken = nil, nil, 0
	return nil
}

// make encodes the batch and takes its acknowledgement over.
func (o *Output) make(b *plugin.Batch) {
	o.made, o.hand, o.taken = new(batch), nil, 0
	for _, p := range b.Packs {
		text, err := o.env.Encode(nil, p)
		switch {
		case errors.Is(err, plugin.ErrSkip):
		case err != nil:
			b.Drop(p, "encode", err)
		default:
			if lines := textLines(string(text)); len(lines) > 0 {
				o.hand = append(o.hand, &parcel{lines: lines, batch: o.made})
			}
		}
	}
	if o.made.parcels = len(o.hand); len(o.hand) > 0 {
		o.made.receipt = b.Hold()
	}
}

// Send implements plugin.Output. The message counts as delivered when it is in a
// backlog; hosts use SendBatch.
func (o *Output) Send(ctx context.Context, p *plugin.Pack) error {
	text, err := o.env.Encode(nil, p)
	if errors.Is(err, plugin.ErrSkip) {
		return nil
	}
	if err != nil {
		return plugin.Refused("encode", err)
	}
	lines := textLines(string(text))
	if len(lines) == 0 {
		return nil
	}
	return o.pass(ctx, &parcel{lines: lines, batch: &batch{parcels: 1, receipt: noReceipt{}}})
}

// pass hands a parcel over; until it is taken it counts as one line.
func (o *Output) pass(ctx context.Context, p *parcel) error {
	o.waiting.Add(1)
	select {
	case o.parcels <- p:
		return nil
	case <-ctx.Done():
		o.waiting.Add(-1)
		return ctx.Err()
	}
}

// noReceipt is for messages that nobody waits for.
type noReceipt struct{}

func (noReceipt) Deliver() {}

// FlushInterval implements plugin.Flusher: there is only the flush at the end.
func (o *Output) FlushInterval() time.Duration { return 0 }

// Flush implements plugin.Flusher: what waits is sent without pauses.
func (o *Output) Flush(ctx context.Context) error {
	o.ending.Do(func() { close(o.drain) })
	for o.waiting.Load() > 0 {
		select {
		case <-o.idle:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// gone notes that lines do not wait any more. What is told to the host about them
// comes before, so that Flush waits for it.
func (o *Output) gone(n int) {
	if o.waiting.Add(-int64(n)) == 0 {
		select {
		case o.idle <- struct{}{}:
		default:
		}
	}
}

// Close implements plugin.Closer.
func (o *Output) Close() error {
	if o.stop == nil {
		return nil
	}
	o.stop()
	<-o.ended
	if n := o.waiting.Swap(0); n > 0 {
		return fmt.Errorf("%d lines are not sent", n)
	}
	return nil
}

// Report implements plugin.Reporter.
func (o *Output) Report(r *plugin.Report) {
	r.Add("SentLines", o.sent.Load(), "count")
	r.Add("WaitingLines", o.waiting.Load(), "count")
	r.Add("DroppedForChannel", o.dropped.Load(), "count")
}
