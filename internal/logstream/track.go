package logstream

import "slices"

// A track remembers which bytes of the files the bytes of the stream were, from
// the oldest stream offset on that a position may still be asked for:
//
//	stream   0 ············ 120 ······ 150 ·········· 160 ······
//	file     app.log.1 @30  app.log @0 app.log.1 @150 app.log @30
//
// Here app.log.1 was read from byte 30 on and then app.log; ten bytes that were
// added to app.log.1 afterwards came in between.
type track struct {
	segs  []segment
	total int64 // stream offset of the next byte
}

// A segment says that the n stream bytes from start on are the bytes of a file
// from off on. An empty segment only says where the file stood.
type segment struct {
	start, n int64
	src      *source
	off      int64
}

// begin says that the next bytes come from where src stands.
func (t *track) begin(src *source) {
	t.segs = append(t.segs, segment{start: t.total, src: src, off: src.off})
}

// advance counts n bytes of the file that was begun last.
func (t *track) advance(n int) {
	t.segs[len(t.segs)-1].n += int64(n)
	t.total += int64(n)
}

// A mark is a place in a file.
type mark struct {
	src *source
	off int64
}

// at returns the places that were reached, in every file of the track, when the
// stream had reached offset. The first is the place in the newest file.
func (t *track) at(offset int64) []mark {
	var marks []mark
	newest := 0
	for i := len(t.segs) - 1; i >= 0; i-- {
		s := &t.segs[i]
		if s.start > offset && i > 0 {
			continue
		}
		if slices.ContainsFunc(marks, func(m mark) bool { return m.src == s.src }) {
			continue
		}
		marks = append(marks, mark{s.src, s.off + max(0, min(offset-s.start, s.n))})
		if s.src.rank > marks[newest].src.rank {
			newest = len(marks) - 1
		}
	}
	if len(marks) == 0 {
		return nil
	}
	marks[0], marks[newest] = marks[newest], marks[0]
	return marks
}

// following returns where the next file begins that came after a file from
// stream offset on and whose content is still there.
func (t *track) following(src *source, offset int64) (mark, bool) {
	for i := range t.segs {
		if s := &t.segs[i]; s.start >= offset && (!s.src.gone || s.src.copy != nil) && s.src.rank > src.rank {
			return mark{s.src, s.off}, true
		}
	}
	return mark{}, false
}

// back takes the last n bytes back: the files that they came from stand before
// them again. It returns how many bytes each of these files got back.
func (t *track) back(n int64) map[*source]int64 {
	touched := map[*source]int64{}
	for i := len(t.segs) - 1; i >= 0 && n > 0; i-- {
		s := &t.segs[i]
		take := min(n, s.n)
		if take == 0 {
			continue
		}
		s.n -= take
		s.src.off -= take
		t.total -= take
		n -= take
		touched[s.src] += take
	}
	for i := len(t.segs) - 1; i >= 0; i-- {
		s := &t.segs[i]
		s.start = min(s.start, t.total)
		if s.n > 0 {
			break
		}
		s.off = s.src.off
	}
	return touched
}

// forget drops what only positions before offset need. A file that is still
// in use keeps its last segment.
func (t *track) forget(offset int64, inUse func(*source) bool) {
	last := map[*source]int{}
	for i := range t.segs {
		if t.segs[i].start <= offset {
			last[t.segs[i].src] = i
		}
	}
	kept := t.segs[:0]
	for i, s := range t.segs {
		if s.start+s.n > offset || i == len(t.segs)-1 || last[s.src] == i && inUse(s.src) {
			kept = append(kept, s)
		}
	}
	clear(t.segs[len(kept):])
	t.segs = kept
}

// readAfter reports whether bytes of a file came behind a stream offset.
func (t *track) readAfter(src *source, offset int64) bool {
	return slices.ContainsFunc(t.segs, func(s segment) bool { return s.src == src && s.n > 0 && s.start+s.n > offset })
}

// lateAfter returns the files that came late and were read after a stream offset.
func (t *track) lateAfter(offset int64) []*source {
	var late []*source
	for i := range t.segs {
		if s := &t.segs[i]; s.src.rank == 0 && s.start+s.n > offset && !slices.Contains(late, s.src) {
			late = append(late, s.src)
		}
	}
	return late
}

// has reports whether a position in a file may be asked for.
func (t *track) has(src *source) bool {
	return slices.ContainsFunc(t.segs, func(s segment) bool { return s.src == src })
}
