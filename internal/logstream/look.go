package logstream

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"
)

// MinPause keeps a reader that is faster than the writer from waking up for
// every record.
const MinPause = 10 * time.Millisecond

// Wait blocks until Read is worth another call, and does the work that takes
// longer: it finds the place to begin at, scans the directory when a rotation
// is suspected, and decompresses up to a place. It returns the context's error
// when that ends.
func (f *Follower) Wait(ctx context.Context) error {
	if since := time.Since(f.grewAt); 0 <= since && since < MinPause {
		f.sleep(ctx, MinPause-since, nil)
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if f.Look(ctx) {
			return nil
		}
		f.sleep(ctx, f.opt.CheckInterval, f.woken)
	}
}

// Look is one check of Wait, without its pauses: it reports whether Read is worth
// a call. For callers that have many streams and no goroutine for each; they
// should leave MinPause after data before they look again, and some time, which
// may be long for a stream that has been quiet for long, after a check in vain.
func (f *Follower) Look(ctx context.Context) bool {
	if f.look(ctx) {
		return true
	}
	if f.hint != nil && f.hint.spent.Load() {
		// What happened to the file was not of interest; it may happen often.
		f.hint = nil
		return false
	}
	return f.arm() && f.look(ctx)
}

// arm asks for hints on the current file, and reports whether it had to: what
// happened before has to be looked for then.
func (f *Follower) arm() bool {
	if f.opt.Hints == nil || f.cur == nil || f.hint != nil && f.hint.path == f.cur.file.Path {
		return false
	}
	f.disarm()
	f.hint = f.opt.Hints.arm(f.cur.file.Path, f.opt.Wake)
	return true
}

func (f *Follower) disarm() {
	if f.hint != nil {
		f.opt.Hints.disarm(f.hint)
		f.hint = nil
	}
}

// sleep waits for some time, or until ctx or a hint ends it.
func (f *Follower) sleep(ctx context.Context, d time.Duration, hint <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-hint:
	}
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
	if f.src.placeLost() && !f.src.rewritten && f.findPlace(ctx) || f.src != f.cur {
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
	for range 2 {
		switch {
		case f.crossing || !f.listed && f.goOnInCopy(ctx):
			return true
		case !f.list.stale && f.turn():
			return true
		}
		if !f.list.stale {
			break
		}
		f.refresh(ctx)
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
	f.list.doubting, f.list.doubted = f.refresh(ctx) == nil, named.id
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
		// These are too few bytes to tell what it is.
		if f.unsettled(s, info.mtime) {
			return quiet
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		s.format = plain
		return grown
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
	if s.prepare() != nil {
		s.close()
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
