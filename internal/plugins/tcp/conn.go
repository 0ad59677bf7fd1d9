package tcp

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"
)

const (
	// drainTries looks at an empty socket, drainPause apart, say that nothing is
	// left to read at the end.
	drainTries, drainPause = 10, 5 * time.Millisecond
	// drainTime bounds how long the end may take while bytes keep coming.
	drainTime = 3 * time.Second
)

var (
	// past is a deadline that makes a waiting call return at once.
	past = time.Unix(1, 0)

	errIdle = errors.New("no data within idle_timeout")
)

// conn is a connection that ends with a context. It lies below TLS.
type conn struct {
	net.Conn
	idle    time.Duration // 0 is no limit
	release func() bool   // lets go of the context
	stopped chan struct{} // closed when the context is done

	end   time.Time // of draining; zero before
	empty int       // tries in a row that found nothing

	waiting *waiting // nil before the first wait, and where there is no way to
	overdue error    // of the last wait
}

// newConn begins to watch ctx; Close ends that.
func newConn(ctx context.Context, c net.Conn, idle time.Duration) *conn {
	r := &conn{Conn: c, idle: idle, stopped: make(chan struct{})}
	r.release = context.AfterFunc(ctx, func() {
		close(r.stopped) // first, so that Read does not undo the deadline
		c.SetReadDeadline(past)
	})
	return r
}

// Read waits for bytes until the peer closes, nothing came for the idle time, or
// the context is done and everything was read that was already on its way. Only
// the first of these is io.EOF.
//
// hot: once per read.
func (c *conn) Read(b []byte) (int, error) {
	if !c.end.IsZero() {
		return c.drain(b)
	}
	n, err := 0, c.overdue
	c.overdue = nil
	if err == nil {
		c.expect()
		n, err = c.Conn.Read(b)
	}
	switch {
	case n > 0 || !errors.Is(err, os.ErrDeadlineExceeded):
		return n, err
	case !c.isStopped():
		return 0, errIdle
	}
	c.end = time.Now().Add(drainTime)
	return c.drain(b)
}

// expect gives the peer the idle time from now on.
func (c *conn) expect() {
	if c.idle > 0 {
		c.Conn.SetReadDeadline(time.Now().Add(c.idle))
		if c.isStopped() {
			c.Conn.SetReadDeadline(past)
		}
	}
}

// Wait implements plugin.Waiter.
//
// hot: once per read.
func (c *conn) Wait(rest func()) {
	if c.waiting == nil {
		c.waiting = newWaiting(c.Conn)
	}
	if c.waiting == nil || !c.end.IsZero() {
		return
	}
	c.expect()
	if err := c.waiting.wait(rest); errors.Is(err, os.ErrDeadlineExceeded) {
		c.overdue = err // other errors come again
	}
}

// drain reads what comes without a pause.
func (c *conn) drain(b []byte) (int, error) {
	for c.empty < drainTries && time.Now().Before(c.end) {
		n, err := tryRead(c.Conn, b)
		if n > 0 || err != nil {
			c.empty = 0
			return n, err
		}
		c.empty++
	}
	return 0, context.Canceled
}

// pausingRead is tryRead for connections without a descriptor. A deadline that is
// over when the read begins keeps it from looking, so on a busy machine it may see
// nothing where there is something.
func pausingRead(c net.Conn, b []byte) (int, error) {
	c.SetReadDeadline(time.Now().Add(drainPause))
	n, err := c.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	} else if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	return n, err
}

func (c *conn) isStopped() bool {
	select {
	case <-c.stopped:
		return true
	default:
		return false
	}
}

// Close closes the connection.
func (c *conn) Close() error {
	c.release()
	return c.Conn.Close()
}
