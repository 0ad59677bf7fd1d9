package logstreamer

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/logstream"
	"github.com/hekad/heka/plugin"
)

// settleAfter is how long a stream must be quiet before an unfinished record that
// only waits for a possible continuation is taken as finished.
const settleAfter = time.Second

// reader takes one stream of files into the pipeline. Its turns are given by the
// schedule, to one goroutine at a time.
type reader struct {
	name     string
	options  plugin.StreamOptions
	feed     plugin.Feed
	follower *logstream.Follower
	schedule *schedule
	keeper   *keeper
	fail     func(error) // told of what ends the reader
	check    time.Duration
	progress progress
	ended    atomic.Bool // there will be no turn any more
	// caughtUp is when all that was there had been read last, or the beginning,
	// in nanoseconds since 1970.
	caughtUp atomic.Int64

	turn    turn
	keeping keeping

	stream  plugin.Stream // nil before the first data
	fed     int64         // bytes that went into stream
	ctx     done          // for Read
	left    int           // bytes of this turn
	event   error         // what made the last Split end
	begun   bool          // the place to begin at is found
	resting bool          // there was nothing more to read
	quiet   time.Time     // since when
	grew    time.Time     // when more was found last
	settled bool          // what is unfinished has been looked at
	shrunk  bool          // memory was freed
}

// done is the part of a context that a Read needs.
type done interface{ Err() error }

// errTurn ends a Split because other streams wait.
var errTurn = errors.New("the turn is over")

// work is one turn of the reader. It returns after what time it wants the next,
// and whether it is over.
func (r *reader) work(ctx context.Context, crowd int) (pause time.Duration, over bool) {
	r.ctx, r.left = ctx, share
	for {
		if r.resting {
			if !r.follower.Look(ctx) {
				if ctx.Err() != nil {
					return 0, r.end(nil)
				}
				return r.rest(crowd), false
			}
			if !r.begun {
				r.begun, r.quiet = true, time.Now()
				r.keeper.touch(r)
				continue // whether there is anything to read
			}
			r.resting, r.grew = false, time.Now()
		}
		err := r.follow(ctx)
		switch {
		case ctx.Err() != nil, r.event == io.EOF:
			return 0, r.end(nil)
		case r.event == errTurn:
			return 0, false
		case r.event != logstream.ErrNoData:
			return 0, r.end(err)
		}
		r.resting, r.quiet, r.settled, r.shrunk = true, time.Now(), false, false
		r.caughtUp.Store(r.quiet.UnixNano())
		if pause := logstream.MinPause - r.quiet.Sub(r.grew); pause > 0 && !r.feed.Once() {
			return pause, false
		}
	}
}

// rest says how long to sleep after a check that found nothing new.
func (r *reader) rest(crowd int) time.Duration {
	if !r.begun {
		return r.check
	}
	quiet := time.Since(r.quiet)
	pause := max(r.check, min(2*quiet, time.Duration(crowd)*time.Second/checksPerSecond))
	if r.unfinished() > 0 && !r.settled {
		if quiet < settleAfter {
			return min(pause, settleAfter-quiet)
		}
		r.settled = true
		r.stream.Settle()
	}
	if quiet >= settleAfter && !r.shrunk {
		r.shrunk = true
		r.follower.Shrink()
	}
	if crowd > openFiles && quiet >= settleAfter {
		r.follower.Release()
	}
	return pause
}

// openFiles is how many streams at rest may keep their files open. Beyond that
// those that have been quiet for a while open them again when they grow.
const openFiles = 256

// end is the end of the reader; it always returns true.
func (r *reader) end(err error) bool {
	if err != nil {
		r.fail(err)
	}
	r.follower.Close()
	if r.stream != nil {
		r.stream.Close()
		r.progress.end(r.stream.Consumed())
		r.stream = nil
	}
	r.ended.Store(true)
	r.keeper.touch(r)
	return true
}

// open begins a stream of the pipeline with the next byte.
func (r *reader) open() error {
	base := r.follower.Offset()
	o := r.options
	delivered := r.progress.begin(base)
	o.Delivered = func(n int64) {
		delivered(n)
		r.keeper.touch(r)
	}
	s, err := r.feed.Open(o)
	if err != nil {
		r.progress.end(0)
		return err
	}
	r.stream, r.fed = s, 0
	return nil
}

// follow reads until event says why it ends, or an error does.
func (r *reader) follow(ctx context.Context) error {
	r.event = nil
	if r.stream == nil {
		if err := r.open(); err != nil {
			return err
		}
	}
	for {
		r.event = nil
		err := r.stream.Split(r)
		if ctx.Err() != nil || r.event != logstream.ErrBoundary {
			return err
		}
		if err := r.cross(r.follower.Boundary()); err != nil {
			return err
		}
	}
}

// Read implements io.Reader for Split: it ends where Split should deliver what is
// complete.
//
// hot: once per buffer of the stream.
func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if r.left <= 0 && r.schedule.contended() {
		r.event = errTurn
		return 0, errTurn
	}
	n, err := r.follower.Read(p)
	r.fed += int64(n)
	r.left -= n
	if err == nil {
		return n, nil
	}
	r.event = err
	if err == logstream.ErrNoData || err == logstream.ErrBoundary && r.follower.Boundary().Joins() {
		// To a splitter that delivers an incomplete last record, every end is
		// one. To others it makes no difference.
		return n, io.EOF
	}
	return n, err
}

// unfinished is the number of bytes of a record whose end has not come yet.
func (r *reader) unfinished() int64 {
	if r.stream == nil {
		return 0
	}
	return r.fed - r.stream.Consumed()
}

// cross goes over a boundary between two contents. An unfinished record must not
// be joined with what comes next: it is read again later, or lost with its file.
func (r *reader) cross(b logstream.Boundary) error {
	if b.Joins() {
		return nil
	}
	again := b.Kind == logstream.Late || b.Kind == logstream.Return
	if again && r.unfinished() > 0 {
		r.stream.Settle()
	}
	n := r.unfinished()
	if n == 0 {
		return nil
	}
	if again {
		r.follower.Unread(n)
	}
	r.progress.end(r.stream.Consumed())
	r.stream.Close()
	return r.open()
}

// position returns the place behind what has been delivered, and its offset.
func (r *reader) position() (logstream.Position, int64) {
	offset := r.progress.offset()
	if offset == r.keeping.saved {
		return logstream.Position{}, offset
	}
	return r.follower.Position(offset), offset
}

// keep says that the position at an offset was written down.
func (r *reader) keep(offset int64) {
	r.keeping.kept = offset
	r.follower.Forget(offset)
}

// counters is how many counters a stream has.
const counters = 4

// report adds the stream's counters.
func (r *reader) report(report *plugin.Report) {
	st := r.follower.Status()
	report.Add(r.name+"-filename", st.FileName, "")
	report.Add(r.name+"-bytes", st.Seek, "count")
	report.Add(r.name+"-lag", st.Lag, "B")
	report.Add(r.name+"-lag-time", r.behind(&st).Nanoseconds(), "ns")
}

// behind is how long ago everything had been read, or 0.
func (r *reader) behind(st *logstream.Status) time.Duration {
	if st.Lag == 0 {
		return 0
	}
	return time.Since(time.Unix(0, r.caughtUp.Load()))
}

// position loads where a stream was left. A damaged position file is reported and
// counts as none.
func position(j *logstream.Journal, stream string, warn func(error)) (logstream.Position, error) {
	p, err := j.Load(stream)
	var damaged *logstream.DamagedError
	if errors.As(err, &damaged) {
		warn(err)
		return logstream.Position{}, nil
	}
	return p, err
}
