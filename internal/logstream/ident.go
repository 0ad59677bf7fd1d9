package logstream

import (
	"io/fs"
	"time"
)

// A FileID tells files apart whatever they are called. A file keeps it when it
// is renamed; a copy has another one. An inode number is used again soon after
// a file is deleted, which is why the time of birth belongs to it.
type FileID struct {
	Device uint64 `json:"device,omitempty"`
	Inode  uint64 `json:"inode,omitempty"`
	// Born is the time of birth in nanoseconds since 1970, or 0 where the file
	// system does not keep it.
	Born int64 `json:"born,omitempty"`
}

// Same reports whether both name one file as far as is known.
func (id FileID) Same(o FileID) bool {
	return id.Inode == o.Inode && id.Device == o.Device &&
		(id.Born == o.Born || id.Born == 0 || o.Born == 0)
}

// fileInfo is what the operating system says of a file.
type fileInfo struct {
	id    FileID
	size  int64
	mtime time.Time
	links uint64 // names that the file has; 0 once it is deleted
	mode  fs.FileMode
}
