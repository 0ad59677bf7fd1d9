package pipeline

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

// The books: what came in must be delivered, dropped for a reason, or still in
// flight, at every place and for all of heka.
//
//	input:     received = routed + unmatched + Σ dropped   (after each flush)
//	consumer:  matched + found on disk = delivered + Σ dropped + in flight
//
// Counters are added to once per batch, by the goroutine that works on it.

// inputBooks are the counters of one input.
type inputBooks struct {
	bytes          atomic.Uint64 // read
	received       atomic.Uint64 // records, and further messages made of them
	unmatched      atomic.Uint64 // messages that no consumer wanted
	truncated      atomic.Uint64 // records that were cut; they count as received
	decodeFailures atomic.Uint64 // failures that were routed (send_decode_failures)
	dropped        drops
}

func (b *inputBooks) add(t *tally) {
	if *t == (tally{}) {
		return
	}
	b.bytes.Add(t.bytes)
	b.received.Add(t.received + t.tooLong)
	b.unmatched.Add(t.unmatched)
	b.truncated.Add(t.truncated)
	b.dropped.add("decode", t.failed)
	b.dropped.add("skipped", t.skipped)
	b.dropped.add("too_long", t.tooLong)
	b.dropped.add("signature", t.unsigned)
	b.dropped.add("unfinished", t.unfinished)
	*t = tally{}
}

// consumerBooks are the counters of one filter or output.
type consumerBooks struct {
	matched   atomic.Uint64
	delivered atomic.Uint64
	retried   atomic.Uint64 // attempts after the first
	failed    atomic.Uint64 // messages that a filter could not process
	injected  atomic.Uint64 // messages that a filter made
	unmatched atomic.Uint64 // of those, messages that no consumer wanted
	letters   atomic.Uint64 // dead letters that somebody took
	dropped   drops
}

// inFlight is what the consumer got, or found in its queue on disk, and is not
// done with.
func (c *consumer) inFlight() int64 {
	b := &c.books
	n := int64(b.matched.Load() - b.delivered.Load() - b.dropped.total())
	if c.spool != nil {
		n += c.spool.backlog.Load()
	}
	return n
}

// drops counts dropped messages by reason.
type drops struct {
	mu sync.Mutex
	by map[string]uint64
}

func (d *drops) add(reason string, n uint64) {
	if n == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.by == nil {
		d.by = make(map[string]uint64)
	}
	d.by[reason] += n
}

// of returns the number of messages dropped for a reason.
func (d *drops) of(reason string) uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.by[reason]
}

func (d *drops) total() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	var n uint64
	for _, v := range d.by {
		n += v
	}
	return n
}

// Count is a number of messages under a name.
type Count struct {
	Name string
	N    uint64
}

