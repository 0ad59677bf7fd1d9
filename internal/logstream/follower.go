package logstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"
)

var (
	// ErrNoData is returned by Read when everything that is there now has been
	// read, or when it takes longer work to go on: flush, then call Wait.
	ErrNoData = errors.New("no data now")
	// ErrBoundary is returned by Read, once and without data, between the bytes
	// of two files or of two contents of one file; Boundary tells more.
	ErrBoundary = errors.New("boundary between files")
)

// minHole is how many zero bytes at the beginning of a file are a hole.
const minHole = 64

// DefaultCheckInterval is how often a stream at its end is checked for new data.
const DefaultCheckInterval = 250 * time.Millisecond

// errPlace says that a compressed file has to be read up to its place first.
var errPlace = errors.New("place to be found")

// Options say how a stream is followed.
type Options struct {
	// Start is the position to go on from, as Journal.Load returned it. The
	// zero Position means the beginning of the oldest file.
	Start Position
	// Tail makes a stream without a position start at the end of its newest
	// file. It is meant for the streams of the first scan only.
	Tail bool
	// Once ends the stream, with io.EOF, when all files have been read.
	Once bool
	// CheckInterval is how often Wait checks for new data;
	// DefaultCheckInterval if it is not positive.
	CheckInterval time.Duration
	// Hints, if not nil, make Wait return earlier.
	Hints *Hints
	// Wake, if not nil, is called instead when a hint says that Look is worth a
	// call: by any goroutine, and it must not wait.
	Wake func()
	// Warn is called with what should be logged and does not end the reading,
	// once per file and cause, by the goroutine that calls Read and Wait.
	Warn func(error)
}

// A Follower reads the files of one stream as one sequence of bytes, and goes on
// with whatever rotation puts in their place. Stream offsets count the bytes
// that Read returned since the Follower was made.
//
// Read, Wait, Boundary, Unread, Release and Close are for one goroutine;
// Position, Forget and Status may be called by any.
type Follower struct {
	catalog *Catalog
	name    string
	opt     Options // with a CheckInterval

	started  bool     // the place to begin at has been found
	closed   bool     // Close was called
	fresh    bool     // the listing was made in the last look
	crossing bool     // Read owes an ErrBoundary
	boundary Boundary // the last one
	failed   error    // ends a reading with Once
	src      *source  // what is being read: cur, or one of behind
	again    *source  // what has to be read again before cur, or nil
	grewAt   time.Time
	warned   map[string]bool
	list     list
	hint     *hint         // asked for, or nil
	woken    chan struct{} // told of hints unless Options.Wake is

	mu       sync.Mutex // guards the rest, and the places and names of sources
	track    track
	cur      *source   // the newest file reached
	behind   []*source // older files that may still grow, or came late
	closing  []*source // files that are only open for positions in them
	files    []File    // the listing in use
	at       int       // index of cur in files, or of what follows it
	listed   bool      // cur is in files
	finished bool      // the stream has come to its end
}

// NewFollower returns a follower of the stream with the given name. It does
// nothing before the first Wait.
func NewFollower(c *Catalog, name string, opt Options) *Follower {
	f := &Follower{catalog: c, name: name, opt: opt}
	if f.opt.CheckInterval <= 0 {
		f.opt.CheckInterval = DefaultCheckInterval
	}
	if f.opt.Hints != nil && f.opt.Wake == nil {
		f.woken = make(chan struct{}, 1)
		f.opt.Wake = f.signal
	}
	return f
}

// signal ends a sleep of Wait.
func (f *Follower) signal() {
	select {
	case f.woken <- struct{}{}:
	default:
	}
}

// Stream returns the name of the stream.
func (f *Follower) Stream() string { return f.name }

// Read reads the next bytes of the stream. It returns data, or one of
//
//   - ErrNoData: call Wait, then Read again;
//   - ErrBoundary: look at Boundary if it matters, then Read again;
//   - io.EOF: all files have been read, with Options.Once, or have been deleted
//     after they were read;
//   - another error, which is final.
//
// hot: once per buffer of the reader; no allocation for plain files.
func (f *Follower) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n, err := f.read(p)
	f.fresh = false
	return n, err
}

