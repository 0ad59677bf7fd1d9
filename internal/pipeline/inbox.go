package pipeline

import (
	"context"
	"sync"

	"github.com/hekad/heka/plugin"
)

// delivery is a consumer's share of a batch.
type delivery struct {
	b     *batch
	packs []*plugin.Pack
	t     *ticket
}

// inbox is the queue in memory in front of a consumer. It is bounded by the
// number of messages, but a delivery is never divided, and one always fits into
// an empty inbox. Injected messages pass the bound: that is what keeps cycles of
// filters from blocking each other.
type inbox struct {
	bound int // messages

	mu     sync.Mutex
	items  []delivery // ring
	head   int
	count  int
	msgs   int
	closed bool
	// ready has a token while there may be something to take.
	ready chan struct{}
	// room is closed, and made anew, when there is room again; nil while nobody
	// waits.
	room chan struct{}
}

func newInbox(bound int) *inbox {
	return &inbox{bound: max(bound, 1), items: make([]delivery, 8), ready: make(chan struct{}, 1)}
}

type putResult uint8

const (
	put putResult = iota
	putFull
	putClosed
)

// offer adds d if there is room, or in any case when elastic.
func (q *inbox) offer(d delivery, elastic bool) putResult {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return putClosed
	}
	if !elastic && q.count > 0 && q.msgs+len(d.packs) > q.bound {
		return putFull
	}
	if q.count == len(q.items) {
		grown := make([]delivery, 2*len(q.items))
		for i := range q.count {
			grown[i] = q.items[(q.head+i)%len(q.items)]
		}
		q.items, q.head = grown, 0
	}
	q.items[(q.head+q.count)%len(q.items)] = d
	q.count++
	q.msgs += len(d.packs)
	if q.count == 1 {
		select {
		case q.ready <- struct{}{}:
		default:
		}
	}
	return put
}

// wait offers d until it is taken, the inbox is closed, or ctx is done
// (putFull).
func (q *inbox) wait(ctx context.Context, d delivery) putResult {
	for {
		if r := q.offer(d, false); r != putFull {
			return r
		}
		q.mu.Lock()
		if q.count == 0 || q.closed {
			q.mu.Unlock()
			continue
		}
		if q.room == nil {
			q.room = make(chan struct{})
		}
		room := q.room
		q.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return putFull
		}
	}
}

// take removes the oldest delivery; more says that others are behind it.
func (q *inbox) take() (d delivery, more, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.count == 0 {
		return delivery{}, false, false
	}
	d = q.items[q.head]
	q.items[q.head] = delivery{}
	q.head = (q.head + 1) % len(q.items)
	q.count--
	q.msgs -= len(d.packs)
	if q.room != nil && q.msgs <= q.bound/2 {
		close(q.room)
		q.room = nil
	}
	return d, q.count > 0, true
}

// close lets no more in; what is there can still be taken.
func (q *inbox) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	q.closed = true
	if q.room != nil {
		close(q.room)
		q.room = nil
	}
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// load returns the number of waiting messages and whether there is no room for more.
func (q *inbox) load() (msgs int, full bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.msgs, q.room != nil || q.msgs >= q.bound
}

// state returns the number of waiting messages and whether the inbox is closed.
func (q *inbox) state() (msgs int, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.msgs, q.closed
}
