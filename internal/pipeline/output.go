package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/plugin"
)

// output delivers the batch at hand, again and again until the output has taken
// it.
func (c *consumer) output(hard context.Context, inst any) error {
	back := newBackoff(messageRetries)
	for {
		var err error
		if bo, ok := inst.(plugin.BatchOutput); ok && c.singly == 0 {
			err = c.sendBatch(hard, bo)
		} else {
			err = c.sendEach(hard, inst.(plugin.Output))
		}
		if err == nil {
			if back.tries > 0 {
				c.setState("running")
			}
			return nil
		}
		patience := c.patience(hard)
		if patience.Err() != nil {
			return errDone
		}
		if ends(err) {
			return err
		}
		c.oneCall = false
		c.log.Error("can't send record: " + err.Error())
		c.setState("retrying: " + err.Error())
		c.books.retried.Add(1)
		if !back.wait(patience) {
			return errDone
		}
	}
}

// sendEach delivers the messages at hand one by one.
func (c *consumer) sendEach(hard context.Context, o plugin.Output) error {
	err := c.call(func() error {
		for packs := c.cur.packs; c.curDone < len(packs); c.curDone++ {
			var begin time.Time
			if c.curDone == c.timed {
				begin = time.Now()
			}
			err := o.Send(hard, packs[c.curDone])
			if c.curDone == c.timed {
				c.meter.took(time.Since(begin))
			}
			if err == nil {
				c.books.delivered.Add(1)
				continue
			}
			reason, refused := plugin.RefusedReason(err)
			if !refused {
				return err
			}
			c.log.Error(err.Error())
			c.drop(packs[c.curDone], reason, err)
		}
		return nil
	})
	c.letters.post(c.cur.t)
	if err == nil {
		c.finishedEach()
	}
	return err
}

// sendBatch delivers the messages at hand in one call.
func (c *consumer) sendBatch(hard context.Context, o plugin.BatchOutput) error {
	packs := c.cur.packs[c.curDone:]
	c.ledger = ledger{c: c, drops: c.ledger.drops[:0]}
	c.batch.Reset(packs, c.more, &c.ledger)
	err := c.call(func() error { return o.SendBatch(hard, &c.batch) })
	if err != nil {
		c.ledger.void()
		if reason, ok := plugin.RefusedReason(err); ok {
			c.log.Error(err.Error())
			c.ledger.rest(packs, reason, err)
			c.ledger.enter(packs)
			c.finished(0)
			return nil
		}
		// What was dropped or delivered in front of the error stays so.
		done := packs[:c.batch.Done]
		c.books.delivered.Add(uint64(len(done) - c.ledger.enter(done)))
		c.curDone += len(done)
		return err
	}
	n := len(packs) - c.ledger.enter(packs)
	if r := c.ledger.receipt; r != nil {
		r.n, r.t = uint64(n), c.cur.t
		if r.custody && c.spool != nil {
			r.stored = c.spool.stand(c.cur.packs)
		}
		if r.kept {
			r.b = c.cur.b
			c.keep(r, packs)
		} else {
			c.settled()
		}
		c.cur = delivery{}
		r.part()
		return nil
	}
	c.finished(n)
	return nil
}

// ledger is what one call of SendBatch says about its messages. It implements
// plugin.Ledger.
type ledger struct {
	c       *consumer
	drops   []drop
	receipt *receipt
}

// drop is a message that will never be delivered.
type drop struct {
	pack   *plugin.Pack
	reason string
	cause  error
}

// Drop implements plugin.Ledger.
func (l *ledger) Drop(p *plugin.Pack, reason string, cause error) {
	l.drops = append(l.drops, drop{p, reason, cause})
	if cause != nil {
		l.c.log.Error(fmt.Sprintf("dropped message (%s): %v", reason, cause))
	}
}

// rest drops those of packs that were not dropped already.
func (l *ledger) rest(packs []*plugin.Pack, reason string, cause error) {
	before := l.drops
	for _, p := range packs {
		if !slices.ContainsFunc(before, func(d drop) bool { return d.pack == p }) {
			l.drops = append(l.drops, drop{p, reason, cause})
		}
	}
}

