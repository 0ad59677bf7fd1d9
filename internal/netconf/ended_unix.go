//go:build unix

package netconf

import (
	"crypto/tls"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// HasEnded reports whether the other side of a connection has closed it, or at least
// its half, and left nothing to be read. It takes nothing from the connection and
// does not wait. False may mean that it cannot be told.
func HasEnded(c net.Conn) bool {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	with, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := with.SyscallConn()
	if err != nil {
		return true // it is closed on this side
	}
	var b [1]byte
	var n int
	var failed error
	err = raw.Control(func(fd uintptr) {
		n, _, failed = unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	})
	return err != nil || n == 0 && failed == nil || failed == unix.ECONNRESET
}
