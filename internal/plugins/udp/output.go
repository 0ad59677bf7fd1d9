package udp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// resolveTimeout bounds looking up the address.
const resolveTimeout = 10 * time.Second

// Output is the UdpOutput plugin.
type Output struct {
	config *OutputConfig
	env    *plugin.Env
	dialer netconf.Dialer
	conn   net.Conn // nil before the first message and after an error
	buf    []byte

	sent atomic.Int64
}

func newOutput(c *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	return &Output{config: c, env: env,
		dialer: netconf.Dialer{LocalAddress: c.LocalAddress, Timeout: resolveTimeout}}, nil
}

// SendBatch implements plugin.BatchOutput.
func (o *Output) SendBatch(ctx context.Context, b *plugin.Batch) error {
	for _, p := range b.Packs[b.Done:] {
		err := o.Send(ctx, p)
		reason, refused := plugin.RefusedReason(err)
		switch {
		case refused:
			b.Drop(p, reason, err)
		case err != nil:
			return err
		}
		b.Done++
	}
	return nil
}

// Send implements plugin.Output.
func (o *Output) Send(ctx context.Context, p *plugin.Pack) error {
	buf, err := o.env.Encode(o.buf[:0], p)
	if errors.Is(err, plugin.ErrSkip) {
		return nil
	}
	if err != nil {
		return plugin.Refused("encode", fmt.Errorf("Error encoding message: %w", err))
	}
	o.buf = buf
	if len(buf) > o.config.MaxMessageSize {
		return plugin.Refused("too_big",
			fmt.Errorf("Message has exceeded allowed UDP data size: %d > %d", len(buf), o.config.MaxMessageSize))
	}
	if o.conn == nil {
		if o.conn, err = o.dialer.DialContext(ctx, o.config.Net, o.config.Address); err != nil {
			return fmt.Errorf("Can't connect to '%s': %w", o.config.Address, err)
		}
	}
	return o.write()
}

// write sends the buffer as one datagram.
func (o *Output) write() error {
	_, err := o.conn.Write(o.buf)
	if errors.Is(err, syscall.ECONNREFUSED) && o.config.Net != "unixgram" {
		// The answer to an earlier datagram, which nobody wanted. This one has
		// not been sent yet.
		_, err = o.conn.Write(o.buf)
	}
	switch {
	case err == nil:
		o.sent.Add(1)
		return nil
	case errors.Is(err, syscall.EMSGSIZE):
		return plugin.Refused("too_big", fmt.Errorf("sending %d bytes to %s: %w", len(o.buf), o.config.Address, err))
	}
	o.Close()
	return fmt.Errorf("sending to %s: %w", o.config.Address, err)
}

// Close implements plugin.Closer.
func (o *Output) Close() error {
	if o.conn == nil {
		return nil
	}
	err := o.conn.Close()
	o.conn = nil
	return err
}

// Report implements plugin.Reporter.
func (o *Output) Report(r *plugin.Report) {
	r.Add("SentDatagrams", o.sent.Load(), "count")
}
