package logstream

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

const (
	journalVersion = 2
	journalLimit   = 1 << 20 // bytes of a position file
	journalMode    = 0o660
	journalDirMode = 0o744
	behindLimit    = 1000
)

// A Journal keeps the positions of streams in a directory, one file per stream.
// It is safe for concurrent use on different streams; saves of one stream must
// come one after the other.
type Journal struct {
	dir string

	mu   sync.Mutex // guards root
	root *os.Root   // nothing outside of it can be reached through a stream name
}

// A DamagedError says that a position file could not be used.
type DamagedError struct {
	// Path is the position file, and Kept where it was moved to; Kept is empty
	// if it was left in place.
	Path, Kept string
	Err        error
}

func (e *DamagedError) Error() string {
	if e.Kept == "" {
		return fmt.Sprintf("read position file %s: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("read position file %s (kept as %s): %v", e.Path, e.Kept, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// OpenJournal opens the directory of position files and creates it if missing.
func OpenJournal(dir string) (*Journal, error) {
	j := &Journal{dir: dir}
	if _, err := j.open(); err != nil {
		return nil, err
	}
	return j, nil
}

func (j *Journal) open() (*os.Root, error) {
	if err := os.MkdirAll(j.dir, journalDirMode); err != nil {
		return nil, fmt.Errorf("create journal directory: %w", err)
	}
	root, err := os.OpenRoot(j.dir)
	if err != nil {
		return nil, fmt.Errorf("open journal directory: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.root != nil {
		j.root.Close()
	}
	j.root = root
	return root, nil
}

func (j *Journal) current() *os.Root {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.root
}

// Close releases the directory.
func (j *Journal) Close() error { return j.current().Close() }

// Path returns the name of the position file of a stream.
func (j *Journal) Path(stream string) string {
	return filepath.Join(j.dir, journalName(j.current(), stream))
}

// Load returns the position of a stream, or the zero Position if it has none.
// A file that is damaged, or that may not be read, is renamed to <name>.bad; the
// error is then a *DamagedError for the log, and the stream has no position.
// Other errors, such as too many open files, say nothing about the position.
func (j *Journal) Load(stream string) (Position, error) {
	root := j.current()
	name := journalName(root, stream)
	p, err := load(root, name, filepath.Join(j.dir, name))
	if damaged := (*DamagedError)(nil); errors.As(err, &damaged) {
		if err := root.Rename(name, name+".bad"); err == nil {
			damaged.Kept = damaged.Path + ".bad"
		}
	}
	return p, err
}

// PeekJournal reads the position of a stream without changing anything. A
// directory that does not exist has no positions.
func PeekJournal(dir, stream string) (Position, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Position{}, nil
	}
	if err != nil {
		return Position{}, fmt.Errorf("open journal directory: %w", err)
	}
	defer root.Close()
	name := journalName(root, stream)
	return load(root, name, filepath.Join(dir, name))
}

func load(root *os.Root, name, path string) (Position, error) {
	f, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Position{}, nil
	}
	if errors.Is(err, fs.ErrPermission) {
		return Position{}, &DamagedError{Path: path, Err: cause(err)}
	}
	if err != nil {
		return Position{}, fmt.Errorf("read position file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, journalLimit+1))
	if err != nil {
		return Position{}, fmt.Errorf("read position file: %w", err)
	}
	p, sum, err := parsePosition(data)
	if err != nil {
		return Position{}, &DamagedError{Path: path, Err: err}
	}
	if sum != nil {
		p = loadProgress(root, name, p, *sum)
	}
	return p, nil
}

// Save replaces the position of a stream. After a crash at any moment the file
// holds either the old position or the new one.
func (j *Journal) Save(stream string, p Position) error {
	_, err := j.save(stream, p)
	return err
}

// save is Save; it returns the checksum in the file.
func (j *Journal) save(stream string, p Position) (uint32, error) {
	data, sum := appendPosition(nil, p)
	root := j.current()
	err := replace(root, stream, data)
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody has removed the whole directory.
		if root, err = j.open(); err == nil {
			err = replace(root, stream, data)
		}
	}
	if err != nil {
		return 0, j.saveError(stream, err)
	}
	return sum, nil
}

func (j *Journal) saveError(stream string, err error) error {
	return fmt.Errorf("save position of stream %q: %w", stream, err)
}

// replace replaces the position file of a stream.
func replace(root *os.Root, stream string, data []byte) error {
	name := journalName(root, stream)
	temp := name + tempSuffix
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, journalMode)
	if errors.Is(err, fs.ErrNotExist) {
		if err := root.MkdirAll(filepath.Dir(name), journalDirMode); err != nil {
			return err
		}
		f, err = root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, journalMode)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return root.Rename(temp, name)
}

// record is the content of a position file.
type record struct {
	Position
	Checksum string `json:"checksum"`
}

// checksumKey separates what the checksum covers from the checksum.
const checksumKey = `,"checksum":`

// appendPosition appends the JSON form of a position file to dst and returns the
// checksum in it.
func appendPosition(dst []byte, p Position) ([]byte, uint32) {
	data, err := json.Marshal(struct {
		Position
		Version int `json:"version"`
	}{p, journalVersion})
	if err != nil {
		panic("logstream: a position has no JSON form: " + err.Error())
	}
	data = data[:len(data)-1]
	dst = append(dst, data...)
	sum := checksum(data)
	return fmt.Appendf(dst, checksumKey+`"%08x"}`, sum), sum
}

func checksum(data []byte) uint32 {
	return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
}

// parsePosition reads a position file of this program or of Heka 0.10, which
// wrote neither version nor checksum and sometimes left the end of an older,
// longer text behind the object. It returns the checksum if there is one.
func parsePosition(data []byte) (Position, *uint32, error) {
	if len(data) > journalLimit {
		return Position{}, nil, fmt.Errorf("longer than %d bytes", journalLimit)
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return Position{}, nil, nil
	}
	if data[0] != '{' {
		return Position{}, nil, errors.New("not a JSON object")
	}
	var r record
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&r); err != nil {
		return Position{}, nil, err
	}
	var sum *uint32
	if r.Checksum != "" {
		covered, _, _ := bytes.Cut(data[:d.InputOffset()], []byte(checksumKey))
		got := checksum(covered)
		if fmt.Sprintf("%08x", got) != r.Checksum {
			return Position{}, nil, errors.New("the checksum is wrong; remove it after a change by hand")
		}
		sum = &got
	}
	err := r.checkAll()
	return r.Position, sum, err
}

// checkAll checks a position and those within it.
func (p *Position) checkAll() error {
	if len(p.Behind) > behindLimit {
		return fmt.Errorf("%d files behind the position, more than %d", len(p.Behind), behindLimit)
	}
	if len(p.Read) > remembered {
		return fmt.Errorf("%d files that were read, more than %d", len(p.Read), remembered)
	}
	if len(p.Behind) == 0 {
		p.Behind = nil
	}
	if len(p.Waiting) == 0 {
		p.Waiting = nil
	}
	for i := range p.Behind {
		if err := p.Behind[i].checkNested(); err != nil {
			return err
		}
	}
	if p.After != nil {
		if err := p.After.checkNested(); err != nil {
			return err
		}
	}
	return p.check()
}

// checkNested checks a position within another one, which has none of its own.
func (p *Position) checkNested() error {
	p.Behind, p.After = nil, nil
	return p.check()
}

// check refuses what no program has written.
func (p Position) check() error {
	switch {
	case p.Seek < 0:
		return fmt.Errorf("seek %d is negative", p.Seek)
	case p.Seek > 0 && p.FileName == "":
		return errors.New("seek without file_name")
	case p.HeadSize < 0 || p.HeadSize > headSize || int64(p.HeadSize) > p.Seek:
		return fmt.Errorf("head_size %d is out of range", p.HeadSize)
	case !isHash(p.LastHash):
		return fmt.Errorf("last_hash %q is not a SHA-1", p.LastHash)
	case !isHash(p.HeadHash) || (p.HeadHash == "") != (p.HeadSize == 0):
		return fmt.Errorf("head_hash %q is not a SHA-1", p.HeadHash)
	}
	return nil
}

func isHash(s string) bool {
	if s == "" {
		return true
	}
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 20
}
