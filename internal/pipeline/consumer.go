package pipeline

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/plugin"
)

// consumer runs one filter or output: it takes deliveries from the inbox, one
// at a time, and sees to retries, timer events, flushes, restarts and the end.
type consumer struct {
	host    *Host
	name    string
	typ     string
	kind    plugin.Kind
	opts    plugin.ConsumerOptions
	matcher *matcher.Matcher
	log     *slog.Logger
	inbox   *inbox
	spool   *spool // nil without use_buffering
	books   consumerBooks
	flows   flows // of what it injects
	// build makes a fresh instance from the configuration.
	build   func() (any, error)
	encoder atomic.Pointer[named] // of the current instance; nil without

	instance atomic.Pointer[any]
	prepared bool // Prepare was called on the instance
	state    atomic.Pointer[string]
	since    atomic.Int64 // when the delivery at hand was taken, ns since the epoch; 0 = none
	taken    atomic.Int64 // messages in the delivery at hand
	reopen   chan struct{}
	left     atomic.Int64 // messages that stay in the queue on disk, at the end

	matchTime sampler
	meter     meter
	clock     int64 // end of the last delivery, ns since the epoch; 0 when it is long ago
	timed     int   // index of the message at hand whose call is timed, or -1
	oneCall   bool  // the delivery at hand is one call, made once
	sampled   uint  // deliveries so far
	ended     chan struct{}

	parts []*section // its own section and its encoder's

	added  bool            // by another plugin, while heka runs
	after  <-chan struct{} // closed when a predecessor of the same name has ended
	coming *gauge          // producers that wait for room
	onEnd  func(err error) // told about the end; may be nil
	begun  bool            // an instance was prepared

	// Guarded by the roster's mu:
	leaving bool // no longer in the routes
	removed bool // because it was taken out
	parting bool // and heka.terminated is to say so

	injector *injector // filters only
	letters  *letters
	ledger   ledger
	batch    plugin.Batch
	cur      delivery // being worked on
	more     bool
	curDone  int        // leading packs of cur that are done with
	custody  []*receipt // of batches that the instance keeps, without a queue on disk
	again    []delivery // that an instance had kept when it ended; they come before the inbox
	singly   int        // messages that go one by one, to find the one that panics
}

// named is an encoder instance as it appears in reports.
type named struct {
	name string
	enc  plugin.Encoder
}

func (c *consumer) setState(s string) { c.state.Store(&s) }

// run works until the inbox is closed and empty, the instance has ended for
// good, or hard is done.
func (c *consumer) run(hard context.Context) {
	defer close(c.ended)
	if c.after != nil {
		await(hard, c.after)
	}
	cause := c.lives(hard)
	c.letters.settled(hard) // acknowledges what they carry
	if c.spool != nil {
		c.spool.close()
	}
	c.host.left(c, cause)
}

// lives runs one instance after the other. The result is why there is not another
// one, or nil if the consumer was asked to end.
func (c *consumer) lives(hard context.Context) error {
	back := newBackoff(c.opts.Retries)
	for {
		began := time.Now()
		err := c.live(hard)
		patience := c.patience(hard)
		if err == nil || patience.Err() != nil {
			c.end()
			return nil
		}
		if time.Since(began) > c.opts.Retries.MaxDelay {
			back.reset()
		}
		c.log.Error(err.Error())
		c.setState("restarting: " + err.Error())
		if plugin.IsExit(err) || c.added && !c.begun {
			c.gone(err)
			return err
		}
		if !back.wait(patience) {
			if patience.Err() != nil {
				c.end()
				return nil
			}
			c.log.Error("Max retries exceeded")
			c.gone(err)
			return err
		}
		c.log.Info("now restarting")
		if err := c.call(c.rebuild); err != nil {
			c.log.Error(err.Error())
		}
		if err := c.rewind(hard); err != nil {
			c.log.Error(err.Error())
		}
	}
}

// end is the end of a consumer that was asked to end.
func (c *consumer) end() {
	c.setState("ended")
	c.loseAll("shutdown")
}

// patience is done when it makes no sense any more to try again what failed: when
// heka stops by force, or stops in order and the messages are safe on disk.
func (c *consumer) patience(hard context.Context) context.Context {
	if c.spool != nil && c.spool.staying != nil {
		return c.spool.staying
	}
	return hard
}

