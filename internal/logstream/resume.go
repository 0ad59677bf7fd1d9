package logstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// resume finds the place to begin at. It reports whether there is one.
func (f *Follower) resume(ctx context.Context) bool {
	if f.list.stale {
		f.refresh(ctx)
	} else if err := f.catalog.Poke(ctx); err != nil && ctx.Err() == nil {
		f.warn(err)
	}
	l := f.catalog.Latest()
	if l != nil && l.unsteady[f.name] && !f.list.stale {
		f.refresh(ctx)
		l = f.catalog.Latest()
	}
	if l == nil {
		return false
	}
	if f.unsteady(l) {
		f.list.stale = true
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
	if err := f.resumeIn(ctx, &s.Stream); err != nil {
		return f.postponed(ctx, err)
	}
	f.lookBehind()
	return true
}

// postponed tells why the place to begin at is not found yet. It reports whether
// that is final.
func (f *Follower) postponed(ctx context.Context, err error) bool {
	switch {
	case ctx.Err() != nil:
		return false
	case passing(err):
		f.list.stale = true
		return false
	}
	f.warn(err)
	if f.opt.Once {
		f.failed = err
	}
	return f.opt.Once
}

// resumeIn begins in the files of a stream.
func (f *Follower) resumeIn(ctx context.Context, s *Stream) error {
	i, src, err := f.locate(ctx, s)
	if err != nil {
		return err
	}
	if src.off == 0 && i > 0 && src.after == nil {
		end, err := openAt(ctx, s.Files[i-1], atEnd, nil)
		if scarce(err) {
			return err
		}
		if err == nil {
			src.after = end.endPosition()
			end.close()
		}
	}
	heads, err := earlyHeads(s.Files[:i])
	if err != nil {
		src.close()
		return err
	}
	behind, err := f.locateBehind(ctx, s.Files, i)
	if err != nil {
		src.close()
		return err
	}
	f.begin(s.Files, i, src, heads, behind)
	f.findLate(s.Files[:f.at])
	f.remember()
	return nil
}

// earlyHeads returns the beginnings of the last few of the files before the one
// to begin with; one that cannot be read has none.
func earlyHeads(files []File) ([][]byte, error) {
	var heads [][]byte
	for _, file := range files[max(0, len(files)-earlyHeadCount):] {
		head, err := readHead(file)
		if scarce(err) {
			return nil, err
		}
		if err != nil {
			head = nil
		}
		heads = append(heads, head)
	}
	return heads, nil
}

// begin starts the reading at src, which is file i; heads are the beginnings of
// the files just before.
func (f *Follower) begin(files []File, i int, src *source, heads [][]byte, behind []*source) {
	late := f.late(files[:i], behind)
	for j := range i {
		var head []byte
		if k := j - (i - len(heads)); k >= 0 {
			head = heads[k]
		}
		if !late[files[j].ID] {
			f.list.finish(files[j], head)
			f.list.recall(files[j].ID, f.opt.Start.Read)
		}
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
	f.opt.Start = Position{} // what it says is in the track now
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
	if f.patient(append(paths(s.Files), pos.FileName)...) {
		return 0, nil, errStale
	}
	i = f.without(pos, s)
	return i, &source{file: s.Files[i], after: pos.After}, nil
}

// search looks for the file that a position is in: first under its identity,
// then under its name, then, from the newest to the oldest, in all others by
// what they contain. An error that leaves the question open is returned; it is
// errStale if a file was gone before it could be looked at.
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
	stale := false
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
		case err == errDiffers:
		case passing(err):
			stale = true
		default:
			f.warn(err)
			blocked = errors.Join(blocked, err)
		}
	}
	if stale && blocked == nil {
		return 0, nil, errStale
	}
	return 0, nil, blocked
}

func paths(files []File) []string {
	list := make([]string, len(files))
	for i := range files {
		list[i] = files[i].Path
	}
	return list
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
func (f *Follower) locateBehind(ctx context.Context, files []File, begin int) ([]*source, error) {
	var found []*source
	for _, pos := range f.opt.Start.Behind {
		i, src, err := f.search(ctx, pos, files)
		if err == errStale || scarce(err) {
			for _, s := range found {
				s.close()
			}
			return nil, err
		}
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
	return found, nil
}
