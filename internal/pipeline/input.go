package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// input runs one input. It implements plugin.Feed.
type input struct {
	host  *Host
	name  string
	typ   string
	opts  plugin.InputOptions
	log   *slog.Logger
	books inputBooks
	meter meter
	flows flows

	build       func() (any, error)
	newSplitter func(token string) (splitting, error)
	newDecoder  func(token string, worker int) (*decoding, error) // nil without a decoder

	instance atomic.Pointer[any]
	prepared bool        // and not yet running
	begun    bool        // the instance is to be closed
	alone    atomic.Bool // it was said that decoder_workers do not count
	state    atomic.Pointer[string]
	ended    chan struct{} // closed when it works no more
	cause    error         // why, set before that; nil: it was told to, or has reached its end
	gone     chan struct{} // closed when it was taken out and is closed
	unacked  *gauge        // batches that are not acknowledged

	sockets netconf.Sockets   // that it listens on
	heirOf  []*input          // whose sockets it takes over
	parts   []*section        // its own section and those of its splitter and decoders
	addedBy string            // name of the input that added it, or empty
	after   []<-chan struct{} // closed when those have gone that it takes the place of
	onEnd   func(err error)   // told about the end; may be nil

	// Guarded by the intake's mu:
	cancel    context.CancelFunc // tells it to end; set when it runs
	leaving   bool               // it was taken out
	successor *input             // that a reload has put in its place

	mu      sync.Mutex
	streams map[*stream]string // open streams and their tokens
	ticks   chan time.Time
}

func (in *input) setState(s string) { in.state.Store(&s) }

// run works until the input has ended for good or ctx is done.
func (in *input) run(ctx context.Context) {
	patience := ctx
	if in.gathers() {
		patience = in.host.hard // others feed it already, which it must pass on
	}
	for _, gone := range in.after {
		await(patience, gone)
	}
	if patience.Err() == nil {
		in.cause = in.lives(ctx)
	}
	close(in.ended)
	in.host.inputEnded(in)
}

// lives runs one instance after the other. The result is why there is not another
// one, or nil if the input has reached its end or was asked to end.
func (in *input) lives(ctx context.Context) error {
	if every := time.Duration(in.opts.TickerInterval) * time.Second; every > 0 {
		go in.tick(ctx, every)
	}
	back := newBackoff(in.opts.Retries)
	for {
		began := time.Now()
		err := in.live(ctx)
		if ctx.Err() != nil || err == nil {
			if err != nil {
				in.log.Error(err.Error())
			}
			in.over(ctx, nil)
			return nil
		}
		in.log.Error(err.Error())
		in.setState("restarting: " + err.Error())
		if time.Since(began) > in.opts.Retries.MaxDelay {
			back.reset()
		}
		if plugin.IsExit(err) || !back.wait(ctx) {
			if ctx.Err() == nil && !plugin.IsExit(err) {
				in.log.Error("Max retries exceeded")
			}
			in.over(ctx, err)
			return err
		}
		in.log.Info(fmt.Sprintf("Restarting (attempt %d/%d)", back.tries, in.opts.Retries.MaxRetries))
		in.close()
		if err := in.call(in.rebuild); err != nil {
			in.log.Error(err.Error())
		}
	}
}

// over is the end of an input.
func (in *input) over(ctx context.Context, err error) {
	if err != nil {
		in.setState("ended: " + err.Error())
	} else {
		in.setState("ended")
	}
	if ctx.Err() != nil || in.opts.CanExit || (in.host.once && err == nil) {
		return
	}
	in.log.Error("has stopped, shutting down.")
	in.host.Stop(1)
}

func (in *input) rebuild() error {
	inst, err := in.build()
	if err == nil {
		err = in.host.link(inst)
	}
	if err == nil {
		in.instance.Store(&inst)
		in.begun = false
	}
	return err
}

