package queue_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hekad/heka/internal/queue"
)

// disk is a directory in memory that can crash and fail. A crash loses whatever
// was not synced, in part: names in the order in which they changed, bytes of
// files from some place on, with holes.
type disk struct {
	mu      sync.Mutex
	names   map[string]*inode
	synced  map[string]*inode
	changes []change // of names since the last sync of the directory
	life    int      // handles of earlier lives are dead
	locked  bool
	free    uint64
	faults  map[op]fault // happen once
	calls   map[op]int
}

type inode struct {
	data    []byte
	synced  []byte
	dropped bool // a sync failed: what was not synced never will be
	changed time.Time
}

// change is a name that was given to a file, or taken from all.
type change struct {
	name string
	file *inode
}

type op string

const (
	opCreate   op = "create"
	opOpen     op = "open"
	opRead     op = "read"
	opWrite    op = "write"
	opSync     op = "sync"
	opTruncate op = "truncate"
	opRename   op = "rename"
	opRemove   op = "remove"
	opSyncDir  op = "syncdir"
)

// fault is an error and, for writes, how many bytes get through before it.
type fault struct {
	err   error
	after int
}

func newDisk() *disk {
	return &disk{names: map[string]*inode{}, synced: map[string]*inode{}, free: 1 << 40,
		faults: map[op]fault{}, calls: map[op]int{}}
}

var errCrashed = fmt.Errorf("machine crashed: %w", syscall.EIO)

// fs returns the directory for one life of the machine.
func (d *disk) fs() queue.FS {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &diskFS{d, d.life}
}

// fail makes the next operation of a kind fail.
func (d *disk) fail(o op, f fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults[o] = f
}

// setFree says how many bytes the disk has left.
func (d *disk) setFree(n uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free = n
}

// crash ends this life. choose returns a number from 0 to n.
func (d *disk) crash(choose func(what string, n int) int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.changes[:choose("name changes kept", len(d.changes))] {
		if c.file == nil {
			delete(d.synced, c.name)
		} else {
			d.synced[c.name] = c.file
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.synced)) {
		f := d.synced[name]
		if !bytes.HasPrefix(f.data, f.synced) { // truncated: either state
			if choose("truncation lost", 1) == 1 {
				f.data = f.synced
			}
		} else {
			kept := choose("bytes kept of "+name, len(f.data)-len(f.synced))
			f.data = f.data[:len(f.synced)+kept]
			if kept > 0 && choose("hole", 3) == 3 {
				from := len(f.synced) + choose("hole at", kept)
				clear(f.data[from:min(len(f.data), from+choose("hole size", 512))])
			}
		}
		f.data, f.dropped = bytes.Clone(f.data), false
		f.synced = bytes.Clone(f.data)
	}
	d.names, d.changes = maps.Clone(d.synced), nil
	d.life++
	d.locked = false
	clear(d.faults)
}

// bytesOf returns the content of a file for a test to look at or to change.
func (d *disk) bytesOf(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.names[name]; f != nil {
		return f.data
	}
	return nil
}

// put makes a file that is wholly on disk.
func (d *disk) put(name string, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := &inode{data: bytes.Clone(data), synced: bytes.Clone(data), changed: time.Now()}
	d.names[name], d.synced[name] = f, f
}

// flip changes a byte of a file, on the disk itself.
func (d *disk) flip(name string, at int, mask byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.names[name]
	f.data[at] ^= mask
	if at < len(f.synced) {
		f.synced[at] ^= mask
	}
}

func (d *disk) list() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.names))
}

type diskFS struct {
	*disk
	born int
}

// enter begins an operation. It returns with the disk locked.
func (d *diskFS) enter(o op) (fault, error) {
	d.mu.Lock()
	if d.born != d.life {
		return fault{}, errCrashed
	}
	d.calls[o]++
	f, ok := d.faults[o]
	if ok {
		delete(d.faults, o)
		return f, f.err
	}
	return fault{}, nil
}

