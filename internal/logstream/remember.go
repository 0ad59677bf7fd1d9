package logstream

import (
	"slices"
	"sync"
)

// remembered is how many of the files before the one that is read are in a
// position.
const remembered = 16

// A ReadFile is a file before the one of a position that was read.
type ReadFile struct {
	FileID
	// Size is how many bytes at its beginning Hash, a SHA-1 in lower-case
	// hexadecimal digits, is of: at most 1024, and 0 if they are not known.
	Size int    `json:"size,omitempty"`
	Hash string `json:"hash,omitempty"`
}

// begins reports whether the file is known to begin as another one that begins
// with head.
func (r *ReadFile) begins(head []byte) bool {
	return r.Size > 0 && r.Size <= len(head) && headHash(head[:r.Size]) == r.Hash
}

// A memory is what positions say of the files that were read, so that after a
// restart those that came meanwhile, before the position in the order, can be told
// from them. It may be used by any goroutine.
type memory struct {
	mu sync.Mutex // guards the rest, which is not changed, only replaced
	// read and waiting are in the order of the stream.
	read    []ReadFile
	waiting []FileID
}

func (m *memory) get() ([]ReadFile, []FileID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.read, m.waiting
}

func (m *memory) set(read []ReadFile, waiting []FileID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read, m.waiting = read, waiting
}

// hasRead reports whether a file that was read is known to begin as another one
// that begins with head.
func (m *memory) hasRead(head []byte) bool {
	read, _ := m.get()
	return slices.ContainsFunc(read, func(r ReadFile) bool { return r.begins(head) })
}

// remember takes down which files before the current one were read.
func (f *Follower) remember() {
	read := []ReadFile{}
	var waiting []FileID
	for i := f.at - 1; i >= 0; i-- {
		if _, ok := f.list.waiting[f.files[i].ID]; ok && len(waiting) < behindLimit {
			waiting = append(waiting, f.files[i].ID)
		}
		d := f.list.done[f.files[i].ID]
		if d == nil || len(read) == remembered {
			continue
		}
		if len(d.head) > 0 && d.read.Hash == "" {
			d.read.Size, d.read.Hash = len(d.head), headHash(d.head)
		}
		d.read.FileID = f.files[i].ID
		read = append(read, d.read)
	}
	slices.Reverse(read)
	slices.Reverse(waiting)
	f.list.memory.set(read, waiting)
}

// late finds the files, among those before the one to begin with, that have come
// since the position was saved: of the last ones, those that it does not know. A
// compressed file from before is a copy of what was read, and so is one that
// begins like it.
func (f *Follower) late(files []File, behind []*source) map[FileID]bool {
	known := f.opt.Start.Read
	if f.opt.Once || known == nil {
		return nil
	}
	first := slices.IndexFunc(files, func(file File) bool {
		return slices.ContainsFunc(known, func(r ReadFile) bool { return r.FileID.Same(file.ID) })
	})
	if len(known) < remembered {
		first = 0
	}
	// A file whose beginning is not known may have any copy.
	blurred := slices.ContainsFunc(known, func(r ReadFile) bool {
		return r.Size == 0 && !slices.ContainsFunc(files, func(file File) bool { return file.ID.Same(r.FileID) })
	})
	late := map[FileID]bool{}
	for i, file := range files {
		same := func(r ReadFile) bool { return r.FileID.Same(file.ID) }
		watched := func(s *source) bool { return s.file.ID.Same(file.ID) }
		waiting := slices.ContainsFunc(f.opt.Start.Waiting, func(id FileID) bool { return id.Same(file.ID) })
		switch {
		case !waiting && (first < 0 || i < first), file.Size == 0:
		case slices.ContainsFunc(known, same), slices.ContainsFunc(behind, watched):
		case withoutEnding(file.Path) != file.Path && (blurred || file.MTime.UnixNano() <= f.opt.Start.Modified):
		default:
			head, err := readHead(file)
			if err != nil || !slices.ContainsFunc(known, func(r ReadFile) bool { return r.begins(head) }) {
				late[file.ID] = true
			}
		}
	}
	return late
}
