package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// Host is a running heka: inputs, filters and outputs, and what lies between
// them. New builds it without side effects, Run is its whole life.
type Host struct {
	global   config.Global
	log      *slog.Logger
	hostname string
	pid      int32
	once     bool

	opts    Options
	intake  intake
	roster  roster
	routes  atomic.Pointer[routes]
	arenas  arenas
	kits    sync.Pool // of *kit
	batches batches

	filterWork *gauge // deliveries that filters have not finished
	own        *injector
	flows      flows // of heka's own messages
	taps       taps
	recent     recent
	ownMu      sync.Mutex // guards own

	// hard is done when whatever still runs is to be given up.
	hard     context.Context
	kill     context.CancelFunc
	stop     chan struct{} // closed by the first Stop
	stopping sync.Once
	code     atomic.Int32
	began    time.Time
}

// ErrStart is wrapped by errors of Run that come before any message was
// handled.
var ErrStart = errors.New("start")

// Stop asks for an orderly shutdown with the given exit code; the first code but 0
// stands. It may be called at any time and from any goroutine.
func (h *Host) Stop(code int) {
	h.code.CompareAndSwap(0, int32(code))
	h.stopping.Do(func() { close(h.stop) })
}

// Kill gives up whatever still runs. What is lost is counted and reported.
func (h *Host) Kill() { h.Stop(1); h.kill() }

// Run starts everything, works until Stop or, with Once, until the inputs have
// reached their ends, and shuts down in order. It returns the exit code.
func (h *Host) Run(ctx context.Context) (int, error) {
	h.began = time.Now()
	soft, stopInputs := context.WithCancel(context.WithoutCancel(ctx))
	defer stopInputs()
	last, stopGatherers := context.WithCancel(context.WithoutCancel(ctx))
	defer stopGatherers()
	defer context.AfterFunc(h.hard, stopGatherers)()
	defer h.kill()
	final, stopWaiting := context.WithCancel(h.hard)
	defer stopWaiting()
	defer context.AfterFunc(ctx, func() { h.Stop(0) })()

	h.intake.soft, h.intake.last, h.intake.final = soft, last, final
	if err := h.start(); err != nil {
		h.kill()
		return 1, err
	}
	background, stopBackground := context.WithCancel(context.Background())
	var helpers sync.WaitGroup
	helpers.Go(func() { h.reports(background) })
	helpers.Go(func() { h.diagnose(background) })

	inputsDone := h.whenInputsEnd(stopGatherers)
	asked := true // to stop; otherwise the end of the data is the end
	select {
	case <-h.stop:
	case <-inputsDone:
		if asked = !h.once; !asked {
			h.Stop(0)
		}
		<-h.stop
	}
	h.shutdown(stopInputs, stopWaiting, inputsDone, asked)
	stopBackground()
	helpers.Wait()
	return int(h.code.Load()), nil
}

// start prepares and starts outputs, filters, inputs, in this order. When something
// cannot start, nothing is left running.
func (h *Host) start() error {
	var problems []error
	for _, c := range slices.Backward(h.consumers()) {
		if c.after != nil {
			continue // its predecessor is to end first
		}
		if err := c.prepare(h.hard); err != nil {
			problems = append(problems, fmt.Errorf("%s '%s' failed to start: %w", c.kind, c.name, err))
		}
	}
	for _, in := range h.inputs() {
		if err := in.prepare(h.lifeOf(in)); err != nil {
			problems = append(problems, fmt.Errorf("Input '%s' failed to start: %w", in.name, err))
		}
	}
	if len(problems) > 0 {
		h.closePrepared()
		return fmt.Errorf("%w: %w", ErrStart, errors.Join(problems...))
	}
	h.launch()
	h.relieve()
	if len(h.consumers()) >= manyPlugins {
		debug.FreeOSMemory()
	}
	h.admit()
	return nil
}

// manyPlugins is how many filters and outputs leave so much behind when they are
// built that it is worth giving back before work begins.
const manyPlugins = 100

// relieve gives queues on disk that are almost full some time to become shorter
// before inputs start.
func (h *Host) relieve() {
	for _, c := range h.consumers() {
		limit := int64(c.opts.Buffering.MaxBufferSize)
		almost := func() bool { return c.spool != nil && limit > 0 && c.spool.q.Stats().Bytes >= limit/10*9 }
		if !almost() {
			continue
		}
		c.log.Info("Delaying start while trying to relieve back-pressure...")
		wait := newBackoff(plugin.RetryOptions{Delay: 250 * time.Millisecond, MaxDelay: time.Second,
			MaxRetries: int(h.global.FullBufferMaxRetries)})
		for almost() && wait.wait(h.hard) {
		}
		if almost() && c.opts.Buffering.FullAction == "shutdown" {
			c.log.Error("back-pressure not resolving: triggering shutdown")
			h.Stop(1)
		}
	}
}

// closePrepared lets go of what was prepared before something else failed.
func (h *Host) closePrepared() {
	for _, c := range h.consumers() {
		c.discard()
	}
	for _, in := range h.inputs() {
		in.discard()
	}
}

// whenInputsEnd returns a channel that is closed when all inputs have ended.
// Those that other plugins feed are stopped when nobody can feed them any more:
// the other inputs have ended, for good, and filters have finished their work.
func (h *Host) whenInputsEnd(stopGatherers func()) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if !h.once {
			<-h.stop
			h.intake.close()
		}
		h.intake.awaitEnds(false)
		h.drainFilters()
		stopGatherers()
		h.intake.awaitEnds(true)
	}()
	return done
}

