package tcp

import (
	"crypto/tls"
	"net"

	"github.com/hekad/heka/plugin"
)

// after is a connection that is read on behind its beginning.
type after struct {
	net.Conn
	first []byte // what was read already
	err   error  // what came with it
}

// Read implements io.Reader.
func (a *after) Read(b []byte) (int, error) {
	if len(a.first) > 0 {
		n := copy(b, a.first)
		a.first = a.first[n:]
		return n, nil
	}
	a.first = nil
	if a.err != nil {
		return 0, a.err
	}
	return a.Conn.Read(b)
}

// Wait implements plugin.Waiter.
func (a *after) Wait(rest func()) {
	if w, ok := a.Conn.(plugin.Waiter); ok && len(a.first) == 0 && a.err == nil {
		w.Wait(rest)
	}
}

// secureConn is a TLS connection. What it has decrypted only a Read can tell, so it
// waits with a Read into a small buffer of its own.
type secureConn struct {
	*tls.Conn
	small [256]byte
	first []byte // unread part of small
	more  bool   // small was filled: more may be decrypted already
	err   error  // that came while it waited
}

// Read implements io.Reader.
func (c *secureConn) Read(b []byte) (int, error) {
	if len(c.first) > 0 {
		n := copy(b, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	if err := c.err; err != nil {
		c.err = nil
		return 0, err
	}
	c.more = false
	return c.Conn.Read(b)
}

// Wait implements plugin.Waiter.
func (c *secureConn) Wait(rest func()) {
	if len(c.first) > 0 || c.more || c.err != nil {
		return
	}
	rest()
	var n int
	n, c.err = c.Conn.Read(c.small[:])
	c.first, c.more = c.small[:n], n == len(c.small)
}
