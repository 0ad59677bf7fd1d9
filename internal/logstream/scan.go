package logstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Scan walks the directory tree and returns the streams in it. The error is
// that of the context, or of the root directory; all else that goes wrong is
// in the listing.
func (sc *Scanner) Scan(ctx context.Context) (*Listing, error) {
	began := time.Now()
	w := walk{Scanner: sc, listing: &Listing{Began: began, all: map[string]*found{}, dirIndex: map[string]int{}}}
	if sc.scheme.OldestDuration > 0 {
		w.oldest = began.Add(-sc.scheme.OldestDuration)
	}
	err := filepath.WalkDir(sc.root, func(path string, d fs.DirEntry, err error) error {
		return w.visit(ctx, path, d, err)
	})
	if err != nil {
		return nil, fmt.Errorf("scan %s: %w", sc.root, err)
	}
	w.arrange()
	w.listing.Took = time.Since(began)
	return w.listing, nil
}

// A walk is one scan on its way.
type walk struct {
	*Scanner
	listing *Listing
	oldest  time.Time // files from before are too old; zero: none are
}

func (w *walk) skip(path, why string, problem bool) {
	w.listing.Skipped = append(w.listing.Skipped, Skipped{Path: path, Why: why, Problem: problem})
}

func (w *walk) visit(ctx context.Context, path string, d fs.DirEntry, err error) error {
	if err != nil {
		if path == w.root || scarce(err) {
			return err
		}
		if d != nil && d.IsDir() {
			w.skip(path, "unreadable directory: "+cause(err).Error(), false)
			return fs.SkipDir
		}
		return nil
	}
	if d.IsDir() {
		w.stamp(path)
		return ctx.Err()
	}
	return w.consider(path, d.Type()&fs.ModeSymlink != 0)
}

// stamp notes the time of a directory before its entries are read, so that a
// change in between is noticed afterwards.
func (w *walk) stamp(path string) {
	info, err := statPath(path)
	if err != nil {
		return
	}
	since := time.Since(info.mtime)
	w.listing.dirIndex[path] = len(w.listing.dirs)
	w.listing.dirs = append(w.listing.dirs, dirStamp{
		path:  path,
		mtime: info.mtime,
		fresh: -freshness < since && since < freshness,
	})
}

// consider adds a file to its stream if it belongs to one.
func (w *walk) consider(path string, link bool) error {
	name := w.below(path)
	at := w.match.FindStringSubmatchIndex(name)
	if at == nil {
		return nil
	}
	info, err := statPath(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && link:
		w.skip(path, "dangling symbolic link", false)
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case scarce(err):
		return err
	case err != nil:
		w.skip(path, cause(err).Error(), true)
		return nil
	case info.mode.IsDir():
		w.skip(path, "symbolic link to a directory", false)
		return nil
	case !info.mode.IsRegular():
		w.skip(path, "not a regular file", false)
		return nil
	}
	captures, keys, why := w.capture(name, at)
	if why != "" {
		w.skip(path, why, true)
		return nil
	}
	file := File{Path: path, ID: info.id, Size: info.size, MTime: info.mtime, Captures: captures, keys: keys}
	s := w.stream(w.streamName(&file))
	if !w.oldest.IsZero() && !info.mtime.After(w.oldest) {
		s.Aged = append(s.Aged, file)
		w.skip(path, fmt.Sprintf("last modified %s, longer ago than oldest_duration", info.mtime.Format(time.RFC3339)), false)
		return nil
	}
	s.Files = append(s.Files, file)
	return nil
}

// below returns the part of a path that file_match is for.
func (sc *Scanner) below(path string) string {
	if sc.rooted {
		return path[len(sc.prefix)-1:]
	}
	return path[len(sc.prefix):]
}

// capture returns the texts of the named groups and the numbers to sort by,
// given the places of the submatches in a name.
func (sc *Scanner) capture(name string, at []int) (captures []Capture, keys []number, why string) {
	if len(sc.groups) == 0 {
		return nil, nil, ""
	}
	captures = make([]Capture, len(sc.groups))
	numbers := make([]number, len(sc.groups))
	for i := range sc.groups {
		g := &sc.groups[i]
		text := ""
		if from, to := at[2*g.index], at[2*g.index+1]; from >= 0 {
			text = name[from:to]
		}
		captures[i] = Capture{Group: g.name, Text: text}
		if numbers[i], why = g.number(text); why != "" {
			return nil, nil, why
		}
	}
	keys = make([]number, len(sc.order))
	for i, by := range sc.order {
		keys[i] = numbers[by.group]
	}
	return captures, keys, ""
}