func (d *diskFS) List() ([]queue.FileInfo, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var files []queue.FileInfo
	for name, f := range d.names {
		files = append(files, queue.FileInfo{Name: name, Size: int64(len(f.data)), Changed: f.changed})
	}
	return files, nil
}

func (d *diskFS) Create(name string) (queue.File, error) {
	_, err := d.enter(opCreate)
	defer d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if d.names[name] != nil {
		return nil, os.ErrExist
	}
	f := &inode{changed: time.Now()}
	d.names[name] = f
	d.changes = append(d.changes, change{name, f})
	return &diskFile{d, f}, nil
}

func (d *diskFS) Open(name string, _ bool) (queue.File, error) {
	_, err := d.enter(opOpen)
	defer d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if d.names[name] == nil {
		return nil, os.ErrNotExist
	}
	return &diskFile{d, d.names[name]}, nil
}

func (d *diskFS) Rename(from, to string) error {
	_, err := d.enter(opRename)
	defer d.mu.Unlock()
	if err != nil {
		return err
	}
	f := d.names[from]
	if f == nil {
		return os.ErrNotExist
	}
	d.names[to] = f
	delete(d.names, from)
	// One entry of the journal: both names change or none.
	d.changes = append(d.changes, change{to, f}, change{from, nil})
	return nil
}

func (d *diskFS) Remove(name string) error {
	_, err := d.enter(opRemove)
	defer d.mu.Unlock()
	if err != nil {
		return err
	}
	if d.names[name] == nil {
		return os.ErrNotExist
	}
	delete(d.names, name)
	d.changes = append(d.changes, change{name, nil})
	return nil
}

func (d *diskFS) Touch(name string, at time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.names[name]; f != nil {
		f.changed = at
	}
	return nil
}

func (d *diskFS) Sync() error {
	_, err := d.enter(opSyncDir)
	defer d.mu.Unlock()
	if err != nil {
		return err
	}
	d.synced, d.changes = maps.Clone(d.names), nil
	return nil
}

func (d *diskFS) Lock() (io.Closer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.locked {
		return nil, queue.ErrLocked
	}
	d.locked = true
	return &diskLock{d}, nil
}

type diskLock struct{ d *diskFS }

func (l *diskLock) Close() error {
	l.d.mu.Lock()
	defer l.d.mu.Unlock()
	if l.d.born == l.d.life {
		l.d.locked = false
	}
	return nil
}

func (d *diskFS) Free() (uint64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.free, nil
}

type diskFile struct {
	d *diskFS
	f *inode
}

func (f *diskFile) ReadAt(p []byte, off int64) (int, error) {
	_, err := f.d.enter(opRead)
	defer f.d.mu.Unlock()
	if err != nil {
		return 0, err
	}
	if off >= int64(len(f.f.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.f.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *diskFile) Write(p []byte) (int, error) {
	fault, err := f.d.enter(opWrite)
	defer f.d.mu.Unlock()
	n := len(p)
	if err != nil {
		n = min(fault.after, n)
	}
	if err == errCrashed {
		return 0, err
	}
	f.f.data = append(f.f.data, p[:n]...)
	f.f.changed = time.Now()
	return n, err
}

func (f *diskFile) Truncate(size int64) error {
	_, err := f.d.enter(opTruncate)
	defer f.d.mu.Unlock()
	if err == nil {
		f.f.data = f.f.data[:size:size]
	}
	return err
}

func (f *diskFile) Sync() error {
	_, err := f.d.enter(opSync)
	defer f.d.mu.Unlock()
	switch {
	case err != nil:
		f.f.dropped = true
	case !f.f.dropped: // a kernel that once failed does not try those bytes again
		f.f.synced = bytes.Clone(f.f.data)
	}
	return err
}

func (f *diskFile) Close() error { return nil }

// mustOpen opens the queue on a disk.
func mustOpen(t testing.TB, d *disk, opts queue.Options) (*queue.Queue, queue.Report) {
	t.Helper()
	q, report, err := queue.OpenFS(d.fs(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return q, report
}