// shutdown ends inputs, then filters, then outputs, each when what is in front
// of it is drained; of filters and outputs those first that make dead letters. When
// somebody asked for it, what still runs after shutdown_timeout is given up and
// named.
func (h *Host) shutdown(stopInputs, stopWaiting func(), inputsDone <-chan struct{}, asked bool) {
	h.log.Info("Shutdown initiated.")
	deadline := time.AfterFunc(h.global.ShutdownTimeout, func() {
		h.log.Error(fmt.Sprintf("shutdown takes longer than %v, giving up what still runs", h.global.ShutdownTimeout))
		h.kill()
	})
	if !asked {
		deadline.Stop()
	}
	defer deadline.Stop()
	for _, in := range h.inputs() {
		h.log.Info(fmt.Sprintf("Stop message sent to input '%s'", in.name))
	}
	stopInputs()
	await(h.hard, inputsDone)
	h.drainFilters()
	h.freeze()
	h.endFilters()
	h.endOutputs(true)
	h.endOutputs(false)
	h.roster.ends.Wait()
	if h.hard.Err() != nil {
		h.abandon()
	}
	stopWaiting()
	h.intake.ends.Wait()
	for _, in := range h.inputs() {
		select {
		case <-in.ended:
			in.close()
		default: // given up; it may still be at work
		}
	}
	if err := h.Books().Check(); err != nil && h.hard.Err() == nil {
		h.log.Error("the books do not balance: " + err.Error())
	}
	h.log.Info("Shutdown complete.")
}

// drainFilters waits until filters have nothing left to do.
func (h *Host) drainFilters() {
	for h.filterWork.n.Load() != 0 && h.hard.Err() == nil {
		await(h.hard, h.filterWork.none)
	}
}

// endFilters ends filters one after another, in the order of their sections, so
// that what one injects at its end still reaches those behind it.
func (h *Host) endFilters() {
	for _, c := range h.consumers() {
		if c.kind == plugin.KindFilter {
			h.drainFilters()
			h.end(c)
		}
	}
}

// endOutputs ends all outputs at once that make dead letters, or all others, which
// take them.
func (h *Host) endOutputs(deadLetter bool) {
	var ending sync.WaitGroup
	for _, c := range h.consumers() {
		if c.kind == plugin.KindOutput && c.opts.DeadLetter == deadLetter {
			ending.Go(func() { h.end(c) })
		}
	}
	ending.Wait()
}

// end ends one consumer when it has drained.
func (h *Host) end(c *consumer) {
	h.log.Info(fmt.Sprintf("Stop message sent to %s '%s'", c.kindWord(), c.name))
	c.inbox.close()
	if await(h.hard, c.ended) {
		c.log.Info("stopped")
	}
}

// await waits for done; false means that ctx was done first.
func await(ctx context.Context, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

// grace is how long a plugin may take to notice that it was given up.
const grace = 2 * time.Second

// abandon waits a little for what was given up and names what stays.
func (h *Host) abandon() {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if h.code.Load() == 0 {
		h.code.Store(1)
	}
	for _, in := range h.intake.list() {
		if !await(ctx, in.ended) {
			in.log.Error("did not stop")
		}
	}
	for _, c := range h.consumers() {
		if !await(ctx, c.ended) {
			c.log.Error("did not stop")
		}
		// What is on disk was named when its queue was closed.
		if n := c.inFlight() - c.left.Load() + int64(c.books.dropped.of("shutdown")); n > 0 {
			c.log.Error(fmt.Sprintf("%d %s left undelivered", n, plural(uint64(n), "message")))
		}
	}
}

// Reopen passes SIGHUP on to whoever has files to open anew.
func (h *Host) Reopen() {
	h.log.Info("Reload initiated.")
	for _, c := range h.consumers() {
		select {
		case c.reopen <- struct{}{}:
		default:
		}
	}
}

// inject routes a message of the host's own, filled in by fill.
func (h *Host) inject(fill func(m *message.Message)) {
	h.ownMu.Lock()
	defer h.ownMu.Unlock()
	p, err := h.own.New()
	if err != nil {
		return // the host's messages have no history, so this cannot be
	}
	p.Message.SetLogger("hekad")
	fill(&p.Message)
	h.own.Inject(p)
	h.own.flush()
}

// terminated announces the end of a plugin: in its own words, or in the usual ones
// if heka goes on without it.
func (h *Host) terminated(c *consumer, cause error) {
	if announce := plugin.Announcement(cause); announce != nil {
		h.inject(announce)
		return
	}
	if !c.opts.CanExit {
		return
	}
	text := "Run exited."
	switch {
	case cause != nil:
		text = cause.Error()
	case c.added:
		text = "Filter unloaded."
	}
	h.inject(func(m *message.Message) {
		m.SetType("heka.terminated")
		m.SetPayload(fmt.Sprintf("%s (type %s) terminated. Error: %s", c.name, c.typ, text))
		m.AddString("plugin", c.name)
	})
}

func (c *consumer) kindWord() string {
	if c.kind == plugin.KindFilter {
		return "filter"
	}
	return "output"
}
