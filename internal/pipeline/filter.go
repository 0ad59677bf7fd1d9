package pipeline

import (
	"context"
	"time"

	"github.com/hekad/heka/plugin"
)

// filter lets the filter process the delivery at hand. What it injects is
// handed over, in order, after the delivery.
func (c *consumer) filter(hard context.Context, inst any) error {
	if bf, ok := inst.(plugin.BatchFilter); ok && c.singly == 0 {
		return c.filterBatch(hard, bf)
	}
	f := inst.(plugin.Filter)
	err := c.call(func() error {
		for packs := c.cur.packs; c.curDone < len(packs); c.curDone++ {
			p := packs[c.curDone]
			c.injector.loops = p.Loops
			var begin time.Time
			if c.curDone == c.timed {
				begin = time.Now()
			}
			err := f.Process(hard, p, c.injector)
			if c.curDone == c.timed {
				c.meter.took(time.Since(begin))
			}
			if err == nil {
				c.books.delivered.Add(1)
				continue
			}
			if ends(err) {
				return err
			}
			c.refused(err, packs[c.curDone])
		}
		return nil
	})
	c.injector.flush()
	c.letters.post(c.cur.t)
	if err == nil {
		c.finishedEach()
	}
	return err
}

// finish lets a filter inject what it still has to say.
func (c *consumer) finish(hard context.Context, inst any) {
	f, ok := inst.(plugin.Finisher)
	if !ok {
		return
	}
	if err := c.call(func() error { return f.Finish(hard, c.injector) }); err != nil {
		c.log.Error(err.Error())
	}
	c.injector.flush()
}

func (c *consumer) filterBatch(hard context.Context, f plugin.BatchFilter) error {
	packs := c.cur.packs[c.curDone:]
	for _, p := range packs {
		c.injector.loops = max(c.injector.loops, p.Loops)
	}
	c.ledger = ledger{c: c, drops: c.ledger.drops[:0]}
	c.batch.Reset(packs, c.more, &c.ledger)
	err := c.call(func() error { return f.ProcessBatch(hard, &c.batch, c.injector) })
	c.injector.flush()
	if err != nil {
		if ends(err) {
			return err
		}
		reason := c.failed(err, uint64(len(packs)-len(c.ledger.drops)))
		c.ledger.rest(packs, reason, err)
	}
	c.finished(len(packs) - c.ledger.enter(packs))
	return nil
}

// refused drops a message that the filter could not process.
func (c *consumer) refused(err error, p *plugin.Pack) {
	c.drop(p, c.failed(err, 1), err)
}

// failed counts n messages that the filter could not process and returns the
// reason for which they are dropped.
func (c *consumer) failed(err error, n uint64) (reason string) {
	reason, ok := plugin.RefusedReason(err)
	if !ok {
		reason = "failed"
	}
	c.log.Error(err.Error())
	c.books.failed.Add(n)
	return reason
}
