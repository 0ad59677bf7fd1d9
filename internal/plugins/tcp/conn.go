package tcp

import (
	"context"
	"errors"
	"net"
	"os"
	"time"
)

const (
	// drainPause without a byte says that nothing is left to read at the end.
	drainPause = 20 * time.Millisecond
	// drainTime bounds how long the end may take while bytes keep coming.
	drainTime = time.Second
)

var (
	// past is a deadline that makes a waiting call return at once.
	past = time.Unix(1, 0)

	errIdle = errors.New("no data within idle_timeout")
)

// connReader reads a connection for a stream.
type connReader struct {
	conn     net.Conn
	stopping <-chan struct{}
	idle     time.Duration // 0 is no limit
	stop     func() bool   // lets go of the context
	end      time.Time     // of draining; zero before
}

// newConnReader begins to watch ctx; the caller calls stop at the end.
func newConnReader(ctx context.Context, conn net.Conn, idle time.Duration) *connReader {
	wake := func() { conn.SetReadDeadline(past) }
	return &connReader{conn: conn, stopping: ctx.Done(), idle: idle, stop: context.AfterFunc(ctx, wake)}
}

// Read waits for bytes until the peer closes, nothing came for the idle time, or
// the context is done and everything was read that was already there. Only the
// first of these is io.EOF.
//
// hot: once per read.
func (r *connReader) Read(b []byte) (int, error) {
	for {
		if r.idle > 0 && r.end.IsZero() {
			r.conn.SetReadDeadline(time.Now().Add(r.idle))
			if r.stopped() {
				r.conn.SetReadDeadline(past)
			}
		}
		n, err := r.conn.Read(b)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			if !r.end.IsZero() {
				r.drainOn()
			}
			return n, err
		}
		if !r.stopped() {
			return 0, errIdle
		}
		if !r.end.IsZero() {
			return 0, context.Canceled
		}
		r.end = time.Now().Add(drainTime)
		r.drainOn()
	}
}

// drainOn allows for one more pause.
func (r *connReader) drainOn() {
	next := time.Now().Add(drainPause)
	if next.After(r.end) {
		next = r.end
	}
	r.conn.SetReadDeadline(next)
}

func (r *connReader) stopped() bool {
	select {
	case <-r.stopping:
		return true
	default:
		return false
	}
}
