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

// A File is one file of a stream as a scan saw it.
type File struct {
	Path string
	ID   FileID
	// Size is the size in bytes on disk, compressed or not.
	Size  int64
	MTime time.Time
	// Captures holds the texts of the named groups of file_match, in the order
	// of the expression.
	Captures []Capture

	keys []number // one per element of the priority list that names a group
}

// A Capture is what a named group of file_match took from a path.
type Capture struct {
	Group, Text string
}

// A Stream is a list of files that together form one log.
type Stream struct {
	// Name is the name of the stream, its Logger and its position file.
	Name string
	// Files is ordered from the oldest to the newest, which is the one that is
	// still written to. It is not to be changed.
	Files []File
	// Aged holds, in the same order, the files that are left out because they
	// are older than oldest_duration.
	Aged []File
}

// A Skipped path matched file_match, or lies where matching files may be, but
// belongs to no stream.
type Skipped struct {
	Path string
	// Why is a clause such as "not a regular file".
	Why string
	// Problem marks what the user should correct, in contrast to what the
	// configuration asks for.
	Problem bool
}

// A Listing is the result of one scan.
type Listing struct {
	// Gen numbers the listings of a Catalog from 1; a later one has a larger
	// number. It is 0 for a listing of Scanner.Scan.
	Gen uint64
	// Began is when the scan began, and Took how long it lasted.
	Began time.Time
	Took  time.Duration
	// Streams is sorted by name. A stream whose files are all too old is not
	// among them.
	Streams []Stream
	// Skipped is sorted by path.
	Skipped []Skipped
	// Notices is what a log should say: the problems that the listing before
	// did not have. For a listing of Scanner.Scan, all of them.
	Notices []error
	// Refused is not nil if a stream could not be formed, for lack of a
	// priority to order its files by. It must prevent a start.
	Refused error

	all      map[string]*found
	dirs     []dirStamp
	dirIndex map[string]int // of a path in dirs
}

// found is a stream of a listing before it is known to be usable.
type found struct {
	Stream
	refused error
}

// A dirStamp says when the entries of a directory last changed.
type dirStamp struct {
	path  string
	mtime time.Time
	// fresh is set if the directory had changed so shortly before the scan
	// that a further change may have left mtime as it is.
	fresh bool
}

// changed reports whether the entries have changed since.
func (d *dirStamp) changed() bool {
	info, err := statPath(d.path)
	return d.fresh || err != nil || !info.mtime.Equal(d.mtime)
}

// freshness is longer than the steps of any file system's clock in use.
const freshness = 20 * time.Millisecond

// Stream returns the stream with the given name.
func (l *Listing) Stream(name string) (Stream, bool) {
	i, ok := slices.BinarySearchFunc(l.Streams, name, func(s Stream, name string) int {
		return strings.Compare(s.Name, name)
	})
	if !ok {
		return Stream{}, false
	}
	return l.Streams[i], true
}

// SharedNames returns the stream names that are in both listings. Two inputs
// that keep their positions in one directory must not share a name.
func SharedNames(a, b *Listing) []string {
	var names []string
	for _, s := range a.Streams {
		if _, ok := b.Stream(s.Name); ok {
			names = append(names, s.Name)
		}
	}
	return names
}

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
		if path == w.root {
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

// notices returns the problems of the listing that before does not have.
func (l *Listing) notices(before *Listing) []error {
	old := map[Skipped]bool{}
	if before != nil {
		for _, s := range before.Skipped {
			if s.Problem {
				old[s] = true
			}
		}
	}
	var fresh []error
	for _, s := range l.Skipped {
		if s.Problem && !old[s] {
			fresh = append(fresh, fmt.Errorf("leave out %s: %s", s.Path, s.Why))
		}
	}
	for _, name := range sortedKeys(l.all) {
		err := l.all[name].refused
		if err == nil {
			continue
		}
		if before != nil {
			if s := before.all[name]; s != nil && s.refused != nil && s.refused.Error() == err.Error() {
				continue
			}
		}
		fresh = append(fresh, err)
	}
	return fresh
}

// cause returns the part of a file error that does not repeat the path.
func cause(err error) error {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