// enter puts the drops among the given packs into the books, and returns their
// number.
func (l *ledger) enter(packs []*plugin.Pack) (dropped int) {
	for _, d := range l.drops {
		if slices.Contains(packs, d.pack) {
			l.c.drop(d.pack, d.reason, d.cause)
			dropped++
		}
	}
	l.c.letters.post(l.c.cur.t)
	return dropped
}

// Hold implements plugin.Ledger.
func (l *ledger) Hold() plugin.Receipt { return l.hold() }

// Keep implements plugin.Ledger.
func (l *ledger) Keep(packs bool) plugin.Custody {
	r := l.hold()
	r.custody, r.kept = true, packs
	return r
}

func (l *ledger) hold() *receipt {
	if l.receipt == nil {
		l.receipt = &receipt{c: l.c}
		l.receipt.parts.Store(2)
	}
	return l.receipt
}

// void makes a receipt of a failed call worthless: the batch will be sent again.
func (l *ledger) void() {
	if l.receipt != nil {
		l.receipt.void()
	}
}

func (r *receipt) void() { r.parts.Store(-1 << 30) }

// receipt implements plugin.Receipt and plugin.Custody. It is complete when both the plugin has
// delivered and the call that made it has returned.
type receipt struct {
	c     *consumer
	n     uint64
	t     *ticket
	parts atomic.Int32

	custody bool   // messages may yet be dropped
	kept    bool   // with their packs
	b       *batch // those lie in; nil otherwise
	stored  []stand
	packs   []*plugin.Pack // kept and not dropped, without a queue on disk
}

// Deliver implements plugin.Receipt.
func (r *receipt) Deliver() { r.part() }

// Drop implements plugin.Custody.
func (r *receipt) Drop(p *plugin.Pack, reason string, cause error) {
	if cause != nil {
		r.c.log.Error(fmt.Sprintf("dropped message (%s): %v", reason, cause))
	}
	r.c.dropHeld(p, reason, cause)
	r.c.letters.post(r.t)
	r.n--
	r.packs = slices.DeleteFunc(r.packs, func(o *plugin.Pack) bool {
		return o == p || o.Message.HasUUID() && o.Message.UUID() == p.Message.UUID()
	})
	if i := slices.IndexFunc(r.stored, func(s stand) bool { return s.id == p.Message.UUID() }); i >= 0 {
		r.c.spool.markEnd(r.stored[i].end)
		r.stored = slices.Delete(r.stored, i, i+1)
	}
}

func (r *receipt) part() {
	if r.parts.Add(-1) == 0 {
		r.c.books.delivered.Add(r.n)
		if r.b != nil {
			r.b.release()
		}
		r.t.settle(1)
	}
}

// open reports whether the messages of a receipt are still with the output.
func (r *receipt) open() bool { return r.parts.Load() > 0 }

// flush makes an output deliver what it has gathered, and hands over what a filter
// injects.
func (c *consumer) flush(hard context.Context, f plugin.Flusher) error {
	defer c.besides(time.Now())
	back := newBackoff(messageRetries)
	for {
		err := c.call(func() error { return f.Flush(hard) })
		if c.injector != nil {
			c.injector.flush()
		}
		if err == nil || ends(err) {
			return err
		}
		c.log.Error(err.Error())
		c.setState("retrying: " + err.Error())
		c.books.retried.Add(1)
		if !back.wait(c.patience(hard)) {
			return errDone
		}
	}
}

// tick passes a timer event on.
func (c *consumer) tick(hard context.Context, inst any, now time.Time) error {
	defer c.besides(time.Now())
	var err error
	switch t := inst.(type) {
	case plugin.FilterTicker:
		err = c.call(func() error { return t.Tick(hard, now, c.injector) })
		c.injector.flush()
	case plugin.OutputTicker:
		err = c.call(func() error { return t.Tick(hard, now) })
	}
	if err == nil || ends(err) {
		return err
	}
	c.log.Error(err.Error())
	return nil
}
