package file

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// target is an open file, or standard output.
type target struct {
	file     *os.File
	path     string
	standard bool // standard output, which is neither synced nor closed
	syncs    bool // it is a regular file, which has a disk to be synced to
	found    bool // it was there before, and nothing was written to it yet
}

// opener opens targets.
type opener struct {
	perm, folderPerm os.FileMode
	fsync            bool
}

// open opens path for appending, with all directories on the way.
func (o *opener) open(path string) (*target, error) {
	if path == "-" || path == "/dev/stdout" {
		return &target{file: os.Stdout, path: path, standard: true}, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), o.folderPerm); err != nil {
		return nil, err
	}
	_, before := os.Stat(path)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, o.perm)
	if err != nil {
		return nil, err
	}
	t := &target{file: f, path: path, found: before == nil}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		t.syncs = o.fsync
	}
	if t.syncs && errors.Is(before, os.ErrNotExist) {
		syncFolder(filepath.Dir(path))
	}
	return t, nil
}

// syncFolder makes a new name last. Not every system can; the file itself is what
// counts.
func syncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		d.Sync()
		d.Close()
	}
}

// sync waits for the disk. File systems that cannot are excused.
func (t *target) sync() error {
	if !t.syncs {
		return nil
	}
	err := t.file.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

func (t *target) close() error {
	if t.standard {
		return nil
	}
	return t.file.Close()
}

// same reports whether both are the same file on disk.
func (t *target) same(other *target) bool {
	a, errA := t.file.Stat()
	b, errB := other.file.Stat()
	return errA == nil && errB == nil && os.SameFile(a, b)
}
