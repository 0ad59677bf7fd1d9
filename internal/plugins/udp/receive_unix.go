//go:build unix

package udp

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

const (
	// overCheck is the number of datagrams after which a busy input looks whether
	// it is to end.
	overCheck = 64
	// lastWait is how long the end may wait for a datagram. It never does, since
	// it is seen when there is none.
	lastWait = lastPass
)

// receive hands datagrams in until over says so, which is asked now and then, or
// until idle does, which is called each time the socket's buffer is empty; on false
// it waits for the next datagram. It also ends at the socket's read deadline and at
// an error.
//
// hot: the inner loop runs once per datagram.
func (in *Input) receive(idle, over func() bool) error {
	raw, err := in.socket.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Read(func(fd uintptr) bool {
		for n := 1; ; n++ {
			size, err := in.next(int(fd))
			switch err {
			case nil:
				in.datagram(in.buf[:size])
			case unix.EINTR:
			case unix.EAGAIN:
				return idle()
			default:
				failed = err
				return true
			}
			if n%overCheck == 0 && over() {
				return true
			}
		}
	})
	if err != nil {
		return err
	}
	return failed
}

// next reads one datagram without waiting.
func (in *Input) next(fd int) (int, error) {
	if !in.config.SetHostname {
		return unix.Read(fd, in.buf)
	}
	n, sender, err := unix.Recvfrom(fd, in.buf, 0)
	if err != nil {
		return 0, err
	}
	switch a := sender.(type) {
	case *unix.SockaddrInet4:
		in.from(netip.AddrFrom4(a.Addr))
	case *unix.SockaddrInet6:
		in.from(netip.AddrFrom16(a.Addr))
	}
	return n, nil
}
