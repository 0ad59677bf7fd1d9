package logstream

import (
	"slices"
	"time"
)

// A Status says where a stream stands, for reports and for the verification
// tool.
type Status struct {
	Stream string
	// FileName and Seek are the place that is read next. FileName is empty if
	// there is none yet.
	FileName string
	Seek     int64
	// Files are the files of the stream, from the oldest to the newest.
	Files []FileStatus
	// Lag is how many bytes are on disk behind the place. Compressed files
	// count with their compressed size, and one that is being read not at all.
	Lag int64
	// Newest is when the newest file was last changed.
	Newest time.Time
	// Finished is set when the stream has come to its end.
	Finished bool
}

// A FileStatus says how far one file has been read.
type FileStatus struct {
	Path string
	// Size is the size on disk when the file was last looked at.
	Size  int64
	State FileState
}

// A FileState says how far one file has been read.
type FileState int

const (
	// Unread is a file whose turn is still to come.
	Unread FileState = iota
	// Reading is the file of the position.
	Reading
	// Read is a file before that.
	Read
)

var stateNames = [...]string{"unread", "reading", "read"}

// String returns the state in lower case.
func (s FileState) String() string { return stateNames[s] }

// Status returns where the reading stands. It costs one stat.
func (f *Follower) Status() Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	st := Status{Stream: f.name, Finished: f.finished}
	if f.cur == nil {
		return st
	}
	st.FileName, st.Seek = f.cur.file.Path, f.cur.off
	cur := -1
	if f.listed {
		cur = f.at
	}
	st.add(f.files, cur, f.at)
	if info, err := f.cur.info(); err == nil {
		if f.listed {
			st.Files[cur].Size = info.size
		}
		st.Newest = newer(st.Newest, info.mtime)
		if !f.cur.compressed() {
			st.Lag += max(0, info.size-f.cur.off)
		}
	}
	return st
}

// add sets the files: the one at index cur is being read, and the others from
// index next on are not read yet.
func (st *Status) add(files []File, cur, next int) {
	for i, file := range files {
		state := Read
		switch {
		case i == cur:
			state = Reading
		case i >= next:
			state = Unread
			st.Lag += file.Size
		}
		st.Files = append(st.Files, FileStatus{Path: file.Path, Size: file.Size, State: state})
		st.Newest = newer(st.Newest, file.MTime)
	}
}

func newer(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Preview tells where the reading of a stream would begin, given its position
// and whether streams without one begin at their end. It looks at names and
// identities only and opens no file.
func Preview(s Stream, pos Position, tail bool) Status {
	st := Status{Stream: s.Name, FileName: pos.FileName, Seek: pos.Seek}
	at := slices.IndexFunc(s.Files, func(f File) bool { return pos.is(f.ID) })
	if at < 0 && !pos.IsZero() {
		at = slices.IndexFunc(s.Files, func(f File) bool { return f.Path == pos.FileName })
	}
	if pos.IsZero() && tail && len(s.Files) > 0 {
		at = len(s.Files) - 1
		st.FileName, st.Seek = s.Files[at].Path, s.Files[at].Size
	}
	st.add(s.Files, at, max(0, at))
	if at >= 0 {
		st.FileName = s.Files[at].Path
		st.Lag += max(0, s.Files[at].Size-st.Seek)
	}
	return st
}
