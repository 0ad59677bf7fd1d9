package logstream

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"
)

var (
	// errMoved says that the name belongs to another file by now.
	errMoved = errors.New("another file has taken the name")
	// errRewritten says that the bytes before the position are not those that
	// were read.
	errRewritten = errors.New("the content has been replaced")
	// errDiffers says that a file is not the one a position is in.
	errDiffers = errors.New("not the file of the position")
)

// keepLimit is how many bytes of the content of a compressed file are kept for
// positions that are still to be asked for.
const keepLimit = 4 << 20

// A source is one file on its way to be read. Offsets are those of its content,
// that is, after decompression. The goroutine that reads does all input and
// output; the fields that Position and Status look at change only under the
// follower's lock.
type source struct {
	file   File // as last listed
	format format
	off    int64  // bytes consumed
	head   []byte // the first bytes consumed, at most headSize
	headed string // head_hash of a whole head, or "" before it was asked for
	tail   []byte // the last bytes before off, at most recentSize
	kept   []byte // of a compressed file: more of the bytes before off

	// hole is how many zero bytes at the beginning were passed.
	hole int64

	f   *os.File // nil while closed
	dec io.ReadCloser
	err error // what the decoder said last

	// rank orders the files that the stream went through; a file that appeared
	// too late to take part has 0.
	rank int
	// after is the end of the file that was read before this one, or nil.
	after *Position
	// gone is set when the content before off exists no more in this file, so
	// that no position may lie in it. copy is the file that holds the same
	// content and has taken its place, or nil.
	gone bool
	copy *source
	// end is what the file was like when its end was last looked at.
	end fileInfo
	// complete is set at the proper end of a compressed file, and changing when
	// the file was seen to change after its end.
	complete, changing bool
	// damage is what ended the reading of a compressed file.
	damage *damage
	// shortSince is when the file was first found to end too early.
	shortSince time.Time
	// rewritten is set when a read found the bytes before the place replaced.
	rewritten bool
	// trouble is why the file cannot be read at the moment.
	trouble error

	// A file that was left is looked at until then; it is read again when it
	// has become larger than seen.
	until time.Time
	seen  int64
}

// placeLost reports whether the file has to be decompressed up to its place
// before it can be read.
func (s *source) placeLost() bool {
	return s.compressed() && s.dec == nil && s.off > 0 && !s.complete && s.damage == nil
}

// A damage is an error in compressed data.
type damage struct {
	err error
}

func (d *damage) Error() string { return d.err.Error() }

func (d *damage) Unwrap() error { return d.err }

// truncated reports whether more data may mend the damage.
func (d *damage) truncated() bool {
	return errors.Is(d.err, io.ErrUnexpectedEOF) || errors.Is(d.err, io.EOF)
}

// open opens the file if it is closed and still has the name it was listed by.
func (s *source) open() error {
	if s.f != nil {
		return nil
	}
	f, err := openFile(s.file.Path)
	if err != nil {
		return err
	}
	info, err := statFile(f)
	switch {
	case err != nil:
	case !info.id.Same(s.file.ID):
		err = fmt.Errorf("open %s: %w", s.file.Path, errMoved)
	case !info.mode.IsRegular():
		err = &fs.PathError{Op: "open", Path: s.file.Path, Err: errors.New("not a regular file")}
	}
	if err != nil {
		f.Close()
		return err
	}
	s.f, s.end = f, info
	return nil
}

// close closes the file; the place in it is kept.
func (s *source) close() {
	s.closeDecoder()
	if s.f != nil {
		s.f.Close()
	}
	s.f = nil
}

// closeDecoder frees what decompressing needs, which can be a lot.
func (s *source) closeDecoder() {
	if s.dec != nil {
		s.dec.Close()
	}
	s.dec, s.err = nil, nil
}

// info examines the open file, or, if it is closed, what has its name.
func (s *source) info() (fileInfo, error) {
	if s.f != nil {
		return statFile(s.f)
	}
	info, err := statPath(s.file.Path)
	if err == nil && !info.id.Same(s.file.ID) {
		err = errMoved
	}
	return info, err
}

