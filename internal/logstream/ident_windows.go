package logstream

import (
	"os"
	"runtime"
	"syscall"
)

// openFile opens a log for reading.
func openFile(path string) (*os.File, error) { return os.Open(path) }

// statPath examines the file under a name, following symbolic links. A regular
// file is opened for it, since only a handle tells the identity.
func statPath(path string) (fileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileInfo{}, err
	}
	if !info.Mode().IsRegular() {
		return fileInfo{size: info.Size(), mtime: info.ModTime(), mode: info.Mode(), links: 1}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fileInfo{}, err
	}
	defer f.Close()
	return statFile(f)
}

// statFile examines an open file.
func statFile(f *os.File) (fileInfo, error) {
	info, err := f.Stat()
	if err != nil {
		return fileInfo{}, err
	}
	var by syscall.ByHandleFileInformation
	err = syscall.GetFileInformationByHandle(syscall.Handle(f.Fd()), &by)
	runtime.KeepAlive(f)
	if err != nil {
		return fileInfo{}, os.NewSyscallError("GetFileInformationByHandle", err)
	}
	return fileInfo{
		id: FileID{
			Device: uint64(by.VolumeSerialNumber),
			Inode:  uint64(by.FileIndexHigh)<<32 | uint64(by.FileIndexLow),
			Born:   by.CreationTime.Nanoseconds(),
		},
		size:  info.Size(),
		mtime: info.ModTime(),
		links: uint64(by.NumberOfLinks),
		mode:  info.Mode(),
	}, nil
}
