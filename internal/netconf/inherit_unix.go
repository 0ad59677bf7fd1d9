//go:build unix

package netconf

import "golang.org/x/sys/unix"

func duplicate(fd int) (int, error) { return unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0) }
