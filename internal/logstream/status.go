package logstream

import "time"

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
	// count with their compressed size. How much of one that is being read is
	// still to come shows only in a gzip file of one member; others do not count.
	Lag int64
	// Left is the part of Lag that is in the file that is being read.
	Left int64
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
			st.Left = max(0, info.size-f.cur.off)
		}
	}
	st.Lag += st.Left
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
