package logstream

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// enter goes on with the beginning of the file at index i.
func (f *Follower) enter(i int) {
	old := f.cur
	kind := Next
	if old.damage != nil {
		kind = Damaged
	}
	if old.f == nil && !f.listed && old.off > 0 && !old.complete {
		f.warn(fmt.Errorf("leave %s at %d: it was deleted while it was closed", old.file.Path, old.off))
		old.gone = true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.leave(old)
	s := f.takeBehind(f.files[i].ID)
	if s == nil {
		s = &source{file: f.files[i]}
	}
	s.after = old.endPosition()
	f.use(s, i)
	f.cross(kind, old, f.cur)
}

// use makes s the current file; it is at index i of the listing.
func (f *Follower) use(s *source, i int) {
	if f.cur != nil {
		s.rank = f.cur.rank
	}
	s.rank++
	f.cur, f.src = s, s
	f.at, f.listed = i, true
	f.track.begin(s)
	clear(f.list.searched)
	f.list.doubting = false
}

// leave ends the reading of a file. One that was written to lately stays open
// for a while: its writer may not know yet that the file was rotated away.
func (f *Follower) leave(s *source) {
	f.list.finish(s.file, s.head)
	lately := time.Since(s.end.mtime) < f.catalog.every
	lost := s.gone || s.copy != nil && s.f == nil
	if lately && !lost && !s.compressed() && !f.opt.Once {
		f.keepBehind(s)
		return
	}
	f.drop(s)
}

// keepBehind watches a file that is older than the current one.
func (f *Follower) keepBehind(s *source) {
	s.until = time.Now().Add(f.catalog.every)
	s.seen = s.off
	if s.compressed() {
		s.seen = -1
	}
	f.behind = append(f.behind, s)
	if watched := f.behind; len(watched) > watchedBehind && watched[0].rank > 0 {
		f.behind = slices.Delete(watched, 0, 1)
		f.drop(watched[0])
	}
}

// drop ends the use of a file. It is closed when no position in it can be asked
// for any more.
func (f *Follower) drop(s *source) {
	f.list.finish(s.file, s.head)
	if s.f == nil {
		return
	}
	info, err := statFile(s.f)
	s.gone = s.gone || err == nil && info.links == 0
	if s.compressed() || s.gone || !f.track.has(s) {
		s.close()
		return
	}
	f.closing = append(f.closing, s)
	if len(f.closing) > openBehind {
		f.closing[0].close()
		f.closing = slices.Delete(f.closing, 0, 1)
	}
}

// takeBehind returns an older file and stops watching it, because its turn has
// come. It returns nil if the file is none of the older ones.
func (f *Follower) takeBehind(id FileID) *source {
	i := slices.IndexFunc(f.behind, func(s *source) bool { return s.file.ID.Same(id) })
	if i < 0 {
		return nil
	}
	s := f.behind[i]
	f.behind = slices.Delete(f.behind, i, i+1)
	return s
}

// lookBehind looks after the older files and goes to one that has grown.
func (f *Follower) lookBehind() bool {
	for i := 0; i < len(f.behind); i++ {
		s := f.behind[i]
		info, err := s.info()
		switch {
		case err == nil && info.size > s.seen && !s.complete && s.damage == nil:
			f.mu.Lock()
			s.until = time.Now().Add(f.catalog.every)
			f.src = s
			f.track.begin(s)
			f.cross(Late, f.cur, s)
			f.mu.Unlock()
			return true
		case err == nil && !s.compressed() && info.size < s.off,
			err == nil && s.complete, s.damage != nil,
			!time.Now().Before(s.until):
			f.retire(i)
			i--
		}
	}
	return false
}

// retire stops watching an older file.
func (f *Follower) retire(i int) {
	s := f.behind[i]
	if s.off < s.seen {
		f.warn(fmt.Errorf("leave %s at %d: the last record was not finished", s.file.Path, s.off))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.behind = slices.Delete(f.behind, i, i+1)
	f.drop(s)
}

// goBack returns from an older file to the current one. The record that was
// unfinished before may have begun in the file before that.
func (f *Follower) goBack() {
	f.mu.Lock()
	old, to, kind := f.src, f.cur, Return
	old.seen = old.off
	if old.compressed() {
		old.seen = old.end.size
	}
	if f.again == old {
		f.again, kind = nil, Next
	} else if f.again != nil {
		to = f.again
	}
	f.src = to
	f.track.begin(to)
	f.cross(kind, old, to)
	f.mu.Unlock()
	if i := slices.Index(f.behind, old); i >= 0 && (old.trouble != nil || old.rewritten) {
		f.retire(i)
	}
}

// skipCopy passes the file at index i if it is a compressed copy of a file that
// was read: one under the same name, or, if the place of the current file in the
// order is not known, any.
func (f *Follower) skipCopy(i int) bool {
	file := f.files[i]
	if withoutEnding(file.Path) == file.Path {
		return false
	}
	d := f.twin(file.Path)
	if d == nil && f.listed || d != nil && d.head == nil {
		return false
	}
	head, err := readHead(file)
	if err != nil || len(head) == 0 {
		return false
	}
	if d != nil && !alike(head, d.head) || d == nil && !f.isCopy(file, head, f.files) {
		return false
	}
	f.list.finish(file, head)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = slices.Delete(slices.Clone(f.files), i, i+1)
	return true
}

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
			f.leave(f.cur)
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
	return err == errDiffers || errors.Is(err, errMoved) || errors.Is(err, fs.ErrNotExist)
}

// restart goes on after the content that was read has been replaced: in a copy
// of it, if one was made, and then at the beginning of the new content.
func (f *Follower) restart(ctx context.Context) bool {
	f.refresh(ctx)
	old := f.cur
	fp := old.fingerprint()
	for i := len(f.files) - 1; i >= 0 && fp.seek > 0; i-- {
		file := f.files[i]
		if file.ID.Same(old.file.ID) {
			continue
		}
		if d := f.list.done[file.ID]; d != nil && d.head != nil && !alike(d.head, old.head) {
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
		if !passing(err) {
			f.warn(err)
		}
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
