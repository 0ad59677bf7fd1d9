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

// reader takes one stream of files into the pipeline.
type reader struct {
	name     string
	options  plugin.StreamOptions
	feed     plugin.Feed
	follower *logstream.Follower
	progress progress
	ended    atomic.Bool // run has returned

	stream plugin.Stream
	fed    int64 // bytes that went into stream
	ctx    done  // for Read
	event  error // what made the last Split end

	saved int64 // offset of the position in the journal, or -1; for the keeper
}

// done is the part of a context that a Read needs.
type done interface{ Err() error }

// run follows the files until ctx is done or the stream has come to its end.
func (r *reader) run(ctx context.Context) error {
	defer r.ended.Store(true)
	defer r.follower.Close()
	if err := r.open(); err != nil {
		return err
	}
	r.ctx = ctx
	err := r.follow(ctx)
	r.stream.Close()
	r.progress.end(r.stream.Consumed())
	return err
}

// open begins a stream of the pipeline with the next byte.
func (r *reader) open() error {
	base := r.follower.Offset()
	o := r.options
	o.Delivered = r.progress.begin(base)
	s, err := r.feed.Open(o)
	if err != nil {
		r.progress.end(0)
		return err
	}
	r.stream, r.fed = s, 0
	return nil
}

func (r *reader) follow(ctx context.Context) error {
	for {
		r.event = nil
		err := r.stream.Split(r)
		switch {
		case ctx.Err() != nil:
			return nil
		case r.event == logstream.ErrNoData:
			if r.wait(ctx) != nil {
				return nil
			}
		case r.event == logstream.ErrBoundary:
			if err := r.cross(r.follower.Boundary()); err != nil {
				return err
			}
		case r.event == io.EOF:
			return nil
		default:
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
	n, err := r.follower.Read(p)
	r.fed += int64(n)
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
func (r *reader) unfinished() int64 { return r.fed - r.stream.Consumed() }

// wait returns when there is more to read, or ctx is done.
func (r *reader) wait(ctx context.Context) error {
	if r.unfinished() > 0 {
		short, cancel := context.WithTimeout(ctx, settleAfter)
		err := r.follower.Wait(short)
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		r.stream.Settle()
	}
	return r.follower.Wait(ctx)
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

// save puts the position behind what has been delivered into the journal, if it
// has changed.
func (r *reader) save(j *logstream.Journal) error {
	offset := r.progress.offset()
	if offset == r.saved {
		return nil
	}
	p := r.follower.Position(offset)
	if p.IsZero() {
		return nil
	}
	if err := j.Save(r.name, p); err != nil {
		return err
	}
	r.saved = offset
	r.follower.Forget(offset)
	return nil
}

// report adds the stream's counters.
func (r *reader) report(report *plugin.Report) {
	st := r.follower.Status()
	report.Add(r.name+"-filename", st.FileName, "")
	report.Add(r.name+"-bytes", st.Seek, "count")
	report.Add(r.name+"-lag", st.Lag, "B")
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
