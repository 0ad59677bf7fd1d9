package graphite

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/hekad/heka/plugin"
)

// keptBuffer is the largest buffer that is kept for the next batch.
const keptBuffer = 1 << 20

// errNoLines is the fate of messages without any good line.
var errNoLines = errors.New("the payload has no line that can be sent")

// Carbon is the CarbonOutput plugin.
type Carbon struct {
	config *CarbonConfig
	env    *plugin.Env
	wire   wire

	buf  []byte
	bad  []*plugin.Pack // of the batch at hand, without a good line
	errs []error

	sentLines, badLines atomic.Int64
}

func newCarbon(c *CarbonConfig, env *plugin.Env) (plugin.Output, error) {
	return &Carbon{config: c, env: env, wire: newWire(c, env)}, nil
}

// SendBatch implements plugin.BatchOutput.
func (o *Carbon) SendBatch(ctx context.Context, b *plugin.Batch) error {
	packs := b.Packs[b.Done:]
	lines := o.gather(packs)
	if err := o.send(ctx); err != nil {
		return err
	}
	o.sentLines.Add(lines)
	o.tell()
	for _, p := range o.bad {
		b.Drop(p, "malformed", errNoLines)
	}
	return nil
}

// Send implements plugin.Output.
func (o *Carbon) Send(ctx context.Context, p *plugin.Pack) error {
	lines := o.gather([]*plugin.Pack{p})
	if err := o.send(ctx); err != nil {
		return err
	}
	o.sentLines.Add(lines)
	o.tell()
	if len(o.bad) > 0 {
		return plugin.Refused("malformed", errNoLines)
	}
	return nil
}

// gather collects the good lines of packs in the buffer.
func (o *Carbon) gather(packs []*plugin.Pack) (n int64) {
	if cap(o.buf) > keptBuffer {
		o.buf = nil
	}
	o.buf, o.bad, o.errs = o.buf[:0], o.bad[:0], o.errs[:0]
	for _, p := range packs {
		before := n
		lines(p.Message.Payload(), func(line string, _ point) {
			o.buf = append(append(o.buf, line...), '\n')
			n++
		}, func(_ string, err error) { o.errs = append(o.errs, err) })
		if n == before {
			o.bad = append(o.bad, p)
		}
	}
	return n
}

// tell logs and counts bad lines, once for all attempts.
func (o *Carbon) tell() {
	o.badLines.Add(int64(len(o.errs)))
	for _, err := range o.errs {
		o.env.Log.Error(err.Error())
	}
	clear(o.errs)
	o.errs = o.errs[:0]
}

func (o *Carbon) send(ctx context.Context) error {
	if len(o.buf) == 0 {
		return nil
	}
	if err := o.wire.send(ctx, o.buf); err != nil {
		return fmt.Errorf("sending to %s: %w", o.config.Address, err)
	}
	return nil
}

// Close implements plugin.Closer.
func (o *Carbon) Close() error { return o.wire.close() }

// Report implements plugin.Reporter.
func (o *Carbon) Report(r *plugin.Report) {
	r.Add("SentLines", o.sentLines.Load(), "count")
	r.Add("BadLines", o.badLines.Load(), "count")
	r.Add("Connections", o.wire.connections.Load(), "count")
}
