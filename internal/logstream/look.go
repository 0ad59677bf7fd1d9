package logstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"
)

// minPause keeps a reader that is faster than the writer from waking up for
// every record.
const minPause = 10 * time.Millisecond

// Wait blocks until Read is worth another call, and does the work that takes
// longer: it finds the place to begin at, scans the directory when a rotation
// is suspected, and decompresses up to a place. It returns the context's error
// when that ends.
func (f *Follower) Wait(ctx context.Context) error {
	if since := time.Since(f.grewAt); 0 <= since && since < minPause {
		f.sleep(ctx, minPause-since, nil)
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if f.look(ctx) || f.arm() && f.look(ctx) {
			return nil
		}
		if !f.sleep(ctx, f.check, f.hint.fired()) {
			continue
		}
		f.hint = nil
		if f.look(ctx) {
			return nil
		}
		// What happened to the file was not of interest; it may happen often.
		f.sleep(ctx, f.check, nil)
	}
}

// arm asks for hints on the current file, and reports whether it had to: what
// happened before has to be looked for then.
func (f *Follower) arm() bool {
	if f.opt.Hints == nil || f.cur == nil || f.hint != nil && f.hint.path == f.cur.file.Path {
		return false
	}
	f.disarm()
	f.hint = f.opt.Hints.arm(f.cur.file.Path)
	return true
}

func (f *Follower) disarm() {
	if f.hint != nil {
		f.opt.Hints.disarm(f.hint)
		f.hint = nil
	}
}

// sleep waits, and reports whether a hint ended it.
func (f *Follower) sleep(ctx context.Context, d time.Duration, hint <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-hint:
		return true
	}
	return false
}

// look is one check of the stream. It reports whether Read is worth a call.
func (f *Follower) look(ctx context.Context) bool {
	f.fresh = false
	switch {
	case f.crossing || f.finished || f.closed || f.failed != nil:
		return true
	case !f.started:
		return f.resume(ctx)
	}
	if err := f.catalog.Poke(ctx); err != nil && ctx.Err() == nil {
		f.warn(err)
	}
	f.relist()
	if f.src.placeLost() && !f.src.rewritten && f.findPlace(ctx) {
		return true
	}
	if f.lookBehind() {
		return true
	}
	nameless := f.checkName(ctx)
	switch f.probe(f.cur) {
	case grown:
		if f.overlooked() {
			f.refresh(ctx)
		}
		f.grewAt = time.Now()
		return true
	case replaced:
		return f.restart(ctx)
	}
	if !f.listed && f.goOnInCopy(ctx) || f.turn() {
		return true
	}
	if f.list.stale {
		f.refresh(ctx)
		if f.turn() {
			return true
		}
	}
	return ctx.Err() == nil && f.over(nameless)
}

// checkName finds out whether the current file still has the name it was listed
// by, and scans if it has not. It reports whether the file is not known by any
// name.
func (f *Follower) checkName(ctx context.Context) (nameless bool) {
	named, err := statPath(f.cur.file.Path)
	switch {
	case err == nil && named.id.Same(f.cur.file.ID):
		f.list.doubting = false
		return false
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return false // it cannot be told, so all is as before
	case f.list.doubting && named.id == f.list.doubted:
		return true
	}
	f.list.doubting, f.list.doubted = true, named.id
	f.refresh(ctx)
	named, err = statPath(f.cur.file.Path)
	return err != nil || !named.id.Same(f.cur.file.ID)
}

// A finding is what probe finds a file to be.
type finding int

const (
	quiet    finding = iota // nothing new
	grown                   // there is more to read
	replaced                // the content that was read is no more
)

// probe compares a file with what was seen of it last. An idle file costs one
// stat.
func (f *Follower) probe(s *source) finding {
	if s.rewritten {
		return replaced
	}
	info, err := s.info()
	switch {
	case err != nil:
		return quiet
	case s.trouble != nil:
		return f.tryAgain(s)
	case s.compressed():
		return f.probeCompressed(s, info)
	case info.size < s.off:
		return replaced
	}
	before := s.end
	s.end = info
	switch {
	case info.size == s.off && (s.f == nil || s.off == 0 || info.mtime.Equal(before.mtime)):
		return quiet
	case info.size > s.off && s.format == unknown && s.f != nil && info.size == before.size:
		return quiet // too few bytes to tell what it is
	case info.size > s.off:
		return grown
	}
	// It was written to and has the size that it had.
	return f.tryAgain(s)
}

// tryAgain finds out by reading.
func (f *Follower) tryAgain(s *source) finding {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.open() != nil {
		return quiet
	}
	if s.compressed() {
		s.trouble = nil
		return grown
	}
	var p [1]byte
	switch n, err := s.read(p[:]); {
	case n > 0:
		s.trouble = nil
		return grown
	case err == errRewritten:
		return replaced
	case err == io.EOF:
		s.trouble = nil
	default:
		s.close()
	}
	return quiet
}

// probeCompressed waits until a compressed file that has changed is left alone
// for a check, and then has it read on from its place.
func (f *Follower) probeCompressed(s *source, info fileInfo) finding {
	if s.damage == nil && !s.complete {
		return grown
	}
	same := info.size == s.end.size && info.mtime.Equal(s.end.mtime)
	again := same && s.changing
	s.end, s.changing = info, !same
	if !same {
		s.shortSince = time.Time{}
	}
	if !again {
		return quiet
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s.close()
	s.complete, s.damage = false, nil
	return grown
}

// findPlace decompresses the file that is being read up to its place. It
// reports whether Read can go on.
func (f *Follower) findPlace(ctx context.Context) bool {
	s := f.src
	fresh, err := s.reseek(ctx)
	switch {
	case ctx.Err() != nil:
		return false
	case err == nil:
		f.mu.Lock()
		defer f.mu.Unlock()
		s.adopt(fresh)
		return true
	case err == errDiffers:
		err = errRewritten
	}
	ended := f.ended(s, err)
	if s != f.cur {
		f.goBack()
		return true
	}
	return ended
}

// over decides whether the stream has come to its end.
func (f *Follower) over(nameless bool) bool {
	switch {
	case f.opt.Once:
		f.failed = f.cur.trouble
	case !nameless || f.list.lostAt.IsZero() || time.Since(f.list.lostAt) < f.catalog.every:
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.finished = true
	f.closeAll()
	return true
}

// turn moves on to the next file if the current one has been read to its end
// and the next has data. It reports whether there is something to read. The
// newest file is entered only if nothing can be overlooked before it.
func (f *Follower) turn() bool {
	f.relist()
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
		if f.skipCopy(next) {
			continue
		}
		f.enter(next)
		return true
	}
}

// overlooked reports whether a file may have appeared before the current one, of
// which nothing was read yet.
func (f *Follower) overlooked() bool {
	return f.src == f.cur && f.cur.off == 0 && f.listed && f.at == len(f.files)-1 && f.changedAround(f.cur.file.Path)
}

// changedAround reports whether the directory of a file has got or lost an entry
// since the listing, unless that was made just now.
func (f *Follower) changedAround(path string) bool {
	if f.fresh || f.opt.Once {
		return false
	}
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
	case err != nil || s.compressed():
		return false, false
	case info.size > s.off && s.format == unknown && s.f != nil:
		if f.unsettled(s, info.mtime) {
			return false, false
		}
		s.format = plain // there will be no more bytes to tell
		return false, true
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
