package tcp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

const (
	// enough bytes in one write; gathering more makes nothing cheaper.
	enough = 128 << 10
	// keptBuffer is the largest buffer that is kept for the next bytes.
	keptBuffer = 1 << 20
	// flushInterval bounds how long bytes wait for a batch that was announced
	// but did not come.
	flushInterval = 250 * time.Millisecond
)

// Output is the TcpOutput plugin. Batches are encoded into one buffer, which is
// written when it holds enough or no further batch is waiting, and kept until the
// write has succeeded.
type Output struct {
	config *OutputConfig
	env    *plugin.Env
	peers  peers
	peer   *peer // nil while not connected

	buf      []byte           // encoded and not yet written
	receipts []plugin.Receipt // for earlier batches in buf
	taken    bool             // the batch at hand is in buf
	refused  []error          // messages of the batch at hand that cannot be encoded
	encoded  int64            // messages, for reconnect_after
	cuts     []int            // where in buf the connection changes

	connected   atomic.Bool
	connections atomic.Int64
}

func newOutput(c *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	o := &Output{config: c, env: env}
	o.peers.addresses = c.addresses()
	o.peers.dialer = netconf.Dialer{Timeout: c.ConnectTimeout, LocalAddress: c.LocalAddress,
		KeepAlive: netconf.KeepAlive(c.KeepAlive, time.Duration(c.KeepAlivePeriod)*time.Second)}
	if c.UseTLS {
		var err error
		if o.peers.dialer.TLS, err = c.TLS.ClientConfig(env.Log); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// SendBatch implements plugin.BatchOutput. After an error the bytes of the batch
// stay in the buffer, so that the next attempt only writes.
func (o *Output) SendBatch(ctx context.Context, b *plugin.Batch) error {
	if !o.taken {
		o.take(b)
	}
	if b.More && len(o.buf) < enough {
		o.answer(b)
		o.receipts = append(o.receipts, b.Hold())
		return nil
	}
	if err := o.write(ctx); err != nil {
		return err
	}
	o.answer(b)
	return nil
}

// Send implements plugin.Output.
func (o *Output) Send(ctx context.Context, p *plugin.Pack) error {
	if !o.taken {
		if err := o.encode(p); err != nil {
			return plugin.Refused(refusal(err), err)
		}
		o.taken = true
	}
	if err := o.write(ctx); err != nil {
		return err
	}
	o.taken = false
	return nil
}

// take encodes a batch.
//
// hot: once per batch; allocates only to grow the buffer.
func (o *Output) take(b *plugin.Batch) {
	for _, p := range b.Packs[b.Done:] {
		if err := o.encode(p); err != nil {
			o.refused = append(o.refused, err)
		}
	}
	o.taken = true
}

func (o *Output) encode(p *plugin.Pack) error {
	buf, err := o.env.Encode(o.buf, p)
	if errors.Is(err, plugin.ErrSkip) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("can't encode: %w", err)
	}
	o.buf = buf
	o.encoded++
	if n := o.config.ReconnectAfter; n > 0 && o.encoded%n == 0 {
		o.cuts = append(o.cuts, len(o.buf))
	}
	return nil
}

// answer says what became of the messages that could not be encoded. It comes
// last: what is said in an attempt that fails would be said twice.
func (o *Output) answer(b *plugin.Batch) {
	for _, err := range o.refused {
		b.Drop(refusal(err), err)
	}
	o.refused = o.refused[:0]
	o.taken = false
}

// refusal is the reason under which a message that cannot be encoded is counted.
func refusal(err error) string {
	if reason, ok := plugin.RefusedReason(err); ok {
		return reason
	}
	return "encode"
}

// FlushInterval implements plugin.Flusher.
func (o *Output) FlushInterval() time.Duration { return flushInterval }

// Flush implements plugin.Flusher.
func (o *Output) Flush(ctx context.Context) error {
	if len(o.buf) > 0 {
		return o.write(ctx)
	}
	if o.peer != nil && o.peer.left() {
		o.disconnect()
	}
	return nil
}

// write writes the buffer, and tells the receipts when all of it is written.
func (o *Output) write(ctx context.Context) error {
	for len(o.cuts) > 0 {
		end := o.cuts[0]
		if err := o.writePart(ctx, o.buf[:end]); err != nil {
			return err
		}
		o.disconnect()
		o.peers.next()
		o.buf = append(o.buf[:0], o.buf[end:]...)
		o.cuts = slices.Delete(o.cuts, 0, 1)
		for i := range o.cuts {
			o.cuts[i] -= end
		}
	}
	if len(o.buf) > 0 {
		if err := o.writePart(ctx, o.buf); err != nil {
			return err
		}
	}
	o.buf = o.buf[:0]
	if cap(o.buf) > keptBuffer {
		o.buf = nil
	}
	for i, r := range o.receipts {
		r.Deliver()
		o.receipts[i] = nil
	}
	o.receipts = o.receipts[:0]
	return nil
}

// writePart writes b to the server, connecting first if need be. On an error the
// connection is gone and all of b has to be written again.
func (o *Output) writePart(ctx context.Context, b []byte) error {
	if o.peer != nil && o.peer.left() {
		o.env.Log.Info("connection was closed by " + o.peers.address())
		o.disconnect()
	}
	if o.peer == nil {
		p, err := o.peers.connect(ctx)
		if err != nil {
			return fmt.Errorf("can't connect: %w", err)
		}
		o.peer = p
		o.connected.Store(true)
		o.connections.Add(1)
	}
	if err := o.peer.write(ctx, b, o.config.WriteTimeout); err != nil {
		err = fmt.Errorf("writing to %s: %w", o.peers.address(), err)
		o.disconnect()
		o.peers.next()
		return err
	}
	return nil
}

func (o *Output) disconnect() {
	o.peer.close()
	o.peer = nil
	o.connected.Store(false)
}

// Close implements plugin.Closer.
func (o *Output) Close() error {
	if o.peer != nil {
		o.disconnect()
	}
	return nil
}

// Report implements plugin.Reporter.
func (o *Output) Report(r *plugin.Report) {
	r.Add("Connected", o.connected.Load(), "")
	r.Add("Connections", o.connections.Load(), "count")
}
