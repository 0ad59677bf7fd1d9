package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/plugins/tcp"
)

// Conn is a connection to a receiver. One goroutine may write and another call
// NextCount; Finish comes behind both.
type Conn struct {
	net.Conn
	timeout time.Duration
	stream  bool
	acks    bool
	sent    int64 // bytes behind the question
	counted int64 // bytes that the receiver has taken care of
}

// Dial connects to o.Address.
func Dial(ctx context.Context, o *Options, log *slog.Logger) (*Conn, error) {
	d := netconf.Dialer{Timeout: o.Timeout}
	if o.UseTLS {
		var err error
		if d.TLS, err = o.TLS.ClientConfig(log); err != nil {
			return nil, err
		}
	}
	conn, err := d.DialContext(ctx, o.Network, o.Address)
	if err != nil {
		return nil, err
	}
	return &Conn{Conn: conn, timeout: o.Timeout, stream: !o.Datagrams()}, nil
}

// AskAcknowledgement makes the receiver tell what it has taken care of. It comes
// before the first Write. name tells this sender from others.
func (c *Conn) AskAcknowledgement(name string) error {
	if !c.stream {
		return errors.New("only stream connections are acknowledged")
	}
	err := tcp.Ask(c.Conn, name, c.timeout)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errors.New("no answer; it must be a TcpInput of a heka that knows acknowledgement")
	}
	if err != nil {
		return fmt.Errorf("ask %s to acknowledge: %w", c.RemoteAddr(), c.reason(err))
	}
	c.acks = true
	return nil
}

// Write implements io.Writer.
func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent += int64(n)
	return n, c.reason(err)
}

// reason replaces the error of a write that a receiver of TLS has cut off by what
// the receiver has said about it, such as that it wants a certificate.
func (c *Conn) reason(err error) error {
	var op *net.OpError
	if _, ok := c.Conn.(*tls.Conn); !ok || !errors.As(err, &op) || op.Op != "write" || op.Timeout() {
		return err
	}
	c.SetReadDeadline(time.Now().Add(c.timeout))
	var alert *net.OpError
	if _, said := c.Read(make([]byte, 1)); errors.As(said, &alert) && alert.Op == "remote error" {
		return said
	}
	return err
}

// Sent is the number of bytes written.
func (c *Conn) Sent() int64 { return c.sent }

// Finish waits until the receiver has taken everything, and closes the
// connection. With acknowledgement that is when all is delivered; else, over a
// stream, when the receiver has read all and closes its side.
func (c *Conn) Finish() error {
	err := c.finish()
	if err != nil {
		err = fmt.Errorf("send to %s: %w", c.RemoteAddr(), err)
	}
	if closed := c.Conn.Close(); err == nil && c.stream && !errors.Is(closed, net.ErrClosed) {
		err = closed
	}
	return err
}

func (c *Conn) finish() error {
	switch {
	case c.acks:
		return c.allCounted()
	case !c.stream:
		return nil
	}
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok {
		return nil
	}
	if err := half.CloseWrite(); err != nil {
		return err
	}
	c.SetReadDeadline(time.Now().Add(c.timeout))
	_, err := io.Copy(io.Discard, c.Conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("it has not read everything within %v", c.timeout)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) { // TLS without a word at the end
		return nil
	}
	return err
}

// allCounted waits until the receiver has taken care of all that was sent.
func (c *Conn) allCounted() error {
	for moved := time.Now(); c.counted < c.sent; {
		before := c.counted
		if _, err := c.NextCount(moved.Add(c.timeout)); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return fmt.Errorf("%d of %d bytes were not acknowledged within %v", c.sent-c.counted, c.sent, c.timeout)
			}
			return fmt.Errorf("%d of %d bytes were not acknowledged: %w", c.sent-c.counted, c.sent, err)
		}
		if c.counted > before {
			moved = time.Now()
		}
	}
	return nil
}

// NextCount waits for the next count of a receiver that acknowledges, at most
// until the deadline (zero is no deadline), and returns it: bytes of all that were
// written.
func (c *Conn) NextCount(deadline time.Time) (int64, error) {
	c.SetReadDeadline(deadline)
	n, err := tcp.ReadCount(c.Conn)
	if err == nil {
		c.counted = n
	}
	return n, err
}
