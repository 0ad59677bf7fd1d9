package logstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// resume finds the place to begin at. It reports whether there is one.
func (f *Follower) resume(ctx context.Context) bool {
	if err := f.catalog.Poke(ctx); err != nil && ctx.Err() == nil {
		f.warn(err)
	}
	l := f.catalog.Latest()
	if l == nil {
		return false
	}
	f.list.use(l)
	s := l.all[f.name]
	if s == nil || s.refused != nil || len(s.Files) == 0 {
		if f.opt.Once {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.finished = true
			return true
		}
		return false
	}
	i, src, err := f.locate(ctx, &s.Stream)
	if err != nil {
		if ctx.Err() == nil {
			f.warn(err)
			if f.opt.Once {
				f.failed = err
				return true
			}
			if passing(err) {
				f.refresh(ctx)
			}
		}
		return false
	}
	if src.off == 0 && i > 0 && src.after == nil {
		if end, err := openAt(ctx, s.Files[i-1], atEnd, nil); err == nil {
			src.after = end.endPosition()
			end.close()
		}
	}
	behind := f.locateBehind(ctx, s.Files, i)
	f.begin(s.Files, i, src, behind)
	f.lookBehind()
	return true
}

// begin starts the reading at src, which is file i.
func (f *Follower) begin(files []File, i int, src *source, behind []*source) {
	var heads [][]byte
	for j := max(0, i-earlyHeads); j < i; j++ {
		head, err := readHead(files[j])
		if err != nil {
			head = nil
		}
		heads = append(heads, head)
	}
	for j := range i {
		var head []byte
		if k := j - (i - len(heads)); k >= 0 {
			head = heads[k]
		}
		f.list.finish(files[j], head)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files = files
	for _, s := range behind {
		f.keepBehind(s)
		f.track.begin(s)
	}
	if s := f.takeBehind(files[i].ID); s != nil {
		s.after = src.after
		src.close()
		src = s
	}
	f.use(src, i)
	f.started = true
}

// locate returns the file in which to begin and its index.
func (f *Follower) locate(ctx context.Context, s *Stream) (int, *source, error) {
	pos := f.opt.Start
	switch {
	case pos.IsZero() && f.opt.Tail:
		i := len(s.Files) - 1
		src, err := openAt(ctx, s.Files[i], atEnd, nil)
		return i, src, err
	case pos.IsZero() || pos.Seek == 0 && pos.After == nil && pos.hasID():
		return 0, &source{file: s.Files[0]}, nil
	}
	var i int
	var src *source
	var blocked error
	if pos.After != nil {
		// Between the two there may be files by now, such as a copy of the file
		// of the position from before it was emptied.
		i, src, blocked = f.search(ctx, *pos.After, s.Files)
	}
	if src == nil && blocked == nil {
		if i, src, blocked = f.search(ctx, pos, s.Files); src != nil {
			src.after = pos.After
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, nil, err
	}
	if src != nil {
		return i, src, nil
	}
	if blocked != nil {
		return 0, nil, blocked
	}
	i = f.without(pos, s)
	return i, &source{file: s.Files[i], after: pos.After}, nil
}

// search looks for the file that a position is in: first under its identity,
// then under its name, then, from the newest to the oldest, in all others by
// what they contain. An error that leaves the question open is returned.
func (f *Follower) search(ctx context.Context, pos Position, files []File) (int, *source, error) {
	var order []int
	add := func(fits func(*File) bool) {
		for i := len(files) - 1; i >= 0; i-- {
			if fits(&files[i]) && !slices.Contains(order, i) {
				order = append(order, i)
			}
		}
	}
	add(func(file *File) bool { return pos.is(file.ID) })
	if pos.Seek > 0 || !pos.hasID() {
		add(func(file *File) bool { return file.Path == pos.FileName })
	}
	if pos.Seek > 0 {
		for i := len(files) - 1; i >= 0; i-- {
			if !pos.is(files[i].ID) && files[i].Path != pos.FileName {
				order = append(order, i)
			}
		}
	}
	fp := pos.fingerprint()
	var blocked error
	for _, i := range order {
		if fp.weak() && pos.Seek > 0 && !pos.is(files[i].ID) {
			continue
		}
		src, err := fp.find(ctx, files[i])
		switch {
		case err == nil:
			return i, src, nil
		case ctx.Err() != nil:
			return 0, nil, ctx.Err()
		case !passing(err):
			f.warn(err)
			blocked = errors.Join(blocked, err)
		}
	}
	return 0, nil, blocked
}

// without returns the index of the file to begin with if the one of the
// position is not there any more.
func (f *Follower) without(pos Position, s *Stream) int {
	for _, aged := range s.Aged {
		if !pos.is(aged.ID) && aged.Path != pos.FileName {
			continue
		}
		if aged.Size > pos.Seek {
			f.warn(fmt.Errorf("leave out %s from %d on: it was not read before it became older than oldest_duration", aged.Path, pos.Seek))
		}
		return f.firstAfter(aged, s.Files)
	}
	if pos.Seek == 0 {
		return f.firstUnread(pos, s.Files)
	}
	f.warn(fmt.Errorf("find position %d of %s: no file of the stream has the content before it; begin with the oldest", pos.Seek, pos.FileName))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opt.Start = Position{}
	return 0
}

// firstAfter returns the index of the oldest file that is newer than another
// one, or 0 if none is.
func (f *Follower) firstAfter(file File, files []File) int {
	return max(0, slices.IndexFunc(files, func(o File) bool { return f.catalog.scanner.compare(o, file) > 0 }))
}

// firstUnread returns the index of the oldest file that is newer than a file of
// which nothing had been read and which is gone: by its place in the order, if
// that shows, or by the time when it was last changed.
func (f *Follower) firstUnread(pos Position, files []File) int {
	for i := range files {
		if pos.Modified != 0 && files[i].MTime.UnixNano() >= pos.Modified {
			return i
		}
		if files[i].Path != pos.FileName && f.catalog.scanner.newer(files[i].Path, pos.FileName) {
			return i
		}
	}
	return 0
}

// locateBehind returns the other files that the position has places in. They
// are no more than started, so they stand before the file to begin with unless
// that is not the one of the position.
func (f *Follower) locateBehind(ctx context.Context, files []File, begin int) []*source {
	var found []*source
	for _, pos := range f.opt.Start.Behind {
		i, src, _ := f.search(ctx, pos, files)
		if src == nil {
			continue
		}
		known := func(s *source) bool { return s.file.ID == src.file.ID }
		if i == begin && pos.Seek == 0 || slices.ContainsFunc(found, known) {
			src.close()
			continue
		}
		found = append(found, src)
	}
	return found
}