// rewind goes back in the queue on disk to the first message that the last
// instance had taken but not delivered, if there is one. Otherwise the delivery at
// hand is simply kept; without such a queue, behind what the instance had kept.
func (c *consumer) rewind(hard context.Context) error {
	if c.spool == nil {
		c.takeBack()
		return nil
	}
	if !c.letters.settled(hard) {
		return nil
	}
	inHand := 0
	if c.cur.b != nil {
		inHand = 1
	}
	if c.spool.acks.order.waiting() == inHand {
		return nil
	}
	if c.cur.b != nil {
		c.spool.leave(c.cur.packs, c.curDone)
		c.cur.b.release()
		c.cur = delivery{}
	}
	return c.spool.rewind()
}

// take returns the next delivery; more says that others wait behind it.
func (c *consumer) take() (d delivery, more, ok bool) {
	if c.spool != nil {
		return c.spool.take()
	}
	if len(c.again) > 0 {
		d, more = c.takeAgain()
		return d, more, true
	}
	return c.inbox.take()
}

// over reports whether nothing more will come.
func (c *consumer) over() bool {
	if c.spool != nil {
		return c.spool.over()
	}
	_, closed := c.inbox.state()
	return closed
}

// rebuild replaces the instance by a fresh one.
func (c *consumer) rebuild() error {
	inst, err := c.build()
	if err == nil {
		err = c.host.link(inst)
	}
	if err == nil {
		c.instance.Store(&inst)
	}
	return err
}

// live is the life of one instance.
func (c *consumer) live(hard context.Context) (err error) {
	inst := *c.instance.Load()
	if err := c.prepare(hard); err != nil {
		return err
	}
	c.prepared = false
	c.begun = true
	defer func() { c.letGo(inst, err) }()
	c.setState("running")
	tick, stopTick := ticker(time.Duration(c.opts.TickerInterval) * time.Second)
	defer stopTick()
	flusher, _ := inst.(plugin.Flusher)
	var flushes <-chan time.Time
	if flusher != nil {
		var stop func()
		flushes, stop = ticker(flusher.FlushInterval())
		defer stop()
	}
	for {
		if err := c.work(hard, inst); err != nil {
			return err
		}
		select { // these come first: a busy queue must not starve them
		case now := <-tick:
			if err := c.tick(hard, inst, now); err != nil {
				return err
			}
			continue
		case <-flushes:
			if err := c.flush(hard, flusher); err != nil {
				return err
			}
			continue
		case <-c.reopen:
			if err := c.reopened(inst); err != nil {
				return err
			}
			continue
		default:
		}
		ready, stored := (<-chan struct{})(c.inbox.ready), (<-chan struct{})(nil)
		last := c.over() // asked first: what came in before it is still taken
		if c.spool != nil {
			ready, stored = c.spool.ready(), c.spool.stored
		}
		if !last || c.spool == nil || c.host.once {
			if d, more, ok := c.take(); ok {
				c.cur, c.more, c.curDone = d, more, 0
				continue
			}
		}
		if last {
			if flusher != nil {
				return c.flush(hard, flusher)
			}
			c.finish(hard, inst)
			return nil
		}
		c.clock = 0
		select {
		case <-ready:
		case <-stored:
		case now := <-tick:
			if err := c.tick(hard, inst, now); err != nil {
				return err
			}
		case <-flushes:
			if err := c.flush(hard, flusher); err != nil {
				return err
			}
		case <-c.reopen:
			if err := c.reopened(inst); err != nil {
				return err
			}
		case <-hard.Done():
			return nil
		}
	}
}

// letGo closes an instance and its encoder. cause is why it ended, if that says more
// than an error of Close would.
func (c *consumer) letGo(inst any, cause error) {
	if cl, ok := inst.(plugin.Closer); ok {
		if err := c.call(cl.Close); err != nil && cause == nil {
			c.log.Error(err.Error())
		}
	}
	if e := c.encoder.Load(); e != nil {
		closeHelper(e.enc, c.log)
	}
}

// discard lets go of what was prepared and will not run.
func (c *consumer) discard() {
	if c.prepared {
		c.letGo(*c.instance.Load(), nil)
	}
	if c.spool != nil {
		c.inbox.close()
		c.spool.close()
	}
}

// reopened passes SIGHUP on.
func (c *consumer) reopened(inst any) error {
	if r, ok := inst.(plugin.Reopener); ok {
		return c.call(r.Reopen)
	}
	return nil
}

// prepare lets the instance acquire what it needs, once.
func (c *consumer) prepare(ctx context.Context) error {
	if c.spool != nil {
		if err := c.spool.open(ctx); err != nil {
			return err
		}
	}
	if c.prepared {
		return nil
	}
	err := c.call(func() error {
		if e := c.encoder.Load(); e != nil {
			if err := prepareHelper(ctx, e.enc); err != nil {
				return err
			}
		}
		return prepareHelper(ctx, *c.instance.Load())
	})
	c.prepared = err == nil
	return err
}
