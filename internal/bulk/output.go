package bulk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/plugin"
)

// Options say when a request is closed.
type Options struct {
	// Count and Bytes are how many messages, and about how many bytes, a request
	// has; 0 is no bound.
	Count, Bytes int
	// Interval is how long messages wait for a request to fill; 0: for ever.
	Interval time.Duration
}

// Sender knows the protocol.
type Sender interface {
	// Encode appends a message to dst, the buffer of a request. Errors are those
	// of plugin.Encoder.
	Encode(dst []byte, p *plugin.Pack, i *Item) ([]byte, error)
	// Send sends a request and waits for its answer. nil: all messages are
	// delivered but those that it says otherwise of. An error is about all of
	// them: one marked by plugin.Refused says that the server does not want the
	// request as it is, any other that it is to be tried again. Send is called
	// from one goroutine at a time, but not from that of Encode.
	Send(ctx context.Context, r *Request) error
}

const (
	// The pause between attempts doubles; a server may ask for more, but not for
	// ever.
	firstPause, longestPause, longestWish = 250 * time.Millisecond, 5 * time.Second, 5 * time.Minute
	// few messages are copied rather than kept with the buffers of their batch.
	few = 32
)

// Output is the part of an output that the host calls. It implements
// plugin.BatchOutput, Output, Flusher, Closer and Reporter.
type Output struct {
	options Options
	env     *plugin.Env
	sender  Sender

	fill      Request // being filled
	hand      *load   // the batch at hand; nil: it is not taken yet
	unusable  []unusable
	spare     []byte   // buffer for fill
	flight    *flight  // under way
	left      *Request // to be sent again
	pause     time.Duration
	notBefore time.Time

	sent, dropped, requests, retries atomic.Int64
}

// unusable is a message of the batch at hand that cannot be encoded.
type unusable struct {
	index int
	err   error
}

// New makes an output.
func New(o Options, env *plugin.Env, s Sender) *Output {
	return &Output{options: o, env: env, sender: s}
}

// SendBatch implements plugin.BatchOutput.
func (o *Output) SendBatch(ctx context.Context, b *plugin.Batch) error {
	if o.left != nil {
		if err := o.clear(ctx); err != nil {
			return err
		}
	}
	keep := len(b.Packs) >= few
	if o.hand == nil {
		o.take(b, keep)
	}
	for n := o.full(); n > 0; n = o.full() {
		if err := o.clear(ctx); err != nil {
			return err
		}
		o.launch(ctx, o.fill.take(n))
	}
	if err := o.look(ctx, b.More || len(o.fill.Items) > 0); err != nil {
		return err
	}
	o.answer(b, keep)
	return nil
}

// take encodes a batch.
//
// hot: once per batch; allocates to grow the buffer, and copies of single messages.
func (o *Output) take(b *plugin.Batch, keep bool) {
	l := &load{}
	if o.fill.buf == nil {
		o.fill.buf, o.spare = o.spare, nil
	}
	for n, p := range b.Packs {
		item := Item{from: l, index: n, pack: p, start: len(o.fill.buf)}
		buf, err := o.sender.Encode(o.fill.buf, p, &item)
		switch {
		case err == nil && len(buf) > len(o.fill.buf):
			o.fill.buf = buf
			item.end = len(buf)
			if !keep {
				item.pack = &plugin.Pack{Message: *p.Message.Clone(), Signer: p.Signer, Loops: p.Loops}
			}
			o.fill.Items = append(o.fill.Items, item)
			l.open++
		case err != nil && !errors.Is(err, plugin.ErrSkip):
			o.unusable = append(o.unusable, unusable{n, fmt.Errorf("can't encode: %w", err)})
		}
	}
	o.hand = l
}

// full is the number of messages of the next request, if there are enough for one.
func (o *Output) full() int {
	if n := o.options.Count; n > 0 && len(o.fill.Items) >= n {
		return o.within(n)
	}
	if o.options.Bytes > 0 && o.fill.size() >= o.options.Bytes {
		return o.within(len(o.fill.Items))
	}
	return 0
}

// within is how many of the first n messages to send together: as few as reach the
// bound of bytes.
func (o *Output) within(n int) int {
	limit := o.options.Bytes
	if limit == 0 {
		return n
	}
	begin := o.fill.Items[0].start
	for i := range n {
		switch size := o.fill.Items[i].end - begin; {
		case size == limit || i == 0 && size > limit:
			return i + 1
		case size > limit:
			return i
		}
	}
	return n
}

// answer says what became of the batch at hand.
func (o *Output) answer(b *plugin.Batch, keep bool) {
	for _, u := range o.unusable {
		o.dropped.Add(1)
		b.Drop(b.Packs[u.index], refusal(u.err), u.err)
	}
	l := o.hand
	for _, i := range l.dropped {
		b.Drop(b.Packs[i.index], i.reason, i.err)
	}
	o.unusable, l.dropped, o.hand = o.unusable[:0], nil, nil
	if l.open > 0 {
		l.custody = b.Keep(keep)
	}
}

