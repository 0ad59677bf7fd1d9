package graphite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// lastWord is how long a server may take to close a connection after heka has
// closed its side. One that does not is taken to have got everything.
const lastWord = 5 * time.Second

// past is a deadline that makes a waiting call return at once.
var past = time.Unix(1, 0)

// wire brings bytes to the server.
type wire struct {
	config *CarbonConfig
	log    *slog.Logger
	dialer netconf.Dialer

	conn net.Conn      // kept; nil without one
	gone chan struct{} // closed when the server has closed conn

	connections atomic.Int64
}

func newWire(c *CarbonConfig, env *plugin.Env) wire {
	return wire{config: c, log: env.Log, dialer: netconf.Dialer{Timeout: c.ConnectTimeout}}
}

// send sends lines, each with its end.
func (w *wire) send(ctx context.Context, b []byte) error {
	switch {
	case w.config.Protocol == "udp":
		return w.datagrams(ctx, b)
	case !w.config.TCPKeepAlive:
		return w.once(ctx, b)
	}
	if w.conn != nil && !w.left() {
		err := w.write(ctx, w.conn, b)
		if err == nil {
			return nil
		}
		w.close()
		w.log.Warn(fmt.Sprintf("Error %q, connection reset, retrying", "Write to server failed: "+err.Error()))
	}
	w.close()
	conn, err := w.dial(ctx, "tcp")
	if err != nil {
		return err
	}
	w.conn, w.gone = conn, make(chan struct{})
	go func() {
		defer close(w.gone)
		io.Copy(io.Discard, conn)
	}()
	if err := w.write(ctx, w.conn, b); err != nil {
		w.close()
		return fmt.Errorf("Write to server failed: %w", err)
	}
	return nil
}

// left reports whether the server has closed the kept connection. It asks the system,
// since the reader may hear of it only after a write whose bytes would be lost.
func (w *wire) left() bool {
	select {
	case <-w.gone:
		return true
	default:
		return netconf.HasEnded(w.conn)
	}
}

func (w *wire) dial(ctx context.Context, network string) (net.Conn, error) {
	conn, err := w.dialer.DialContext(ctx, network, w.config.Address)
	if err != nil {
		return nil, fmt.Errorf("Dial failed: %w", err)
	}
	w.connections.Add(1)
	return conn, nil
}

// write writes all of b within write_timeout and while ctx lasts.
func (w *wire) write(ctx context.Context, conn net.Conn, b []byte) error {
	var deadline time.Time
	if t := w.config.WriteTimeout; t > 0 {
		deadline = time.Now().Add(t)
	}
	conn.SetDeadline(deadline)
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(past) })()
	_, err := conn.Write(b)
	return err
}

// once sends b over a connection of its own, and waits for the server to close it:
// a connection that breaks before may have lost something.
func (w *wire) once(ctx context.Context, b []byte) error {
	conn, err := w.dial(ctx, "tcp")
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := w.write(ctx, conn, b); err != nil {
		return fmt.Errorf("Write to server failed: %w", err)
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return fmt.Errorf("Write to server failed: %w", err)
		}
	}
	conn.SetDeadline(time.Now().Add(lastWord))
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(past) })()
	_, err = io.Copy(io.Discard, conn)
	if err != nil && (!errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil) {
		return fmt.Errorf("Write to server failed: %w", err)
	}
	return nil
}

// datagrams sends whole lines in as few datagrams as their limit allows. After an
// error all of them are sent again, which does no harm.
func (w *wire) datagrams(ctx context.Context, b []byte) error {
	if w.conn == nil {
		var err error
		if w.conn, err = w.dial(ctx, "udp"); err != nil {
			return err
		}
	}
	for len(b) > 0 {
		n := datagram(b, w.config.MaxDatagramSize)
		_, err := w.conn.Write(b[:n])
		if errors.Is(err, syscall.ECONNREFUSED) {
			// The answer to an earlier datagram, which nobody wanted. This one has
			// not been sent yet.
			_, err = w.conn.Write(b[:n])
		}
		if err != nil {
			w.close()
			return fmt.Errorf("Write to server failed: %w", err)
		}
		b = b[n:]
	}
	return nil
}

// datagram is how many bytes of whole lines fit into limit; a longer line goes
// alone.
func datagram(b []byte, limit int) int {
	if len(b) <= limit {
		return len(b)
	}
	if n := bytes.LastIndexByte(b[:limit], '\n'); n >= 0 {
		return n + 1
	}
	return bytes.IndexByte(b, '\n') + 1
}

// close ends the kept connection.
func (w *wire) close() error {
	if w.conn == nil {
		return nil
	}
	err := w.conn.Close()
	if w.gone != nil {
		<-w.gone
	}
	w.conn, w.gone = nil, nil
	return err
}
