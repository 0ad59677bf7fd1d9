//go:build unix

package tcp

import (
	"io"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// tryRead reads what is there. If there is nothing it returns 0 and no error after
// drainPause.
func tryRead(c net.Conn, b []byte) (int, error) {
	with, ok := c.(syscall.Conn)
	if !ok {
		return pausingRead(c, b)
	}
	raw, err := with.SyscallConn()
	if err != nil {
		return 0, err
	}
	var n int
	var failed error
	err = raw.Control(func(fd uintptr) {
		for {
			if n, failed = unix.Read(int(fd), b); failed != unix.EINTR {
				return
			}
		}
	})
	switch {
	case err != nil:
		return 0, err
	case failed == unix.EAGAIN:
		time.Sleep(drainPause)
		return 0, nil
	case failed != nil:
		return 0, failed
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}
