package logstream

import (
	"context"
	"errors"
	"io/fs"
	"slices"
)

// goOnInCopy looks for a file that continues the current one, which has left
// the listing: a compressed copy, or a new file that an old one was copied to.
func (f *Follower) goOnInCopy(ctx context.Context) bool {
	if f.cur.off == 0 {
		return false
	}
	fp := f.cur.fingerprint()
	for i := len(f.files) - 1; i >= 0; i-- {
		file := f.files[i]
		if f.list.searched[file.ID] || f.list.isDone(&file) || f.isBehind(file.ID) {
			continue
		}
		s, err := fp.find(ctx, file)
		if ctx.Err() != nil {
			return false
		}
		if errors.Is(err, errMoved) || errors.Is(err, fs.ErrNotExist) || scarce(err) {
			f.list.stale = true
			continue
		}
		if f.list.searched == nil {
			f.list.searched = map[FileID]bool{}
		}
		f.list.searched[file.ID] = true
		// A few bytes under the old name are rather a new file that begins like
		// the old one.
		if err == nil && s.format <= plain && file.Path == f.cur.file.Path && fp.seek < tailSize {
			s.close()
			continue
		}
		if err == nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.cur.copy = s
			f.leave(f.cur, true)
			f.use(s, i)
			return true
		}
		if !passing(err) {
			f.warn(err)
		}
	}
	return false
}

// passing reports whether an error only means that a file is not, or not any
// more, the one that is looked for.
func passing(err error) bool {
	return err == errDiffers || err == errStale || errors.Is(err, errMoved) || errors.Is(err, fs.ErrNotExist)
}

// restart goes on after the content that was read has been replaced: in a copy
// of it, if one was made, and then at the beginning of the new content.
//
// Without a sight of all files it waits: the copy may be among the others, and
// what is in it comes before the new content.
func (f *Follower) restart(ctx context.Context) bool {
	if scarce(f.refresh(ctx)) {
		return false
	}
	old := f.cur
	fp := old.fingerprint()
	overlooked := false
	for i := len(f.files) - 1; i >= 0 && fp.seek > 0; i-- {
		file := f.files[i]
		if file.ID.Same(old.file.ID) {
			continue
		}
		if d := f.list.done[file.ID]; d != nil && !d.copied && !alike(d.head, old.head) {
			continue
		}
		s, err := fp.find(ctx, file)
		if ctx.Err() != nil {
			return false
		}
		if err == nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			old.copy = s
			f.abandon(old)
			f.unlate(f.files[i+1:])
			f.use(s, i)
			return true
		}
		overlooked = overlooked || scarce(err)
		if !passing(err) {
			f.warn(err)
		}
	}
	if overlooked || fp.seek > 0 && !f.opt.Once && f.patient(old.file.Path) {
		return false
	}
	s := &source{file: old.file, after: old.after}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.abandon(old)
	at, listed := f.at, f.listed
	f.use(s, at)
	f.listed = listed
	f.cross(Restart, old, s)
	return true
}

// unlate forgets that files came late which are to be read in their turn.
func (f *Follower) unlate(files []File) {
	f.behind = slices.DeleteFunc(f.behind, func(s *source) bool {
		return s.rank == 0 && s.off == 0 &&
			slices.ContainsFunc(files, func(file File) bool { return file.ID.Same(s.file.ID) })
	})
}

// abandon leaves a file whose content has been replaced.
func (f *Follower) abandon(s *source) {
	s.gone = true
	f.list.haunt(s.head)
	s.close()
}
