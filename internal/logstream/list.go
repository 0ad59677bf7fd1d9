package logstream

import (
	"fmt"
	"slices"
	"time"
)

const (
	// doneGens is for how many listings a file that was read is remembered
	// after it has gone.
	doneGens = 100
	// earlyHeadCount is of how many files before the first position the beginnings
	// are looked at, so that compressed copies of them are recognised later.
	earlyHeadCount = 4
	// settleTime is how long a late file must have been left alone.
	settleTime = 10 * time.Second
	// ghostLimit is how many contents that are no more are remembered.
	ghostLimit = 4
	// watchedBehind is how many files that were left are watched.
	watchedBehind = 8
	// openBehind is how many further files are kept open for positions that
	// may be asked for.
	openBehind = 16
)

// A list is what a follower knows of the files that it does not read.
type list struct {
	gen     uint64 // of the listing in use
	listing *Listing
	// done holds the files that were read, by this follower or before it.
	done map[FileID]*doneFile
	// waiting holds files that came late, until they have stopped changing.
	waiting map[FileID]lateFile
	// searched holds the files that are known not to continue the current one.
	searched map[FileID]bool
	// memory is what positions say of files that were read.
	memory memory
	// ghosts holds the first bytes of contents that were replaced.
	ghosts [][]byte
	// lostAt is since when the stream has no files; zero while it has.
	lostAt time.Time
	// doubted is what had the name of the current file when that was last
	// answered by a scan, if doubting is set.
	doubting bool
	doubted  FileID
	// stale is set when a file was found not to be what the listing says, or
	// could not be looked at for lack of file handles.
	stale bool
	// passed is the doubt whether files have changed since the listing, shaken
	// whether it was made while they did, and twofold whether the newest file is
	// about to be emptied.
	passed, shaken, twofold doubt
	// outran is how often the first bytes of the current file were not trusted.
	outran int
}

type doneFile struct {
	path  string
	size  int64
	mtime time.Time
	head  []byte // nil: not known
	// read is what positions say of it; its hash is empty before it was asked
	// for, and known without head if a position told it.
	read ReadFile
	gen  uint64 // of the last listing that had it
	// copied is set if it was not read itself, but what it is a copy of.
	copied bool
}

func (l *list) use(listing *Listing) {
	l.gen, l.listing, l.stale = listing.Gen, listing, false
}

// left notes that a file has been left. One of which nothing was read may still
// come to have data, under whatever identity.
func (l *list) left(s *source) {
	if s.off > 0 || s.complete {
		l.finish(s.file, s.head)
	}
}

// finish notes that a file has been read.
func (l *list) finish(file File, head []byte) {
	if l.done == nil {
		l.done = map[FileID]*doneFile{}
	}
	l.done[file.ID] = &doneFile{path: file.Path, size: file.Size, mtime: file.MTime, head: head, gen: l.gen}
}

// recall takes over what a position says of a file that was read.
func (l *list) recall(id FileID, known []ReadFile) {
	for _, r := range known {
		if r.FileID.Same(id) {
			l.done[id].read = r
		}
	}
}

// finishCopy notes that a file is a copy of what has been read.
func (l *list) finishCopy(file File, head []byte) {
	l.finish(file, head)
	l.done[file.ID].copied = true
}

// isDone reports whether a listed file has been read. Where files have no time
// of birth, a smaller size means that a new file got an old inode number.
func (l *list) isDone(file *File) bool {
	d := l.done[file.ID]
	return d != nil && (file.ID.Born != 0 || file.Size >= d.size)
}

// haunt remembers content that was replaced.
func (l *list) haunt(head []byte) {
	l.ghosts = append(l.ghosts, slices.Clone(head))
	if len(l.ghosts) > ghostLimit {
		l.ghosts = slices.Delete(l.ghosts, 0, 1)
	}
}

// relist takes over the latest listing of the catalog if it is a new one.
func (f *Follower) relist() {
	l := f.catalog.Latest()
	if l == nil || l.Gen == f.list.gen || f.cur == nil {
		return
	}
	if f.unsteady(l) {
		f.list.stale = true
		return
	}
	f.list.use(l)
	s := l.all[f.name]
	if s == nil {
		if f.list.lostAt.IsZero() {
			f.list.lostAt = time.Now()
		}
		return
	}
	f.list.lostAt = time.Time{}
	f.warnAged(s.Aged)
	if s.refused == nil && len(s.Files) > 0 {
		f.place(s.Files)
	}
}

// warnAged tells of files that grew too old before they were read.
func (f *Follower) warnAged(aged []File) {
	if len(aged) == 0 {
		return
	}
	next := f.at
	if f.listed {
		next++
	}
	for i := next; i < len(f.files); i++ {
		id := f.files[i].ID
		if slices.ContainsFunc(aged, func(a File) bool { return a.ID == id }) {
			f.warn(fmt.Errorf("leave out %s: it was not read before it became older than oldest_duration", f.files[i].Path))
		}
	}
}

// place takes over a list of files and finds the place of the current file in
// it. If it is not in the list, what follows the last file that was read comes
// next.
func (f *Follower) place(files []File) {
	at := slices.IndexFunc(files, func(file File) bool { return file.ID.Same(f.cur.file.ID) })
	listed := at >= 0
	before := files
	if listed {
		before = files[:at]
	}
	after := 0
	for i := range before {
		if f.list.isDone(&files[i]) || f.isBehind(files[i].ID) {
			after = i + 1
		}
	}
	if !listed {
		at = after
	}
	f.mu.Lock()
	f.files, f.at, f.listed = files, at, listed
	if listed {
		f.cur.file = files[at]
	}
	for _, s := range f.behind {
		if i := slices.IndexFunc(files, func(file File) bool { return file.ID.Same(s.file.ID) }); i >= 0 {
			s.file = files[i]
		}
	}
	f.mu.Unlock()

	for i := range files[:at] {
		if d := f.list.done[files[i].ID]; d != nil {
			d.gen, d.path = f.list.gen, files[i].Path
		}
	}
	for id, d := range f.list.done {
		if d.gen+doneGens < f.list.gen {
			delete(f.list.done, id)
		}
	}
	if !listed || f.cur.off > 0 || f.opt.Once || !f.stepBack(files, after, at) {
		f.findLate(files[:at])
	}
	f.remember()
}
