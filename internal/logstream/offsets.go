package logstream

import "slices"

// Offset returns the stream offset of the next byte.
func (f *Follower) Offset() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.track.total
}

// Unread gives the last n bytes back; they are read again when their file is.
// It may be called after Read returned ErrBoundary or ErrNoData, with bytes that
// are not forgotten.
func (f *Follower) Unread(n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s, n := range f.track.back(n) {
		s.rewound(n)
		if s == f.cur || s == f.src {
			continue
		}
		if !slices.Contains(f.behind, s) {
			f.keepBehind(s)
		}
		if f.boundary.Kind == Late {
			f.again = s
		}
	}
	f.boundary.Offset = min(f.boundary.Offset, f.track.total)
}

// Position returns the place in the files that corresponds to a stream offset
// that is not forgotten. A journal may save it once everything before offset is
// done with.
func (f *Follower) Position(offset int64) Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	marks := f.track.at(offset)
	if len(marks) == 0 {
		return f.opt.Start
	}
	p := marks[0].position()
	if src := marks[0].src; src.gone && src.copy == nil {
		if next, ok := f.track.following(src, offset); ok {
			lost := p
			p = next.position()
			p.After = &lost
			if lost.Seek == 0 {
				p.After = lost.After
			}
		}
	}
	for _, m := range marks[1:] {
		unsafe := slices.Contains(f.behind, m.src) || f.track.readAfter(m.src, offset)
		if unsafe && m.src.copy == nil && len(p.Behind) < behindLimit {
			p.Behind = append(p.Behind, m.position())
		}
	}
	p.Read, p.Waiting = f.list.memory.get()
	for _, src := range f.track.lateAfter(offset) {
		if !slices.ContainsFunc(marks, func(m mark) bool { return m.src == src }) {
			p.Read = slices.DeleteFunc(slices.Clone(p.Read), func(r ReadFile) bool { return r.FileID == src.file.ID })
		}
	}
	return p
}

// position returns the position of a mark, without the files behind it.
func (m mark) position() Position {
	s := m.src
	for s.copy != nil {
		s = s.copy
	}
	p := Position{
		Seek:     m.off,
		FileName: s.file.Path,
		FileID:   s.file.ID,
		Modified: s.file.MTime.UnixNano(),
		HeadSize: int(min(int64(len(s.head)), m.off)),
	}
	p.HeadHash = s.headHash(p.HeadSize)
	if m.off == 0 {
		p.After = m.src.after
	}
	if tail, ok := s.before(m.off); ok {
		p.LastHash = lastHash(tail)
	}
	return p
}

// endPosition returns the position behind what was read of a file, or of the
// last one before it of which anything was.
func (s *source) endPosition() *Position {
	if s.off == 0 {
		return s.after
	}
	p := mark{s, s.off}.position()
	return &p
}

// Forget says that no position before the stream offset will be asked for.
func (f *Follower) Forget(before int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.track.forget(before, func(s *source) bool { return s == f.cur || slices.Contains(f.behind, s) })
	for _, m := range f.track.at(before) {
		m.src.forget(m.off)
	}
	f.closing = slices.DeleteFunc(f.closing, func(s *source) bool {
		if f.track.has(s) {
			return false
		}
		s.close()
		return true
	})
}
