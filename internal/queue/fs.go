package queue

import (
	"io"
	"time"
)

// FS is the one directory that a queue lives in. Names have no path. A queue
// does all its work on files through it, so that tests can make disks fail.
// Errors are those of package os; methods are called from several goroutines.
type FS interface {
	// List returns the files in the directory, in any order.
	List() ([]FileInfo, error)
	// Create makes a new file for appending and reading. It is an error if there
	// is one of that name.
	Create(name string) (File, error)
	// Open opens a file for reading; with write also for appending.
	Open(name string, write bool) (File, error)
	// Rename replaces the file to, if any, by the file from.
	Rename(from, to string) error
	// Remove deletes a file.
	Remove(name string) error
	// Touch sets the time of a file's last change.
	Touch(name string, at time.Time) error
	// Sync makes what Create, Rename and Remove did survive a crash.
	Sync() error
	// Lock takes the directory for this process, until the result is closed. If
	// another process has it, the error is ErrLocked or wraps it.
	Lock() (io.Closer, error)
	// Free returns how many bytes the disk has left for this process.
	Free() (uint64, error)
}

// File is an open file. Write appends. ReadAt and Sync may be called while
// another goroutine is in Write.
type File interface {
	io.ReaderAt
	io.Writer
	io.Closer
	// Truncate cuts the file off behind size bytes.
	Truncate(size int64) error
	// Sync makes what was written survive a crash.
	Sync() error
}

// FileInfo is a file in a directory.
type FileInfo struct {
	Name    string
	Size    int64
	Changed time.Time
}