func (f *Follower) read(p []byte) (int, error) {
	for {
		switch {
		case f.closed:
			return 0, fs.ErrClosed
		case f.failed != nil:
			return 0, f.failed
		case f.crossing:
			f.crossing = false
			return 0, ErrBoundary
		case f.finished:
			return 0, io.EOF
		case f.src == nil:
			return 0, ErrNoData
		}
		if f.src.off == 0 && f.overlooked() {
			return 0, ErrNoData
		}
		n, err := f.fetch(f.src, p)
		if n > 0 {
			if f.src.off == 0 && f.outrun() {
				return 0, ErrNoData
			}
			if p[0] == 0 && f.passHole(p[:n]) {
				continue
			}
			f.mu.Lock()
			f.src.took(p[:n])
			f.track.advance(n)
			f.mu.Unlock()
			return n, nil
		}
		ended := f.ended(f.src, err)
		switch {
		case err == errPlace:
			return 0, ErrNoData
		case f.src != f.cur:
			f.goBack()
		case !ended || !f.goOn():
			return 0, ErrNoData
		}
	}
}

// goOn goes from a file that has been read to the next one if that is quick.
func (f *Follower) goOn() bool {
	f.relist()
	return f.crossing || f.listed && f.turn()
}

// passHole passes the zero bytes at the beginning of a file that a writer which
// does not append has left after the file was emptied: it goes on at its old
// offset. They are no part of the stream.
func (f *Follower) passHole(p []byte) bool {
	s := f.src
	zeros := len(p) - len(bytes.TrimLeft(p, "\x00"))
	if s.format != plain || s.off != s.hole || s.off == 0 && zeros < min(len(p), minHole) {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s.took(p[:zeros])
	s.hole = s.off
	f.track.begin(s)
	return true
}

// fetch reads from a source, which it opens if that is quick.
func (f *Follower) fetch(s *source, p []byte) (int, error) {
	if s.placeLost() {
		return 0, errPlace
	}
	if !s.ready() {
		f.mu.Lock()
		err := s.prepare()
		f.mu.Unlock()
		if err != nil {
			return 0, err
		}
	}
	return s.read(p)
}

// ended notes why a source gave no data and reports whether it is because all
// of it has been read.
func (f *Follower) ended(s *source, err error) bool {
	s.trouble = nil
	switch d := (*damage)(nil); {
	case err == io.EOF && s.compressed():
		s.complete = true
		s.closeDecoder()
		return true
	case err == io.EOF:
		return true
	case errors.As(err, &d):
		if s.damage == nil && !d.truncated() {
			f.warn(fmt.Errorf("decompress %s at %d: %w", s.file.Path, s.off, d.err))
		}
		s.damage = d
		s.closeDecoder()
		return true
	case err == errPlace:
	case err == errRewritten:
		s.rewritten = true
	case errors.Is(err, errMoved), errors.Is(err, fs.ErrNotExist):
	default:
		s.trouble = err
		f.warn(err)
		f.closeSource(s)
		return f.opt.Once
	}
	return false
}

// Release closes the files but keeps the places; Read opens them again. It
// bounds the number of open files when many streams are idle. What is left in a
// file that is deleted meanwhile is lost.
func (f *Follower) Release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closeAll()
}

// Shrink frees the memory that only a stream with much to read needs.
func (f *Follower) Shrink() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cur != nil {
		f.cur.shrink()
	}
}

// Close ends the follower. Position still answers.
func (f *Follower) Close() error {
	f.disarm()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.closeAll()
	return nil
}

func (f *Follower) closeAll() {
	if f.cur != nil {
		f.cur.close()
	}
	for _, s := range f.behind {
		s.close()
	}
	for _, s := range f.closing {
		s.close()
	}
	f.closing = nil
}

func (f *Follower) closeSource(s *source) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.close()
}

// warn reports a problem unless it was reported before.
func (f *Follower) warn(err error) {
	text := err.Error()
	if f.warned[text] || f.opt.Warn == nil {
		return
	}
	if len(f.warned) >= 1000 {
		clear(f.warned)
	}
	if f.warned == nil {
		f.warned = map[string]bool{}
	}
	f.warned[text] = true
	f.opt.Warn(fmt.Errorf("stream %q: %w", f.name, err))
}

// refresh scans anew, several times if need be, and takes the listing over. An error
// was reported.
func (f *Follower) refresh(ctx context.Context) error {
	l, err := f.catalog.Refresh(ctx)
	for try := 1; try < rescans && err == nil && l.unsteady[f.name]; try++ {
		l, err = f.catalog.Refresh(ctx)
	}
	if err != nil && ctx.Err() == nil {
		f.warn(err)
	}
	f.relist()
	f.fresh = err == nil && f.list.gen == l.Gen
	return err
}
