package logstream

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"
)

// turn moves on to the next file if the current one has been read to its end
// and the next has data. It reports whether there is something to read. The
// newest file is entered only if nothing can be overlooked before it.
func (f *Follower) turn() bool {
	for {
		next := f.at
		if f.listed {
			next++
		}
		if !f.holdsData(next) {
			return false
		}
		done, more := f.exhausted()
		if !done {
			return more
		}
		if next == len(f.files)-1 && f.changedAround(f.files[next].Path) {
			f.list.stale = true
			return false
		}
		if f.beingEmptied(next) {
			return false
		}
		switch skip, err := f.skipCopy(next); {
		case scarce(err):
			return false
		case skip:
			continue
		}
		f.enter(next)
		return true
	}
}

// beingEmptied reports whether the newest file, at index i, still has the content of
// the current one, which is then a copy of it: it is waited for that the file is
// emptied. A file that merely begins in the same way was written to later.
func (f *Follower) beingEmptied(i int) bool {
	s := f.cur
	if i < len(f.files)-1 || s.off == 0 || s.compressed() || f.opt.Once {
		return false
	}
	info, gone := s.info()
	next, err := s.fingerprint().find(context.Background(), f.files[i])
	if err == nil {
		next.close()
	}
	if gone != nil || err != nil || next.compressed() || next.end.mtime.After(info.mtime) {
		f.list.twofold.resolve()
		return false
	}
	return f.list.twofold.lasts()
}

// overlooked reports whether a file may have appeared before the current one, of
// which nothing was read yet.
func (f *Follower) overlooked() bool {
	return f.src == f.cur && f.cur.off == 0 && f.listed &&
		(f.list.stale || f.at == len(f.files)-1 && f.changedAround(f.cur.file.Path))
}

// outrun reports whether the first bytes of the newest file may be others than
// those that the listing was made for: the file may have been copied and emptied
// since, and what was in it is then in a file that comes before.
// That is only ruled out as long as no other file has come or gone; in a directory
// where they do so all the time it is hardly ever, and after some tries it has to do.
func (f *Follower) outrun() bool {
	if f.src != f.cur || !f.listed || f.at < len(f.files)-1 || f.opt.Once {
		return false
	}
	if !f.dirChanged(f.cur.file.Path) || f.list.outran == outranLooks {
		f.list.outran = 0
		return false
	}
	f.list.outran++
	f.list.stale = true
	return true
}

// outranLooks is how often the first bytes of a file are read anew. It leaves time for
// freshness to pass.
const outranLooks = 5

// changedAround reports whether the directory of a file has got or lost an entry
// since the listing, unless that was made just now.
func (f *Follower) changedAround(path string) bool {
	if f.fresh || f.opt.Once {
		return false
	}
	return f.dirChanged(path)
}

// dirChanged reports whether the directory of a file has got or lost an entry
// since shortly before the listing.
func (f *Follower) dirChanged(path string) bool {
	l := f.list.listing
	i, ok := l.dirIndex[filepath.Dir(path)]
	return !ok || l.dirs[i].changed()
}

// holdsData reports whether one of the files from index i on has data. A new
// file is entered only then: until its writer uses it, the writer may still
// have something for the old one.
func (f *Follower) holdsData(i int) bool {
	for ; i < len(f.files); i++ {
		info, err := statPath(f.files[i].Path)
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && !info.id.Same(f.files[i].ID):
			f.list.stale = true
			return false
		case err != nil || info.size > 0:
			return true
		}
	}
	return false
}

// exhausted reports whether the current file can be left, or else whether there
// is more to read in it.
func (f *Follower) exhausted() (done, more bool) {
	s := f.cur
	switch {
	case s.rewritten:
		return false, false
	case s.damage != nil:
		return f.givenUp(s), false
	case s.complete:
		return true, false
	}
	info, err := s.info()
	switch {
	case err == errMoved, errors.Is(err, fs.ErrNotExist):
		return !f.listed, false
	case s.trouble != nil:
		return f.opt.Once, false
	case err != nil || s.compressed() || s.format == unknown && info.size > s.off && s.f != nil:
		return false, false
	}
	return info.size == s.off, info.size > s.off
}

// unsettled reports whether a file that ends too early may still be written.
func (f *Follower) unsettled(s *source, mtime time.Time) bool {
	if s.shortSince.IsZero() {
		s.shortSince = time.Now()
	}
	return !f.opt.Once && time.Since(mtime) < f.catalog.every && time.Since(s.shortSince) < f.catalog.every
}

// givenUp reports whether a damaged file is not expected to be mended. One that
// merely ends too early may still be written by a tool that compresses.
func (f *Follower) givenUp(s *source) bool {
	switch {
	case !s.damage.truncated():
		return true
	case f.unsettled(s, s.end.mtime):
		return false
	}
	f.warn(fmt.Errorf("decompress %s at %d: %w", s.file.Path, s.off, s.damage.err))
	return true
}

// skipCopy passes the file at index i if it is a compressed copy: one of the
// current file, beside it, or, if that is not in the listing any more, one of any
// file that was read.
func (f *Follower) skipCopy(i int) (bool, error) {
	file := f.files[i]
	if withoutEnding(file.Path) == file.Path {
		return false, nil
	}
	if f.listed && f.cur.file.Path != withoutEnding(file.Path) {
		return false, nil
	}
	head, err := readHead(file)
	if err != nil || f.listed && !alike(head, f.cur.head) || !f.listed && !f.isCopy(file, head) {
		return false, err
	}
	f.list.finishCopy(file, head)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = slices.Delete(slices.Clone(f.files), i, i+1)
	return true, nil
}

// enter goes on with the beginning of the file at index i.
func (f *Follower) enter(i int) {
	old := f.cur
	kind := Next
	if old.damage != nil {
		kind = Damaged
	}
	lost := old.f == nil && !f.listed && old.off > 0 && !old.complete
	if lost {
		f.warn(fmt.Errorf("leave %s at %d: it was deleted while it was closed", old.file.Path, old.off))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	old.gone = old.gone || lost
	f.leave(old, i == len(f.files)-1)
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
	f.remember()
	clear(f.list.searched)
	f.list.doubting = false
}

// leave ends the reading of a file. One that was written to lately, or that was
// the newest up to now, stays open for a while: its writer may not know yet that
// it was rotated away.
func (f *Follower) leave(s *source, newest bool) {
	f.list.left(s)
	lately := newest || time.Since(s.end.mtime) < f.catalog.every
	lost := s.gone || s.copy != nil && s.f == nil
	if lately && !lost && !s.compressed() && !f.opt.Once {
		f.keepBehind(s)
		return
	}
	f.drop(s)
}

// drop ends the use of a file. It is closed when no position in it can be asked
// for any more.
func (f *Follower) drop(s *source) {
	f.list.left(s)
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
