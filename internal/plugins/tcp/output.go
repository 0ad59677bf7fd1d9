package tcp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
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
	refused  []refused        // messages of the batch at hand that cannot be encoded
	encoded  int64            // messages, for reconnect_after
	cuts     []int            // where in buf the connection changes
	messages int64            // in buf
	last     *part            // what the last write made of buf; nil without acknowledgement
	unacked  *unacked

	connected   atomic.Bool
	connections atomic.Int64
}

func newOutput(c *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	o := &Output{config: c, env: env, unacked: newUnacked()}
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
	if o.last != nil {
		o.unacked.attach(o.last, b.Hold())
	}
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
	return o.settle(ctx)
}

// take encodes a batch.
//
// hot: once per batch; allocates only to grow the buffer.
func (o *Output) take(b *plugin.Batch) {
	for i := b.Done; i < len(b.Packs); i++ {
		if err := o.encode(b.Packs[i]); err != nil {
			o.refused = append(o.refused, refused{i, err})
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
	o.messages++
	if n := o.config.ReconnectAfter; n > 0 && o.encoded%n == 0 {
		o.cuts = append(o.cuts, len(o.buf))
	}
	return nil
}

// answer says what became of the messages that could not be encoded. It comes
// last: what is said in an attempt that fails would be said twice.
func (o *Output) answer(b *plugin.Batch) {
	for _, r := range o.refused {
		b.Drop(b.Packs[r.index], refusal(r.err), r.err)
	}
	o.refused = o.refused[:0]
	o.taken = false
}

// refused is a message of the batch at hand that cannot be encoded.
type refused struct {
	index int // in Packs
	err   error
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
	if o.peer == nil && !o.unacked.empty() {
		return o.connect(ctx)
	}
	return nil
}

// write writes the buffer, and tells the receipts when all of it is written, or
// leaves that to the server's acknowledgement.
func (o *Output) write(ctx context.Context) error {
	o.last = nil
	for len(o.cuts) > 0 {
		end := o.cuts[0]
		if err := o.writePart(ctx, o.buf[:end], 0); err != nil {
			return err
		}
		o.buf = append(o.buf[:0], o.buf[end:]...)
		o.cuts = slices.Delete(o.cuts, 0, 1)
		for i := range o.cuts {
			o.cuts[i] -= end
		}
		if err := o.settle(ctx); err != nil {
			return err
		}
		o.disconnect()
		o.peers.next()
	}
	if len(o.buf) > 0 {
		if err := o.writePart(ctx, o.buf, o.messages); err != nil {
			return err
		}
	}
	o.buf, o.messages = o.buf[:0], 0
	if cap(o.buf) > keptBuffer {
		o.buf = nil
	}
	for i, r := range o.receipts {
		if o.last != nil {
			o.unacked.attach(o.last, r)
		} else {
			r.Deliver()
		}
		o.receipts[i] = nil
	}
	o.receipts = o.receipts[:0]
	return nil
}

// writePart writes b to the server, connecting first if need be. On an error the
// connection is gone and all of b has to be written again. Bytes that will be
// acknowledged are kept: they are taken care of whatever becomes of the
// connection.
func (o *Output) writePart(ctx context.Context, b []byte, messages int64) error {
	if o.peer != nil && o.peer.left() {
		o.env.Log.Info("connection was closed by " + o.peers.address())
		o.disconnect()
	}
	if o.peer == nil {
		if err := o.connect(ctx); err != nil {
			return err
		}
	}
	if !o.peer.acks {
		return o.send(ctx, b)
	}
	if err := o.wait(ctx, o.unacked.room); err != nil {
		return err
	}
	if !o.peer.acks { // another connection by now
		return o.send(ctx, b)
	}
	o.last = &part{data: slices.Clone(b), messages: messages}
	o.unacked.add(o.last)
	// An error is seen again by the next write, or by Flush.
	if err := o.send(ctx, o.unacked.writing(o.last)); err != nil {
		o.env.Log.Info(err.Error())
	}
	return nil
}

// send writes b over the connection.
func (o *Output) send(ctx context.Context, b []byte) error {
	timeout := o.config.WriteTimeout
	if o.peer.acks {
		timeout = 0 // a server that lives says so
	}
	if err := o.peer.write(ctx, b, timeout); err != nil {
		err = fmt.Errorf("writing to %s: %w", o.peers.address(), err)
		o.disconnect()
		o.peers.next()
		return err
	}
	return nil
}

// connect connects, and sends again what was not acknowledged.
func (o *Output) connect(ctx context.Context) error {
	p, err := o.peers.connect(ctx)
	if err != nil {
		return fmt.Errorf("can't connect: %w", err)
	}
	if o.config.Acknowledge {
		if err := o.agree(ctx, p); err != nil {
			return err
		}
	}
	o.peer = p
	o.connected.Store(true)
	o.connections.Add(1)
	if !p.acks {
		go p.ignore()
	}
	again := o.unacked.restart()
	if p.acks {
		go o.unacked.follow(p, o.config.AcknowledgeTimeout)
	}
	for _, part := range again {
		if err := o.send(ctx, o.unacked.writing(part)); err != nil {
			return err
		}
	}
	if !p.acks {
		o.unacked.acknowledge(math.MaxInt64)
	}
	return nil
}

// agree asks a server for acknowledgement. Without it the connection is of no
// use, unless acknowledge_fallback says otherwise.
func (o *Output) agree(ctx context.Context, p *peer) error {
	stop := context.AfterFunc(ctx, func() { p.conn.SetDeadline(past) })
	defer stop()
	err := Ask(p.conn, o.env.Hostname+"/"+o.env.Name, o.config.AcknowledgeTimeout)
	if err == nil {
		p.acks = true
		return nil
	}
	address := o.peers.address()
	if o.config.AcknowledgeFallback && errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil {
		o.env.Log.Warn("going on without acknowledgement: " + address + " does not answer the question for it")
		p.conn.SetDeadline(time.Time{})
		return nil
	}
	p.conn.Close()
	o.peers.next()
	return fmt.Errorf("asking %s for acknowledgement: %w", address, err)
}

// wait waits for acknowledgements until cond holds, connecting again if it must.
func (o *Output) wait(ctx context.Context, cond func() bool) error {
	for !cond() {
		if o.peer != nil && o.peer.left() {
			o.disconnect()
		}
		if o.peer == nil {
			if err := o.connect(ctx); err != nil {
				return err
			}
		}
		select {
		case <-o.unacked.changed:
		case <-o.peer.gone:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// settle waits until everything is acknowledged.
func (o *Output) settle(ctx context.Context) error { return o.wait(ctx, o.unacked.empty) }

func (o *Output) disconnect() {
	o.peer.close()
	o.peer = nil
	o.connected.Store(false)
}

// Close implements plugin.Closer.
func (o *Output) Close() error {
	if !o.unacked.empty() {
		ctx, cancel := context.WithTimeout(context.Background(), lastAnswers)
		defer cancel()
		if err := o.settle(ctx); err != nil {
			o.env.Log.Warn("ending with messages that are not acknowledged", "error", err)
		}
	}
	if o.peer != nil {
		o.disconnect()
	}
	return nil
}

// Report implements plugin.Reporter.
func (o *Output) Report(r *plugin.Report) {
	r.Add("Connected", o.connected.Load(), "")
	r.Add("Connections", o.connections.Load(), "count")
	if o.config.Acknowledge {
		r.Add("UnacknowledgedMessages", o.unacked.waiting(), "count")
	}
}
