package pipeline

import (
	"slices"

	"github.com/hekad/heka/plugin"
)

// An output that keeps batches, see plugin.Custody, may end before it has delivered
// them. With a queue on disk they are read again. Without one the next instance gets
// them from here.

// keep takes down that the instance keeps the given messages of the delivery at hand.
func (c *consumer) keep(r *receipt, packs []*plugin.Pack) {
	if c.spool != nil {
		return
	}
	r.packs = slices.DeleteFunc(slices.Clone(packs), func(p *plugin.Pack) bool {
		return slices.ContainsFunc(c.ledger.drops, func(d drop) bool { return d.pack == p })
	})
	c.custody = append(slices.DeleteFunc(c.custody, func(o *receipt) bool { return !o.open() }), r)
}

// takeBack takes back what an instance that has ended had kept, to be delivered before
// the delivery at hand.
func (c *consumer) takeBack() {
	var again []delivery
	for _, r := range c.custody {
		if !r.open() {
			continue
		}
		r.void()
		if len(r.packs) == 0 { // all were dropped
			r.b.release()
			r.t.settle(1)
			continue
		}
		again = append(again, delivery{r.b, r.packs, r.t})
		if c.singly > 0 {
			c.singly += len(r.packs)
		}
	}
	c.custody = nil
	if len(again) == 0 {
		return
	}
	if c.cur.b != nil {
		again = append(again, delivery{c.cur.b, c.cur.packs[c.curDone:], c.cur.t})
		c.cur, c.curDone = delivery{}, 0
	}
	c.again = append(again, c.again...)
}

// takeAgain is take for what was taken back.
func (c *consumer) takeAgain() (d delivery, more bool) {
	d = c.again[0]
	c.again = slices.Delete(c.again, 0, 1)
	waiting, _ := c.inbox.state()
	return d, len(c.again) > 0 || waiting > 0
}
