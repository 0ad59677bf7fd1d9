package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/queue"
)

// queuesDir is the directory in base_dir that holds the queues.
const queuesDir = "output_queue"

func newBuffer() *cobra.Command {
	c := group(&cobra.Command{
		Use:   "buffer",
		Short: "Look into queues on disk, and mend them",
		Long: `Work with the queues that filters and outputs with use_buffering have on disk.
Every command takes the directory of a queue, or a base_dir and then all queues
in it; without an argument that is the base_dir that heka has by default.

ls, verify, cat and replay change nothing and work beside a running heka. repair
and drop write and refuse a queue that a process has open.`,
		Example: `  heka buffer ls
  heka buffer verify /var/cache/hekad
  heka buffer cat --format json /var/cache/hekad/output_queue/relay
  heka buffer drop --match "Type == 'debug'" /var/cache/hekad/output_queue/relay`,
	}, newBufferLs(), newBufferVerify(), newBufferCat(), newBufferReplay(), newBufferRepair(), newBufferDrop())
	for _, sub := range c.Commands() {
		sub.ValidArgsFunction = completeQueues
	}
	return c
}

// storedQueue is a queue's directory.
type storedQueue struct {
	name string // last part of path
	path string
	fs   queue.FS
}

// look returns what is in the directory now.
func (q storedQueue) look() (*queue.Directory, error) {
	d, err := queue.Inspect(q.fs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.path, err)
	}
	return d, nil
}

// findQueues returns the queues that an argument stands for: the directory of a
// queue, of queues, or a base_dir.
func findQueues(args []string) ([]storedQueue, error) {
	dir := config.DefaultGlobal().BaseDir
	if len(args) > 0 {
		dir = args[0]
	}
	if q, ok, err := openStored(dir); ok || err != nil {
		return []storedQueue{q}, err
	}
	parent := filepath.Join(dir, queuesDir)
	if filepath.Base(filepath.Clean(dir)) == queuesDir {
		parent = dir
	}
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no queue, and no directory %s with queues", dir, queuesDir)
	}
	if err != nil {
		return nil, err
	}
	var all []storedQueue
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		q, ok, err := openStored(filepath.Join(parent, e.Name()))
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, q)
		}
	}
	return all, nil
}

// openStored reports whether path is the directory of a queue: one that has
// records or checkpoints in it.
func openStored(path string) (q storedQueue, ok bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return q, false, err
	}
	if !info.IsDir() {
		return q, false, fmt.Errorf("%s is not a directory; heka cat reads files", path)
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return q, false, err
	}
	q = storedQueue{name: filepath.Base(whole), path: path, fs: queue.Dir(path)}
	d, err := q.look()
	return q, err == nil && (len(d.Segments) > 0 || len(d.Checkpoints) > 0), err
}

// oneQueue is findQueues for commands that work on one.
func oneQueue(args []string) (storedQueue, error) {
	all, err := findQueues(args)
	if err != nil {
		return storedQueue{}, failed(err)
	}
	if len(all) != 1 {
		var names []string
		for _, q := range all {
			names = append(names, q.path)
		}
		if len(names) == 0 {
			return storedQueue{}, failed(errors.New("there are no queues"))
		}
		return storedQueue{}, misused("name one queue: %s", oneOf(names))
	}
	return all[0], nil
}

// readerName is how a reader is called in what people read.
func readerName(name string) string { return cmp.Or(name, "(default)") }

// readers are the names of the readers of a queue, without heka's own, which has
// none.
func readers(d *queue.Directory) []string {
	var names []string
	for _, c := range d.Checkpoints {
		if c.Reader != "" {
			names = append(names, c.Reader)
		}
	}
	return names
}

// checkpointOf is the position of a reader; known is false when the directory
// has none that can be used.
func checkpointOf(d *queue.Directory, reader string) (pos queue.Position, known bool) {
	i := slices.IndexFunc(d.Checkpoints, func(c queue.CheckpointInfo) bool { return c.Reader == reader && c.Err == nil })
	if i < 0 {
		return pos, false
	}
	return d.Checkpoints[i].Position, true
}

// inUse makes an error of a queue that is open elsewhere plain.
func inUse(q storedQueue, err error) error {
	if errors.Is(err, queue.ErrLocked) {
		return fmt.Errorf("%s is in use and cannot be changed; stop heka first: %w", q.path, err)
	}
	return fmt.Errorf("%s: %w", q.path, err)
}
