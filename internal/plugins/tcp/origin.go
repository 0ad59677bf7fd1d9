package tcp

import (
	"sync"
	"sync/atomic"
)

// maxOrigins is how many senders an input remembers; those that are not
// connected are forgotten first.
const maxOrigins = 64

// origins are the senders that asked an input for acknowledgement, by address
// and name.
type origins struct {
	mu     sync.Mutex // guards everything below; taken before origin.mu
	byName map[string]*origin
	clock  uint64
}

// origin is what an input knows of one sender, over all of its connections.
type origin struct {
	used  uint64 // clock of the last link; guarded by origins.mu
	links int    // that are open; guarded by origins.mu

	mu     sync.Mutex // guards everything below
	recent recent
	marks  []mark // of all connections, in the order in which they were read
}

// mark is a piece of one connection that was passed on.
type mark struct {
	link   *link
	passed int64 // when this much of the link's stream is delivered
	wire   int64 // then this much of what came over the wire is
}

// link is one connection of an origin.
type link struct {
	origin *origin
	ready  chan struct{} // has a token when acked may have grown
	acked  atomic.Int64  // bytes over the wire behind the question

	// Guarded by origin.mu:
	stream, wire int64 // passed on, and read
	delivered    int64 // of the stream
	repeats      uint64
}

// open begins a connection of the sender of that name. With too many senders,
// all connected, it is not remembered beyond the connection.
func (all *origins) open(name string) *link {
	all.mu.Lock()
	defer all.mu.Unlock()
	o := all.byName[name]
	if o == nil {
		o = new(origin)
		if all.byName == nil {
			all.byName = make(map[string]*origin)
		}
		if len(all.byName) >= maxOrigins {
			all.forget()
		}
		if len(all.byName) < maxOrigins {
			all.byName[name] = o
		}
	}
	all.clock++
	o.used = all.clock
	o.links++
	return &link{origin: o, ready: make(chan struct{}, 1)}
}

// forget removes the sender that has not been connected for the longest time.
func (all *origins) forget() {
	oldest := ""
	for name, o := range all.byName {
		if o.links == 0 && (oldest == "" || o.used < all.byName[oldest].used) {
			oldest = name
		}
	}
	delete(all.byName, oldest)
}

// close ends a connection and returns the number of repeats in it. What was
// passed on may still be delivered.
func (all *origins) close(l *link) (repeats uint64) {
	all.mu.Lock()
	l.origin.links--
	all.mu.Unlock()
	l.origin.mu.Lock()
	defer l.origin.mu.Unlock()
	return l.repeats
}

// passed notes that wire bytes were read and n of them go on to the stream. The
// caller holds origin.mu.
//
// A repeat may be of a message that came over another connection and is not yet
// delivered. Therefore nothing is acknowledged before all that was read earlier
// from the same sender.
func (l *link) passed(n, wire int) {
	l.stream += int64(n)
	l.wire += int64(wire)
	o := l.origin
	if last := len(o.marks) - 1; last >= 0 && o.marks[last].link == l && o.marks[last].passed == l.stream {
		o.marks[last].wire = l.wire
		return
	}
	o.marks = append(o.marks, mark{l, l.stream, l.wire})
	o.settle()
}

// deliver is the Delivered callback of the link's stream.
func (l *link) deliver(n int64) {
	l.origin.mu.Lock()
	defer l.origin.mu.Unlock()
	l.delivered = n
	l.origin.settle()
}

// settle acknowledges what is delivered and has nothing undelivered before it.
func (o *origin) settle() {
	n := 0
	for n < len(o.marks) && o.marks[n].passed <= o.marks[n].link.delivered {
		l := o.marks[n].link
		l.acked.Store(o.marks[n].wire)
		select {
		case l.ready <- struct{}{}:
		default:
		}
		n++
	}
	left := copy(o.marks, o.marks[n:])
	clear(o.marks[left:])
	o.marks = o.marks[:left]
}

// done reports whether everything that was read is acknowledged.
func (l *link) done() bool {
	l.origin.mu.Lock()
	defer l.origin.mu.Unlock()
	return l.acked.Load() == l.wire
}
