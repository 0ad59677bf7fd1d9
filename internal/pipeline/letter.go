package pipeline

import (
	"context"
	"time"

	"github.com/hekad/heka/internal/deadletter"
	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// letters makes the dead letters of a consumer with dead_letter and hands them to
// those that want them. A letter never goes to a consumer that has dead_letter
// itself. So none goes round in circles, and whoever waits for room waits for
// somebody who waits for nobody.
//
// A refused message is acknowledged when its letter is delivered or stored.
type letters struct {
	c       *consumer
	b       *batch // being filled
	taken   uint64 // letters in it
	uuids   *message.UUIDSource
	scratch matcher.Scratch
	hits    []int32
	order   order
	open    *gauge // posted batches that are not done
}

func newLetters(c *consumer) *letters {
	return &letters{c: c, uuids: message.NewUUIDSource(), open: newGauge()}
}

// drop counts a message that will never be delivered, and makes a dead letter of
// it where that is wanted.
func (c *consumer) drop(p *plugin.Pack, reason string, cause error) {
	if c.spool != nil {
		c.spool.mark(c.cur.packs, p)
	}
	c.dropHeld(p, reason, cause)
}

// dropHeld is drop for a message of an earlier delivery.
func (c *consumer) dropHeld(p *plugin.Pack, reason string, cause error) {
	c.books.dropped.add(reason, 1)
	if c.opts.DeadLetter && !deadletter.Is(&p.Message) {
		c.letters.write(p, reason, cause)
	}
}

// write makes a letter. It keeps nothing of p.
func (l *letters) write(p *plugin.Pack, reason string, cause error) {
	h := l.c.host
	if l.b == nil {
		l.b = h.begin()
	}
	q := l.b.next()
	q.Loops = p.Loops
	m := &q.Message
	m.SetUUID(l.uuids.New())
	m.SetTimestamp(time.Now().UnixNano())
	m.SetHostname(h.hostname)
	m.SetPid(h.pid)
	letter := deadletter.Letter{Plugin: l.c.name, Reason: reason, Error: reason, Message: &p.Message}
	if cause != nil {
		letter.Error = cause.Error()
	}
	letter.Write(m)
	if l.address(q) {
		l.taken++
	} else {
		l.b.back()
	}
}

// address puts q on the lists of those that want it, and reports whether there
// are any.
func (l *letters) address(q *plugin.Pack) bool {
	r := l.b.routes
	l.hits = r.set.Match(&q.Message, l.hits[:0], &l.scratch)
	wanted := false
	for _, i := range l.hits {
		if o := &r.consumers[i].opts; !o.DeadLetter && o.MessageSigner == "" {
			l.b.hit(i, q)
			wanted = true
		}
	}
	return wanted
}

// post hands over what was written. The ticket of the delivery in which the refused
// messages came waits for it.
func (l *letters) post(original *ticket) {
	b := l.b
	if b == nil {
		return
	}
	l.b = nil
	if original != nil {
		original.left.Add(1)
	}
	l.open.add(1)
	t := l.order.issue(0)
	t.done = append(t.done, func() {
		original.settle(1)
		l.open.add(-1)
	})
	l.c.books.letters.Add(l.taken)
	l.taken = 0
	l.c.host.dispatch(&l.c.flows, b, t, false)
}

// settled waits until all letters are delivered, stored or dropped. It is false
// when hard was done first.
func (l *letters) settled(hard context.Context) bool {
	for l.open.n.Load() != 0 {
		if !await(hard, l.open.none) {
			return false
		}
	}
	return true
}