// refusal is the reason under which a message that cannot be encoded is counted.
func refusal(err error) string {
	if reason, ok := plugin.RefusedReason(err); ok {
		return reason
	}
	return "encode"
}

func (o *Output) launch(ctx context.Context, r *Request) {
	o.requests.Add(1)
	o.flight = launch(ctx, o.sender, r)
}

// look takes note of a request that has ended. It waits for that when there is
// nothing else to do, or when nobody would call later because there is no interval.
func (o *Output) look(ctx context.Context, more bool) error {
	if o.flight == nil {
		return nil
	}
	if o.options.Interval == 0 || !more {
		return o.clear(ctx)
	}
	select {
	case <-o.flight.done:
		return o.settle()
	default:
		return nil
	}
}

// clear waits until nothing is under way, and sends what is left of the last
// request. An error says why that was in vain; the next call goes on.
func (o *Output) clear(ctx context.Context) error {
	if o.left != nil {
		if !sleep(ctx, time.Until(o.notBefore)) {
			return ctx.Err()
		}
		r := o.left
		o.left = nil
		o.retries.Add(1)
		o.launch(ctx, r)
	}
	if o.flight == nil {
		return nil
	}
	select {
	case <-o.flight.done:
		return o.settle()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// settle takes note of what became of the request that was under way.
func (o *Output) settle() error {
	r := o.flight.request
	o.flight = nil
	var left Request
	var cause error
	for i := range r.Items {
		item := &r.Items[i]
		switch item.verdict {
		case again:
			cause = item.err
			left.add(*item, r.Bytes(item))
			continue
		case refused:
			o.dropped.Add(1)
		case delivered:
			o.sent.Add(1)
		}
		item.from.settle(item)
	}
	if cause == nil {
		o.pause = 0
		if cap(r.buf) <= keptBuffer && !sameArray(r.buf, o.fill.buf) {
			o.spare = r.buf[:0]
		}
		return nil
	}
	if len(left.Items) < len(r.Items) {
		o.pause = 0 // it goes on
	}
	o.left = &left
	o.pause = min(max(2*o.pause, firstPause), longestPause)
	wait := o.pause + rand.N(firstPause)
	var w *laterError
	if errors.As(cause, &w) && w.wait > 0 {
		wait = min(w.wait, longestWish)
	}
	o.notBefore = time.Now().Add(wait)
	if n := len(r.Items); len(left.Items) < n {
		return fmt.Errorf("%d of %d messages: %w", len(left.Items), n, cause)
	}
	return cause
}

// keptBuffer is the largest buffer that is kept for further requests.
const keptBuffer = 8 << 20

// sameArray reports whether two buffers are one.
func sameArray(a, b []byte) bool {
	return cap(a) > 0 && cap(b) > 0 && &a[:1][0] == &b[:1][0]
}

// laterError is an error of a server that says when to come again.
type laterError struct {
	err  error
	wait time.Duration
}

func (e *laterError) Error() string { return e.err.Error() }
func (e *laterError) Unwrap() error { return e.err }

// Later marks err as one that will not go away within the given time.
func Later(err error, wait time.Duration) error {
	if wait <= 0 {
		return err
	}
	return &laterError{err, wait}
}

// Send implements plugin.Output for a single message.
func (o *Output) Send(ctx context.Context, p *plugin.Pack) error {
	var r Request
	item := Item{pack: p}
	buf, err := o.sender.Encode(nil, p, &item)
	if errors.Is(err, plugin.ErrSkip) || err == nil && len(buf) == 0 {
		return nil
	}
	if err != nil {
		return plugin.Refused(refusal(err), fmt.Errorf("can't encode: %w", err))
	}
	r.add(item, buf)
	deliver(ctx, o.sender, &r)
	switch i := &r.Items[0]; i.verdict {
	case again:
		return i.err
	case refused:
		return plugin.Refused(i.reason, i.err)
	}
	o.sent.Add(1)
	return nil
}

// FlushInterval implements plugin.Flusher.
func (o *Output) FlushInterval() time.Duration { return o.options.Interval }

// Flush implements plugin.Flusher: it sends all there is and waits for the answer.
func (o *Output) Flush(ctx context.Context) error {
	for {
		if err := o.clear(ctx); err != nil {
			return err
		}
		n := o.full()
		if n == 0 {
			n = len(o.fill.Items)
		}
		if n == 0 {
			return nil
		}
		o.launch(ctx, o.fill.take(n))
	}
}

// Close waits for what is under way.
func (o *Output) Close() error {
	if o.flight == nil {
		return nil
	}
	<-o.flight.done
	if err := o.settle(); err != nil {
		return fmt.Errorf("%d messages are not delivered: %w", len(o.left.Items), err)
	}
	return nil
}

// Report implements plugin.Reporter.
func (o *Output) Report(r *plugin.Report) {
	r.Add("SentMessageCount", o.sent.Load(), "count")
	r.Add("DropMessageCount", o.dropped.Load(), "count")
	r.Add("Requests", o.requests.Load(), "count")
	r.Add("RepeatedRequests", o.retries.Load(), "count")
}
