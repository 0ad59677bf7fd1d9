package logstream

import (
	"io/fs"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// readAcross reads what follows offset into a and then into p, in one system
// call, and returns the sum of bytes read; fewer than fit mean the end of the
// file.
func readAcross(f *os.File, a, p []byte, offset int64) (int, error) {
	for {
		n, err := unix.Preadv(int(f.Fd()), [][]byte{a, p}, offset)
		runtime.KeepAlive(f)
		switch err {
		case nil:
			return n, nil
		case unix.EINTR:
		default:
			return 0, &fs.PathError{Op: "read", Path: f.Name(), Err: err}
		}
	}
}