// keys returns the numbers to sort by of a path, and false if it is none that
// the scanner would list.
func (sc *Scanner) keys(path string) ([]number, bool) {
	if !strings.HasPrefix(path, sc.prefix) {
		return nil, false
	}
	name := sc.below(path)
	at := sc.match.FindStringSubmatchIndex(name)
	if at == nil {
		return nil, false
	}
	_, keys, why := sc.capture(name, at)
	return keys, why == ""
}

func (w *walk) streamName(file *File) string {
	if len(w.name) == 1 && w.name[0].group < 0 {
		return w.name[0].literal
	}
	var b strings.Builder
	for _, part := range w.name {
		if part.group < 0 {
			b.WriteString(part.literal)
			continue
		}
		b.WriteString(file.Captures[part.group].Text)
	}
	return b.String()
}

func (w *walk) stream(name string) *found {
	s := w.listing.all[name]
	if s == nil {
		s = &found{Stream: Stream{Name: name}}
		w.listing.all[name] = s
	}
	return s
}

// arrange orders the files of each stream and the streams.
func (w *walk) arrange() {
	l := w.listing
	var refused []error
	for _, name := range sortedKeys(l.all) {
		s := l.all[name]
		slices.SortFunc(s.Aged, w.compare)
		slices.SortFunc(s.Files, w.compare)
		s.Files = w.unique(s.Files)
		if len(s.Files) > 1 && len(w.scheme.Priority) == 0 {
			s.refused = w.unordered(s)
			refused = append(refused, s.refused)
			continue
		}
		if len(s.Files) > 0 {
			l.Streams = append(l.Streams, s.Stream)
		}
	}
	l.Refused = errors.Join(refused...)
	slices.SortFunc(l.Skipped, func(a, b Skipped) int { return strings.Compare(a.Path, b.Path) })
	l.Notices = l.notices(nil)
}

// compare orders files from old to new. Files with the same numbers are
// ordered by name, so that "app.log.1" comes before its copy "app.log.1.gz".
func (sc *Scanner) compare(a, b File) int {
	return cmp.Or(sc.compareKeys(a.keys, b.keys), strings.Compare(a.Path, b.Path))
}

func (sc *Scanner) compareKeys(a, b []number) int {
	for i, by := range sc.order {
		c := a[i].compare(b[i])
		if by.descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// newer reports whether the numbers in the path a are those of a newer file
// than the ones in the path b.
func (sc *Scanner) newer(a, b string) bool {
	x, xok := sc.keys(a)
	y, yok := sc.keys(b)
	return xok && yok && sc.compareKeys(x, y) > 0
}

// unique leaves out further names of a file that is already in the list, as
// symbolic links such as "current.log" are.
func (w *walk) unique(files []File) []File {
	if len(files) < 2 {
		return files
	}
	keep := make(map[FileID]string, len(files))
	for _, f := range files {
		path, double := keep[f.ID]
		if !double || isLink(path) && !isLink(f.Path) {
			keep[f.ID] = f.Path
		}
	}
	return slices.DeleteFunc(files, func(f File) bool {
		path := keep[f.ID]
		if path == f.Path || f.ID == (FileID{}) {
			return false
		}
		w.skip(f.Path, "the same file as "+path, false)
		return true
	})
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

func (w *walk) unordered(s *found) error {
	paths := make([]string, len(s.Files))
	for i, f := range s.Files {
		paths[i] = f.Path
	}
	//lint:ignore ST1005 the wording is documented and searched for
	return fmt.Errorf("Found multiple logfiles without Priority to sort on for name: %s, filematch: %s, files: [%s]",
		s.Name, w.scheme.FileMatch, strings.Join(paths, " "))
}

// cause returns the part of a file error that does not repeat the path.
func cause(err error) error {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