// close lets the instance write its last position and let go of what it holds.
// That is when nothing more can be acknowledged: before a restart, or after all
// consumers have ended.
func (in *input) close() {
	in.sockets.Release()
	if !in.begun {
		return // it must not write a position that it has not read
	}
	in.begun = false
	if cl, ok := (*in.instance.Load()).(plugin.Closer); ok {
		if err := in.call(cl.Close); err != nil {
			in.log.Error(err.Error())
		}
	}
}

// discard lets go of what was prepared and will not run.
func (in *input) discard() {
	in.sockets.Release()
	if in.prepared {
		in.close()
	}
}

// live is the working life of one instance.
func (in *input) live(ctx context.Context) error {
	if err := in.prepare(ctx); err != nil {
		return err
	}
	in.prepared = false
	inst := *in.instance.Load()
	in.setState("running")
	err := in.call(func() error { return inst.(plugin.Input).Run(ctx, in) })
	in.closeStreams()
	return err
}

func (in *input) prepare(ctx context.Context) error {
	in.begun = true
	defer in.sockets.Release()
	p, ok := (*in.instance.Load()).(plugin.Preparer)
	if !ok || in.prepared {
		return nil
	}
	in.sockets.Forget()
	err := in.call(func() error { return p.Prepare(netconf.WithSockets(ctx, &in.sockets)) })
	in.prepared = err == nil
	return err
}

// call runs one call into the plugin and makes an error of a panic.
func (in *input) call(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			in.log.Error(fmt.Sprintf("panic: %v", r), "stack", string(debug.Stack()))
			err = &panicError{r}
		}
	}()
	return f()
}

// Tick implements plugin.Feed.
func (in *input) Tick() <-chan time.Time { return in.ticks }

// Once implements plugin.Feed.
func (in *input) Once() bool { return in.host.once }

// tick sends timer events; what cannot be taken collapses into one.
func (in *input) tick(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case now := <-t.C:
			select {
			case in.ticks <- now:
			default:
			}
		case <-ctx.Done():
			return
		}
	}
}

// Open implements plugin.Feed.
func (in *input) Open(o plugin.StreamOptions) (plugin.Stream, error) {
	s := &stream{in: in, host: in.host, opts: o, logger: o.Logger}
	if s.logger == "" {
		s.logger = in.name
	}
	var err error
	if s.split, err = in.newSplitter(o.Token); err != nil {
		return nil, err
	}
	s.size = max(s.split.minBuffer, minArena)
	if o.Delivered != nil {
		s.order = &order{delivered: o.Delivered, open: in.unacked}
	}
	if in.newDecoder != nil {
		if err = in.decodes(s, o.Token); err != nil {
			closeHelper(s.split.Splitter, in.log)
			return nil, err
		}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.streams[s] = o.Token
	return s, nil
}

// decodes gives a stream its decoder, or the workers that have one each. A decoder
// that keeps records for later messages must see all of them.
func (in *input) decodes(s *stream, token string) error {
	d, err := in.newDecoder(token, 0)
	if err != nil {
		return err
	}
	holder, holds := d.Decoder.(plugin.Holder)
	n := in.opts.DecoderWorkers
	if n > 1 && !holds {
		s.workers, err = newWorkers(s, token, n, d)
		return err
	}
	if n > 1 && in.alone.CompareAndSwap(false, true) {
		in.log.Warn(fmt.Sprintf("decoder_workers is %d, but one works: the decoder joins records that follow one another", n))
	}
	s.decoder, s.held.by = d, holder
	return nil
}

// closed forgets a stream.
func (in *input) closed(s *stream) {
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.streams, s)
}

// closeStreams closes what an input left open.
func (in *input) closeStreams() {
	in.mu.Lock()
	var open []*stream
	for s := range in.streams {
		open = append(open, s)
	}
	in.mu.Unlock()
	for _, s := range open {
		s.Close()
	}
}

// eachStream calls f for every open stream.
func (in *input) eachStream(f func(s *stream)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for s := range in.streams {
		f(s)
	}
}
