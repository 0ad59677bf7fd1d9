package logstream

import (
	"fmt"
	"slices"
	"time"
)

// keepBehind watches a file that is older than the current one.
func (f *Follower) keepBehind(s *source) {
	s.until = time.Now().Add(f.catalog.every)
	s.seen = s.off
	if s.compressed() {
		s.seen = -1
	}
	f.behind = append(f.behind, s)
	if len(f.behind) <= watchedBehind {
		return
	}
	// Files that are still to be read do not make room.
	i := slices.IndexFunc(f.behind, func(o *source) bool {
		return o.rank > 0 && o != s && o != f.src && o != f.again
	})
	if i >= 0 {
		oldest := f.behind[i]
		f.behind = slices.Delete(f.behind, i, i+1)
		f.drop(oldest)
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

func (f *Follower) isBehind(id FileID) bool {
	return slices.ContainsFunc(f.behind, func(s *source) bool { return s.file.ID.Same(id) })
}

// lookBehind looks after the older files and goes to one that has grown.
func (f *Follower) lookBehind() bool {
	for i := 0; i < len(f.behind); i++ {
		s := f.behind[i]
		info, err := s.info()
		switch {
		case err == nil && info.size > s.seen && !s.complete && s.damage == nil:
			f.mu.Lock()
			if scarce(s.open()) {
				f.mu.Unlock()
				continue
			}
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
	if i := slices.Index(f.behind, old); i >= 0 && (old.trouble != nil && !scarce(old.trouble) || old.rewritten) {
		f.retire(i)
	}
}

// retire stops watching an older file.
func (f *Follower) retire(i int) {
	s := f.behind[i]
	switch {
	case s.damage != nil && s.damage.truncated():
		f.warn(fmt.Errorf("decompress %s at %d: %w", s.file.Path, s.off, s.damage.err))
	case s.off < s.seen && !s.compressed():
		f.warn(fmt.Errorf("leave %s at %d: the last record was not finished", s.file.Path, s.off))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.behind = slices.Delete(f.behind, i, i+1)
	f.drop(s)
	f.remember()
}
