package tcp

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/hekad/heka/internal/netconf"
)

// peers connects to one of several servers. The one that worked last is tried
// first; a failure moves on to the next.
type peers struct {
	dialer    netconf.Dialer
	addresses []string
	at        int // address of the current or next connection
}

// address is the server in use, or the next to be tried.
func (p *peers) address() string { return p.addresses[p.at] }

// next moves on to the following server.
func (p *peers) next() { p.at = (p.at + 1) % len(p.addresses) }

// connect tries every server once and returns the last error if none answers.
func (p *peers) connect(ctx context.Context) (*peer, error) {
	var err error
	for range p.addresses {
		var conn net.Conn
		if conn, err = p.dialer.DialContext(ctx, "tcp", p.address()); err == nil {
			return &peer{conn: conn, gone: make(chan struct{})}, nil
		}
		if ctx.Err() != nil {
			break
		}
		p.next()
	}
	return nil, err
}

// peer is a connection that notices when the other side has closed its half.
type peer struct {
	conn net.Conn
	gone chan struct{} // closed when the peer has nothing more to say
	acks bool          // it acknowledges
}

// ignore reads what the server says until it has nothing more to say.
func (p *peer) ignore() {
	defer close(p.gone)
	io.Copy(io.Discard, p.conn)
}

// left reports whether the peer has closed its side. It asks the system, since on a
// busy machine the reader may hear of it only after the next write, whose bytes would
// be lost.
func (p *peer) left() bool {
	select {
	case <-p.gone:
		return true
	default:
		return netconf.HasEnded(p.conn)
	}
}

// write writes all of b within the time-out (0 is none) and while ctx lasts.
func (p *peer) write(ctx context.Context, b []byte, timeout time.Duration) error {
	var deadline time.Time
	if timeout > 0 {
		deadline = time.Now().Add(timeout)
	}
	p.conn.SetWriteDeadline(deadline)
	defer context.AfterFunc(ctx, func() { p.conn.SetWriteDeadline(past) })()
	_, err := p.conn.Write(b)
	return err
}

// close ends the connection and waits for its reader.
func (p *peer) close() {
	p.conn.Close()
	<-p.gone
}
