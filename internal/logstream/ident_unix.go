//go:build unix

package logstream

import (
	"io/fs"
	"os"
	"syscall"
)

// fromStat converts what os.Stat knows, which does not include the time of birth.
func fromStat(info fs.FileInfo) fileInfo {
	fi := fileInfo{size: info.Size(), mtime: info.ModTime(), mode: info.Mode(), links: 1}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		fi.id = FileID{Device: uint64(st.Dev), Inode: uint64(st.Ino)}
		fi.links = uint64(st.Nlink)
	}
	return fi
}

// openFile opens a log for reading; it does not wait if the name has become
// that of a pipe.
func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}
