package logstream

import (
	"bytes"
	"path/filepath"
	"strings"
	"time"
)

// stepBack goes to a file that has appeared just before the current one if
// nothing was read of that yet.
func (f *Follower) stepBack(files []File, from, to int) bool {
	for i := from; i < to; i++ {
		if files[i].Size == 0 {
			continue
		}
		head, err := readHead(files[i])
		if err != nil {
			f.list.stale = f.list.stale || scarce(err)
			return false
		}
		if len(head) == 0 || f.isCopy(files[i], head) {
			f.list.finishCopy(files[i], head)
			continue
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		old := f.cur
		old.close()
		f.use(&source{file: files[i], after: old.after}, i)
		f.cross(Next, old, f.cur)
		return true
	}
	return false
}

// A lateFile is a file that came late, as it was since a point in time.
type lateFile struct {
	size  int64
	mtime time.Time
	since time.Time
}

// findLate looks for files that have appeared in front of the current one. Most
// are copies of what was read: compressed by rotation, or made before a file is
// truncated. What is not is read after all.
func (f *Follower) findLate(files []File) {
	if f.opt.Once {
		return
	}
	now := time.Now()
	var waiting map[FileID]lateFile // made for the first
	for i := range files {
		file := files[i]
		if file.Size == 0 || f.list.isDone(&file) || f.isBehind(file.ID) {
			continue
		}
		late, ok := f.list.waiting[file.ID]
		if !ok || late.size != file.Size || !late.mtime.Equal(file.MTime) {
			late = lateFile{size: file.Size, mtime: file.MTime, since: now}
			if file.MTime.Before(now) {
				late.since = file.MTime
			}
		}
		settled := now.Sub(late.since) >= min(f.catalog.every, settleTime)
		if !settled || len(f.behind) >= behindLimit || !f.takeLate(file) {
			if waiting == nil {
				waiting = map[FileID]lateFile{}
			}
			waiting[file.ID] = late
		}
	}
	f.list.waiting = waiting
}

// takeLate decides what a late file is; it returns false if that cannot be told
// yet.
func (f *Follower) takeLate(file File) bool {
	head, err := readHead(file)
	if err != nil || len(head) == 0 {
		return false
	}
	if f.isCopy(file, head) {
		f.list.finishCopy(file, head)
		return true
	}
	if !f.inPlace() {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &source{file: file}
	f.keepBehind(s)
	s.seen = 0
	f.track.begin(s)
	f.track.begin(f.cur)
	return true
}

// inPlace reports whether the content that the current file has been read for is still
// in it. If not, the rest of that may be in a copy, and files behind that copy are
// not late.
func (f *Follower) inPlace() bool {
	s := f.cur
	switch {
	case s.rewritten:
		return false
	case s.off == 0 || s.compressed():
		return true
	}
	open := source{file: s.file, f: s.f}
	if s.f == nil {
		if err := open.open(); err != nil {
			return !f.listed && !scarce(err)
		}
		defer open.close()
	}
	last := s.lastBytes()
	now := make([]byte, len(last))
	_, err := open.f.ReadAt(now, s.off-int64(len(last)))
	return err == nil && bytes.Equal(now, last)
}

// isCopy reports whether a file that begins with head holds what has been read
// from another one.
func (f *Follower) isCopy(file File, head []byte) bool {
	if alike(head, f.cur.head) {
		return true
	}
	if d := f.twin(file.Path); d != nil && (len(d.head) == 0 || alike(head, d.head)) {
		return true
	}
	for _, s := range f.behind {
		if alike(head, s.head) {
			return true
		}
	}
	if f.list.memory.hasRead(head) {
		return true
	}
	for _, ghost := range f.list.ghosts {
		if alike(head, ghost) {
			return true
		}
	}
	for _, d := range f.list.done {
		if d.head != nil {
			if alike(head, d.head) {
				return true
			}
			continue
		}
		if gone := d.gen < f.list.gen; gone && sameTime(d.mtime, file.MTime) {
			return true
		}
	}
	return false
}

// sameTime reports whether a copy with the given time of change may have it from
// its original, as tools that compress a file arrange it; some to the second.
func sameTime(original, copied time.Time) bool {
	return copied.Equal(original) || copied.Nanosecond() == 0 && copied.Unix() == original.Unix()
}

// twin returns the file that was read, or is being read, under the name that
// path has without the ending of a compressed file. It may be nil.
func (f *Follower) twin(path string) *doneFile {
	base := withoutEnding(path)
	if base == path {
		return nil
	}
	if f.cur.file.Path == base && f.cur.off > 0 {
		return &doneFile{path: base, head: f.cur.head}
	}
	for _, d := range f.list.done {
		if d.path == base {
			return d
		}
	}
	return nil
}

// withoutEnding returns a path without the ending of a compressed file.
func withoutEnding(path string) string {
	switch ext := filepath.Ext(path); ext {
	case ".gz", ".zst", ".zstd", ".bz2", ".xz":
		return strings.TrimSuffix(path, ext)
	}
	return path
}