// list returns the counts by reason, sorted.
func (d *drops) list() []Count {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]Count, 0, len(d.by))
	for reason, n := range d.by {
		list = append(list, Count{reason, n})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// gauge counts things that come and go, and tells when there are none.
type gauge struct {
	n    atomic.Int64
	none chan struct{} // has a token after the count fell to 0
}

func newGauge() *gauge { return &gauge{none: make(chan struct{}, 1)} }

func (g *gauge) add(d int64) {
	if g.n.Add(d) == 0 {
		select {
		case g.none <- struct{}{}:
		default:
		}
	}
}

// Books is the account of a whole run. Inputs that were taken out of it are one
// entry, (former inputs), filters and outputs another, (former plugins). It balances
// when nothing is in flight:
//
//	Received = Routed + Unmatched + Σ Dropped, per input and in sum
//	Matched  = Delivered + Σ Dropped + InFlight, per consumer
type Books struct {
	Received, Unmatched, Injected uint64
	Inputs                        []InputBooks
	Consumers                     []ConsumerBooks
}

// InputBooks is the account of one input.
type InputBooks struct {
	Name                string
	Bytes               uint64
	Received, Unmatched uint64
	Dropped             []Count
}

// ConsumerBooks is the account of one filter or output.
type ConsumerBooks struct {
	Name, State                 string
	Matched, Delivered, Retried uint64
	// Injected is what a filter made. DeadLetters were made of messages among
	// Dropped. Nobody wanted Unmatched of both.
	Injected, DeadLetters, Unmatched uint64
	InFlight                         int64
	// Backlog was in the queue on disk at the start, Left is there at the end.
	Backlog, Left int64
	Dropped       []Count
}

// Books takes stock of all counters.
func (h *Host) Books() Books {
	var all Books
	all.Inputs = h.intake.account()
	for _, b := range all.Inputs {
		all.Received += b.Received
		all.Unmatched += b.Unmatched
	}
	for _, c := range h.consumers() {
		all.Consumers = append(all.Consumers, c.account())
	}
	if b := h.roster.formerBooks(); b.Matched+b.Injected+uint64(b.Backlog) > 0 {
		all.Consumers = append(all.Consumers, b)
	}
	for _, b := range all.Consumers {
		all.Injected += b.Injected + b.DeadLetters
		all.Unmatched += b.Unmatched
	}
	return all
}

// account takes stock of one input.
func (in *input) account() InputBooks {
	return InputBooks{Name: in.name, Bytes: in.books.bytes.Load(), Received: in.books.received.Load(),
		Unmatched: in.books.unmatched.Load(), Dropped: in.books.dropped.list()}
}

// add adds the counts of o.
func (b *InputBooks) add(o InputBooks) {
	b.Bytes += o.Bytes
	b.Received += o.Received
	b.Unmatched += o.Unmatched
	b.Dropped = plus(b.Dropped, o.Dropped)
}

// plus adds counts to sorted ones.
func plus(sums, more []Count) []Count {
	for _, d := range more {
		at, found := slices.BinarySearchFunc(sums, d, func(x, y Count) int { return strings.Compare(x.Name, y.Name) })
		if !found {
			sums = slices.Insert(sums, at, Count{Name: d.Name})
		}
		sums[at].N += d.N
	}
	return sums
}

// account takes stock of one consumer.
func (c *consumer) account() ConsumerBooks {
	b := ConsumerBooks{Name: c.name, State: *c.state.Load(), Matched: c.books.matched.Load(),
		Delivered: c.books.delivered.Load(), Retried: c.books.retried.Load(),
		Injected: c.books.injected.Load(), DeadLetters: c.books.letters.Load(), Unmatched: c.books.unmatched.Load(),
		InFlight: c.inFlight(), Left: c.left.Load(), Dropped: c.books.dropped.list()}
	if c.spool != nil {
		b.Backlog = c.spool.backlog.Load()
	}
	return b
}

// add adds the counts of o.
func (b *ConsumerBooks) add(o ConsumerBooks) {
	b.Matched += o.Matched
	b.Delivered += o.Delivered
	b.Retried += o.Retried
	b.Injected += o.Injected
	b.DeadLetters += o.DeadLetters
	b.Unmatched += o.Unmatched
	b.InFlight += o.InFlight
	b.Backlog += o.Backlog
	b.Left += o.Left
	b.Dropped = plus(b.Dropped, o.Dropped)
}

// Check returns an error that names every place where the books do not balance.
// It is meant for after a drained shutdown, when nothing may be in flight.
func (b Books) Check() error {
	var problems []error
	for _, c := range b.Consumers {
		var dropped uint64
		for _, d := range c.Dropped {
			dropped += d.N
		}
		if int64(c.Matched)+c.Backlog != int64(c.Delivered+dropped)+c.Left {
			problems = append(problems, fmt.Errorf("%s: %d matched and %d found on disk, but %d delivered, %d dropped and %d left on disk",
				c.Name, c.Matched, c.Backlog, c.Delivered, dropped, c.Left))
		}
	}
	return errors.Join(problems...)
}
