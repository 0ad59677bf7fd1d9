package admin

import (
	"fmt"
	"net"
	"syscall"
)

// peer says who is at the other end of a socket file, as the kernel knows.
func peer(c *net.UnixConn) string {
	raw, err := c.SyscallConn()
	if err != nil {
		return "somebody at the socket file"
	}
	var who *syscall.Ucred
	if raw.Control(func(fd uintptr) { who, err = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED) }) != nil || err != nil {
		return "somebody at the socket file"
	}
	return fmt.Sprintf("uid %d (pid %d)", who.Uid, who.Pid)
}
