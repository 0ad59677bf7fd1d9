package whisper

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// File is an open file.
type File struct {
	disk     *os.File
	method   Method
	factor   float64
	reach    int64 // longest retention
	archives []archive
	buf      []byte
	known    []float64
}

// archive is an Archive with its place.
type archive struct {
	Archive
	offset int64
}

// ErrFormat is wrapped by errors about files that are no database.
var ErrFormat = errors.New("not a whisper file")

// Create makes a new file with permissions perm (less the umask), or replaces an
// old one, all at once.
func Create(path string, perm os.FileMode, l Layout) (*File, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	temporary := path + ".new"
	disk, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return nil, err
	}
	if _, err = disk.Write(l.header()); err == nil {
		err = disk.Truncate(l.size())
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		disk.Close()
		os.Remove(temporary)
		return nil, err
	}
	return read(disk)
}

// Open opens a file for updates. Archives that were written by Heka 0.10 and that
// nobody else can read are put in order.
func Open(path string) (*File, error) {
	disk, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	f, err := read(disk)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := f.rebase(); err != nil {
		disk.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// read reads the header. It closes disk if that fails.
func read(disk *os.File) (*File, error) {
	f := &File{disk: disk}
	if err := f.readHeader(); err != nil {
		disk.Close()
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: it is too short", ErrFormat)
		}
		return nil, err
	}
	return f, nil
}

func (f *File) readHeader() error {
	meta := make([]byte, metaSize)
	if _, err := f.disk.ReadAt(meta, 0); err != nil {
		return err
	}
	word := func(b []byte, i int) uint32 { return binary.BigEndian.Uint32(b[4*i:]) }
	f.method = Method(word(meta, 0))
	if f.method == 0 {
		f.method = Average
	}
	f.factor = float64(math.Float32frombits(word(meta, 2)))
	n := word(meta, 3)
	if !f.method.known() || n == 0 || n > maxArchives {
		return fmt.Errorf("%w: method %d, %d archives", ErrFormat, f.method, n)
	}
	infos := make([]byte, n*archiveSize)
	if _, err := f.disk.ReadAt(infos, metaSize); err != nil {
		return err
	}
	info, err := f.disk.Stat()
	if err != nil {
		return err
	}
	for i := range int(n) {
		a := archive{Archive{word(infos, 3*i+1), word(infos, 3*i+2)}, int64(word(infos, 3*i))}
		if a.Step == 0 || a.Points == 0 || a.retention() > math.MaxUint32 ||
			a.offset < metaSize+int64(n)*archiveSize || a.offset+a.bytes() > info.Size() {
			return fmt.Errorf("%w: archive %d of %d points lies at %d of %d bytes", ErrFormat, i, a.Points, a.offset, info.Size())
		}
		if i > 0 && a.Step <= f.archives[i-1].Step {
			return fmt.Errorf("%w: archive %d is not coarser than the one before", ErrFormat, i)
		}
		f.archives = append(f.archives, a)
		f.reach = max(f.reach, a.retention())
	}
	return nil
}

// Close closes the file.
func (f *File) Close() error { return f.disk.Close() }

// bytes is the size of the archive on disk.
func (a *archive) bytes() int64 { return int64(a.Points) * pointSize }

// slot is where the point of a time lies, given the time in the first slot.
func (a *archive) slot(time, base uint32) int64 {
	ring := a.retention()
	distance := (int64(time) - int64(base)) % ring
	if distance < 0 {
		distance += ring
	}
	return distance / int64(a.Step)
}

// base is the time in the archive's first slot, 0 if that is empty.
func (f *File) base(a *archive) (uint32, error) {
	var b [4]byte
	_, err := f.disk.ReadAt(b[:], a.offset)
	return binary.BigEndian.Uint32(b[:]), err
}

// room returns a buffer for n points.
func (f *File) room(n int64) []byte {
	if int64(cap(f.buf)) < n*pointSize {
		f.buf = make([]byte, n*pointSize)
	}
	return f.buf[:n*pointSize]
}

// readPoints reads n points beginning at a slot, around the end of the ring. The
// bytes are valid until the next call.
func (f *File) readPoints(a *archive, slot, n int64) ([]byte, error) {
	b := f.room(n)
	first := min(n, int64(a.Points)-slot) * pointSize
	if _, err := f.disk.ReadAt(b[:first], a.offset+slot*pointSize); err != nil {
		return nil, err
	}
	if first < int64(len(b)) {
		if _, err := f.disk.ReadAt(b[first:], a.offset); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// writePoints writes points beginning at a slot, around the end of the ring.
func (f *File) writePoints(a *archive, slot int64, b []byte) error {
	first := min(int64(len(b)), (int64(a.Points)-slot)*pointSize)
	if _, err := f.disk.WriteAt(b[:first], a.offset+slot*pointSize); err != nil {
		return err
	}
	if rest := b[first:]; len(rest) > 0 {
		_, err := f.disk.WriteAt(rest, a.offset)
		return err
	}
	return nil
}