// sniff finds out the format once enough bytes are there.
func (s *source) sniff() error {
	var magic [magicSize]byte
	n, err := s.f.ReadAt(magic[:], 0)
	if err != nil && err != io.EOF {
		return err
	}
	s.format = sniff(magic[:n])
	return nil
}

// compressed reports whether the content is not what is on disk.
func (s *source) compressed() bool { return s.format > plain }

// ready reports whether read can be called.
func (s *source) ready() bool { return s.f != nil && s.format != unknown }

// prepare opens the file and finds out its format.
func (s *source) prepare() error {
	if err := s.open(); err != nil {
		return err
	}
	if s.format != unknown {
		return nil
	}
	return s.sniff()
}

// read reads what comes next without counting it as consumed: the caller does
// that with took. At the end of what is there now it returns io.EOF. The file
// must have been prepared, and if it is a compressed one, brought to its place.
//
// hot: once per call of Follower.Read; no allocation for plain files.
func (s *source) read(p []byte) (int, error) {
	switch {
	case s.format == plain:
		return s.readPlain(p)
	case s.format == unknown || s.complete:
		return 0, io.EOF
	case s.damage != nil:
		return 0, s.damage
	}
	return s.readDecoded(p)
}

// readPlain reads the bytes before the place once more, together with the new
// ones, and compares: a file that was emptied and written anew is noticed even
// if it has grown beyond the place since.
func (s *source) readPlain(p []byte) (int, error) {
	last := s.lastBytes()
	room := overs.Get().(*[tailSize]byte)
	defer overs.Put(room)
	over := room[:len(last)]
	n, err := readAcross(s.f, over, p, s.off-int64(len(over)))
	if err != nil {
		return 0, err
	}
	switch {
	case n >= len(over) && !bytes.Equal(over, last):
		return 0, errRewritten
	case n <= len(over):
		return 0, io.EOF
	}
	return n - len(over), nil
}

// overs are for the bytes that are read once more.
var overs = sync.Pool{New: func() any { return new([tailSize]byte) }}

func (s *source) readDecoded(p []byte) (int, error) {
	if s.dec == nil && s.err == nil {
		s.dec, s.err = newDecoder(s.format, bufio.NewReaderSize(&reader{f: s.f}, 64<<10))
	}
	for s.err == nil {
		var n int
		n, s.err = s.dec.Read(p)
		if n > 0 {
			return n, nil
		}
	}
	if s.dec == nil || s.err != io.EOF {
		if pe := (*fs.PathError)(nil); errors.As(s.err, &pe) {
			return 0, s.err
		}
		return 0, &damage{s.err}
	}
	return 0, io.EOF
}

// A reader reads a file from its beginning without moving the file's own
// offset.
type reader struct {
	f  *os.File
	at int64
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.f.ReadAt(p, r.at)
	r.at += int64(n)
	if n > 0 {
		return n, nil
	}
	return n, err
}

// took counts bytes that read returned as consumed.
//
// hot: once per read; copies at most recentSize bytes of a plain file.
func (s *source) took(p []byte) {
	if room := headSize - len(s.head); room > 0 && s.off == int64(len(s.head)) {
		s.head = append(s.head, p[:min(room, len(p))]...)
	}
	s.off += int64(len(p))
	if s.compressed() {
		s.kept = append(s.kept, p...)
		if len(s.kept) > 2*keepLimit {
			s.kept = append(s.kept[:0], s.kept[len(s.kept)-keepLimit:]...)
		}
	}
	if len(p) >= recentSize {
		s.tail = append(s.tail[:0], p[len(p)-recentSize:]...)
		return
	}
	if drop := len(s.tail) + len(p) - recentSize; drop > 0 {
		s.tail = append(s.tail[:0], s.tail[drop:]...)
	}
	s.tail = append(s.tail, p...)
}

// shrink frees what only a file that is being read needs.
func (s *source) shrink() {
	if cap(s.tail) > tailSize {
		s.tail = bytes.Clone(s.lastBytes())
	}
	if cap(s.head) > len(s.head) {
		s.head = bytes.Clone(s.head)
	}
}

// lastBytes returns the part of tail that reads and fingerprints compare.
func (s *source) lastBytes() []byte { return s.tail[max(0, len(s.tail)-tailSize):] }
