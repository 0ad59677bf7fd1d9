//go:build !linux

package logstream

import (
	"io"
	"os"
)

// readAcross reads what follows offset into a and then into p and returns the
// sum of bytes read; fewer than fit mean the end of the file.
func readAcross(f *os.File, a, p []byte, offset int64) (int, error) {
	n, err := f.ReadAt(a, offset)
	if n == len(a) {
		var more int
		more, err = f.ReadAt(p, offset+int64(n))
		n += more
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}
