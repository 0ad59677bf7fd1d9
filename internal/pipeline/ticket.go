package pipeline

import (
	"sync"
	"sync/atomic"
)

// ticket stands for the delivery of one batch. It is done when every consumer
// that got messages of the batch has delivered, stored or dropped them.
type ticket struct {
	left  atomic.Int32 // consumers that are not done
	order *order
	pos   int64    // what Delivered is told when the ticket's turn comes
	done  []func() // callbacks of blocks and packs
	over  bool     // guarded by order.mu
}

// settle takes n consumers off. A nil ticket is one that nobody waits for.
func (t *ticket) settle(n int32) {
	if t != nil && t.left.Add(-n) == 0 {
		t.order.finish(t)
	}
}

// order lets the tickets of one stream come true in the order in which they
// were issued, whatever the order in which the batches are done.
type order struct {
	open      *gauge // of the input: its tickets that are not done; may be nil
	mu        sync.Mutex
	delivered func(int64)
	queue     []*ticket
	spare     []*ticket
}

// issue makes the next ticket, with one reference for the issuer.
func (o *order) issue(pos int64) *ticket {
	o.mu.Lock()
	defer o.mu.Unlock()
	var t *ticket
	if n := len(o.spare); n > 0 {
		t, o.spare = o.spare[n-1], o.spare[:n-1]
	} else {
		t = &ticket{order: o}
	}
	t.pos, t.over = pos, false
	t.left.Store(1)
	o.queue = append(o.queue, t)
	if o.open != nil {
		o.open.add(1)
	}
	return t
}

// finish marks t as done and reports the position up to which all is done.
// Callbacks run under the lock: they are short and must come one at a time.
func (o *order) finish(t *ticket) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, f := range t.done {
		f()
		t.done[i] = nil
	}
	t.done = t.done[:0]
	t.over = true
	n := 0
	for n < len(o.queue) && o.queue[n].over {
		n++
	}
	if n == 0 {
		return
	}
	if o.delivered != nil {
		o.delivered(o.queue[n-1].pos)
	}
	o.spare = append(o.spare, o.queue[:n]...)
	left := copy(o.queue, o.queue[n:])
	clear(o.queue[left:])
	o.queue = o.queue[:left]
	if len(o.spare) > 64 {
		o.spare = o.spare[:64]
	}
	if o.open != nil {
		o.open.add(-int64(n))
	}
}

// waiting is the number of tickets that are not done.
func (o *order) waiting() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue)
}
