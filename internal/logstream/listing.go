package logstream

import (
	"fmt"
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

	// unsteady holds the streams whose files may have been renamed while they were
	// listed, so that one was missed or stands in two places.
	unsteady map[string]bool
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
