package queue

import (
	"errors"
	"fmt"
	"time"

	"github.com/hekad/heka/internal/framing"
)

// Fsync says when appended records are made to survive a crash of the machine.
// A crash of the process alone loses nothing in any mode.
type Fsync uint8

const (
	// Interval syncs Options.Interval after the first record that is not yet
	// safe, whatever has come in by then.
	Interval Fsync = iota
	// Always syncs at once; what comes in meanwhile shares the next sync.
	Always
	// Never leaves it to the operating system; records count as durable when
	// they are written.
	Never
)

// ParseFsync returns the mode of that name: "interval", "always" or "never".
func ParseFsync(name string) (Fsync, error) {
	switch name {
	case "interval":
		return Interval, nil
	case "always":
		return Always, nil
	case "never":
		return Never, nil
	}
	return 0, fmt.Errorf("fsync is %q; it must be always, interval or never", name)
}

// Options are the settings of a queue. The zero value has the defaults.
type Options struct {
	// MaxFileSize is the size in bytes at which the next file is begun; 0 is
	// 512 MiB.
	MaxFileSize int64
	// MaxBufferSize bounds the bytes that wait for the slowest reader; 0 is no
	// bound.
	MaxBufferSize int64
	// MinFree is how many bytes the disk must keep free for others.
	MinFree uint64
	// MaxBody is the largest body in bytes; 0 is framing.DefaultMaxBody.
	MaxBody int
	// CheckpointEvery is the number of acknowledgements after which a reader's
	// checkpoint is due; 0 is 1. In the modes Interval and Never it is written
	// with the next interval. A reader that enters another file, and Close, make
	// it due at once.
	CheckpointEvery int
	// Fsync says when records become durable.
	Fsync Fsync
	// Interval is the time between syncs, and between checkpoints; 0 is 100 ms.
	Interval time.Duration
	// KeepDelivered is how long files are kept after all of their records were
	// delivered. Such files do not count against MaxBufferSize and give way when
	// the disk fills up.
	KeepDelivered time.Duration
	// Memory is how many bytes of the newest records wait in memory for readers
	// that keep up, at least one write; 0 is 1 MiB.
	Memory int
	// OnError is told of failures in the background: a sync, a checkpoint or the
	// deletion of a file. It is called from several goroutines and must not call
	// the queue. nil is nobody.
	OnError func(error)
}

// Check returns what a configuration with these options must be refused for.
func (o Options) Check() error {
	o = o.withDefaults()
	if least := framing.MaxRecord(o.MaxBody); o.MaxFileSize < int64(least) {
		return fmt.Errorf("`max_file_size` must be greater than maximum record size of %d", least)
	}
	return nil
}

// withDefaults returns o with the defaults filled in.
func (o Options) withDefaults() Options {
	set := func(p *int64, v int64) {
		if *p <= 0 {
			*p = v
		}
	}
	set(&o.MaxFileSize, 512<<20)
	set((*int64)(&o.Interval), int64(100*time.Millisecond))
	if o.MaxBody <= 0 {
		o.MaxBody = framing.DefaultMaxBody
	}
	if o.CheckpointEvery <= 0 {
		o.CheckpointEvery = 1
	}
	if o.Memory <= 0 {
		o.Memory = 1 << 20
	}
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	return o
}

// Errors that callers tell apart.
var (
	// ErrFull is returned by Append when the queue has reached MaxBufferSize, or
	// the disk has no room. WaitSpace waits for the end of it.
	ErrFull = errors.New("Queue is full")
	// ErrClosed is returned by everything once Close was called.
	ErrClosed = errors.New("queue is closed")
	// ErrLocked is returned by Open if another queue uses the directory.
	ErrLocked = errors.New("queue directory is in use")
	// ErrPassed is returned by Ack for a position before the acknowledged one.
	ErrPassed = errors.New("updating buffer cursor: Queue has already advanced past provided cursor")
	// ErrUnread is returned by Ack for a position behind what was handed out.
	ErrUnread = errors.New("updating buffer cursor: position has not been read yet")
)

var (
	errDiskLow  = fmt.Errorf("%w: the disk has less than min_free left", ErrFull)
	errDiskFull = fmt.Errorf("%w: the disk is full", ErrFull)
)
