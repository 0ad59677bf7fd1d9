package pipeline

import (
	"errors"
	"fmt"

	"github.com/hekad/heka/plugin"
)

// finishedEach gives the delivery at hand back, whose messages went one by one and
// are accounted for.
func (c *consumer) finishedEach() {
	c.singly = max(c.singly-len(c.cur.packs), 0)
	c.finished(0)
}

// finished gives the delivery at hand back: n of its messages were delivered
// just now, the others were accounted for elsewhere.
func (c *consumer) finished(n int) {
	c.books.delivered.Add(uint64(n))
	c.settled()
	c.cur.t.settle(1)
	c.cur = delivery{}
}

// settled gives the packs of the delivery at hand back.
func (c *consumer) settled() {
	if c.spool != nil {
		c.spool.pending(-int64(len(c.cur.packs)))
	} else if c.kind == plugin.KindFilter {
		c.host.filterWork.add(-1)
	}
	c.cur.b.release()
}

// lose drops a delivery for a reason that is not the plugin's.
func (c *consumer) lose(d delivery, reason string) {
	c.books.dropped.add(reason, uint64(len(d.packs)))
	d.b.release()
	d.t.settle(1)
	if c.kind == plugin.KindFilter {
		c.host.filterWork.add(-1)
	}
}

// loseAll drops what is at hand and what waits. Tickets are not settled when
// heka was stopped by force: the inputs' positions must stay in front of these
// messages.
func (c *consumer) loseAll(reason string) {
	c.inbox.close()
	abandon := func(d delivery, n int) {
		c.books.dropped.add(reason, uint64(n))
		d.b.release()
		if reason != "shutdown" {
			d.t.settle(1)
		}
		if c.kind == plugin.KindFilter {
			c.host.filterWork.add(-1)
		}
	}
	if c.cur.b != nil {
		if c.spool != nil {
			c.spool.leave(c.cur.packs, c.curDone)
			c.cur.b.release() // it is still on disk
		} else {
			abandon(c.cur, len(c.cur.packs)-c.curDone)
		}
		c.cur = delivery{}
	}
	if c.spool != nil && c.spool.q != nil {
		return // moves what is in the inbox to disk, or gives it up
	}
	for _, d := range c.again {
		abandon(d, len(d.packs))
	}
	c.again = nil
	for {
		d, _, ok := c.inbox.take()
		if !ok {
			return
		}
		abandon(d, len(d.packs))
	}
}

// gone is the end of a consumer that was not asked to end.
func (c *consumer) gone(cause error) {
	c.setState("ended: " + cause.Error())
	if !c.opts.CanExit {
		c.log.Error("has stopped, shutting down.")
		c.host.Stop(1)
	} else {
		c.log.Info("has stopped, exiting plugin without shutting down.")
	}
	c.host.unroute(c)
	before := c.books.dropped.total()
	if c.spool == nil {
		c.takeBack()
	}
	c.loseAll("ended")
	if n := c.books.dropped.total() - before; n > 0 {
		c.log.Error(fmt.Sprintf("Lost/Dropped %d %s", n, plural(n, "message")))
	}
	c.host.terminated(c, cause)
}

func plural(n uint64, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// overflow applies the policy of a consumer whose inbox is full.
func (c *consumer) overflow(d delivery) {
	switch c.opts.FullAction {
	case "drop":
		c.log.Error("can't deliver matched message: Queue is full")
		c.lose(d, "queue_full")
		return
	case "drop_oldest":
		c.log.Error("dropped the oldest messages: Queue is full")
		for {
			switch c.inbox.offer(d, false) {
			case put:
				return
			case putClosed:
				c.lose(d, "ended")
				return
			}
			if old, _, ok := c.inbox.take(); ok {
				c.lose(old, "queue_full")
			}
		}
	case "shutdown":
		c.log.Error("can't deliver matched message: Queue is full")
		c.host.Stop(1)
	}
	switch c.inbox.wait(c.host.hard, d) {
	case putClosed:
		c.lose(d, "ended")
	case putFull: // stopped by force: the ticket stays open
		c.books.dropped.add("shutdown", uint64(len(d.packs)))
		d.b.release()
		if c.kind == plugin.KindFilter {
			c.host.filterWork.add(-1)
		}
	}
}

// errDone ends a retry loop whose context is done.
var errDone = errors.New("stopped by force")
