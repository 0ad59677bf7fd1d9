package netconf

import (
	"net"
	"sync"
)

// Limit makes ln accept at most n connections at a time; further ones are closed
// at once, and refused is told about each. 0 is no limit.
func Limit(ln StreamListener, n int, refused func(peer net.Addr)) StreamListener {
	if n <= 0 {
		return ln
	}
	return &limited{StreamListener: ln, slots: make(chan struct{}, n), refused: refused}
}

type limited struct {
	StreamListener
	slots   chan struct{} // one element for each open connection
	refused func(net.Addr)
}

// Accept implements net.Listener.
func (l *limited) Accept() (net.Conn, error) {
	for {
		conn, err := l.StreamListener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.slots <- struct{}{}:
			return &limitedConn{Conn: conn, release: sync.OnceFunc(func() { <-l.slots })}, nil
		default:
			l.refused(conn.RemoteAddr())
			conn.Close()
		}
	}
}

// limitedConn gives its place back when it is closed.
type limitedConn struct {
	net.Conn
	release func()
}

// NetConn returns the connection itself, as that of tls.Conn does.
func (c *limitedConn) NetConn() net.Conn { return c.Conn }

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	defer c.release()
	return c.Conn.Close()
}
