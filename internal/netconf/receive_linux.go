package udp

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/hekad/heka/internal/netconf"
)

// setReceiveBuffer asks for a receive buffer and returns the size that the system
// granted. A privileged process gets what it asks for.
func setReceiveBuffer(s netconf.PacketSocket, want int) (got int, err error) {
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

// kernelDrops is the number of datagrams that were lost because the receive buffer
// was full.
func kernelDrops(s netconf.PacketSocket) (n uint32, ok bool) {
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
