package logstream

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const statMask = unix.STATX_TYPE | unix.STATX_MODE | unix.STATX_NLINK | unix.STATX_INO |
	unix.STATX_SIZE | unix.STATX_MTIME | unix.STATX_BTIME

// statPath examines the file under a name, following symbolic links.
func statPath(path string) (fileInfo, error) {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_STATX_SYNC_AS_STAT, statMask, &st)
	if noStatx(err) {
		info, err := os.Stat(path)
		if err != nil {
			return fileInfo{}, err
		}
		return fromStat(info), nil
	}
	if err != nil {
		return fileInfo{}, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	return fromStatx(&st), nil
}

// statFile examines an open file.
func statFile(f *os.File) (fileInfo, error) {
	var st unix.Statx_t
	err := unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH|unix.AT_STATX_SYNC_AS_STAT, statMask, &st)
	runtime.KeepAlive(f)
	if noStatx(err) {
		info, err := f.Stat()
		if err != nil {
			return fileInfo{}, err
		}
		return fromStat(info), nil
	}
	if err != nil {
		return fileInfo{}, &fs.PathError{Op: "stat", Path: f.Name(), Err: err}
	}
	return fromStatx(&st), nil
}

// noStatx reports whether the kernel has no statx, or a sandbox from before its
// time forbids it.
func noStatx(err error) bool {
	return errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM)
}

func fromStatx(st *unix.Statx_t) fileInfo {
	info := fileInfo{
		id: FileID{
			Device: unix.Mkdev(st.Dev_major, st.Dev_minor),
			Inode:  st.Ino,
		},
		size:  int64(st.Size),
		mtime: time.Unix(st.Mtime.Sec, int64(st.Mtime.Nsec)),
		links: uint64(st.Nlink),
		mode:  fs.FileMode(st.Mode & 0o777),
	}
	if st.Mask&unix.STATX_BTIME != 0 {
		info.id.Born = st.Btime.Sec*1e9 + int64(st.Btime.Nsec)
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		info.mode |= fs.ModeDir
	default:
		info.mode |= fs.ModeIrregular
	}
	return info
}
