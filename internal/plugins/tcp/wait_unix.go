//go:build unix

package tcp

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// waiting waits until a connection can be read.
type waiting struct {
	raw   syscall.RawConn
	look  func(fd uintptr) bool
	polls [1]unix.PollFd
	rest  func() // to be called before it waits; nil afterwards
}

// newWaiting returns nil for a connection without a descriptor.
func newWaiting(c net.Conn) *waiting {
	with, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := with.SyscallConn()
	if err != nil {
		return nil
	}
	w := &waiting{raw: raw}
	w.look = w.ready
	return w
}

// wait returns when there are bytes, the end or an error to read, or with an error
// at the connection's deadline.
func (w *waiting) wait(rest func()) error {
	w.rest = rest
	return w.raw.Read(w.look)
}

// ready reports whether the descriptor can be read; its goroutine waits otherwise.
func (w *waiting) ready(fd uintptr) bool {
	w.polls[0] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
	if n, err := unix.Poll(w.polls[:], 0); n > 0 || err != nil && err != unix.EINTR {
		return true
	}
	if w.rest != nil {
		w.rest()
		w.rest = nil
	}
	return false
}
