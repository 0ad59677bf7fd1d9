package netconf

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// SetReceiveBuffer asks for a receive buffer and returns the size that the system
// granted. A privileged process gets what it asks for.
func SetReceiveBuffer(s PacketSocket, want int) (got int, err error) {
	raw, err := s.SyscallConn()
	if err != nil {
		return 0, err
	}
	control := raw.Control(func(fd uintptr) {
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, want) != nil {
			if err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, want); err != nil {
				return
			}
		}
		got, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF)
	})
	if control != nil {
		return 0, control
	}
	return got / 2, err // the kernel doubles it for its own use
}

// memInfo is what SO_MEMINFO fills in: nine 32-bit numbers, of which the last
// counts the datagrams that the socket has dropped.
type memInfo [9]uint32

const memInfoDrops = 8

// KernelDrops is the number of datagrams that were lost because the receive buffer
// was full.
func KernelDrops(s PacketSocket) (n uint32, ok bool) {
	raw, err := s.SyscallConn()
	if err != nil {
		return 0, false
	}
	var info memInfo
	size := uint32(unsafe.Sizeof(info))
	err = raw.Control(func(fd uintptr) {
		_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_MEMINFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
		ok = errno == 0 && size == uint32(unsafe.Sizeof(info))
	})
	return info[memInfoDrops], ok && err == nil
}

// vector is what recvmmsg fills in.
type vector struct {
	raw     syscall.RawConn
	iovecs  []unix.Iovec
	headers []header
}

// header is struct mmsghdr.
type header struct {
	unix.Msghdr
	n uint32 // bytes received
}

func (d *Datagrams) init(n int) {
	d.iovecs, d.headers = make([]unix.Iovec, n), make([]header, n)
	for i := range d.headers {
		d.iovecs[i].Base = &d.bufs[i*d.size]
		d.iovecs[i].SetLen(d.size)
		d.headers[i].Iov = &d.iovecs[i]
		d.headers[i].SetIovlen(1)
	}
}

// receive waits for datagrams and keeps all that fit.
//
// hot: once per call of the system.
func (d *Datagrams) receive() error {
	if d.raw == nil {
		var err error
		if d.raw, err = d.socket.SyscallConn(); err != nil {
			return err
		}
	}
	var failed syscall.Errno
	var n uintptr
	err := d.raw.Read(func(fd uintptr) bool {
		for {
			n, _, failed = unix.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&d.headers[0])),
				uintptr(len(d.headers)), unix.MSG_DONTWAIT, 0, 0)
			if failed != unix.EINTR {
				return failed != unix.EAGAIN
			}
		}
	})
	switch {
	case err != nil:
		return err
	case failed != 0:
		return failed
	}
	for i := range int(n) {
		d.keep(i, int(d.headers[i].n))
	}
	return nil
}
