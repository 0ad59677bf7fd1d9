package pipeline

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/hekad/heka/plugin"
)

// roster is the list of filters and outputs. It changes while heka runs: filters
// are added and taken out, a plugin that ends by itself leaves.
//
// A change swaps the routes, so that each message is matched by those before it or
// by those after it. Who leaves is told to end only when the last batch that was
// begun with older routes is dispatched; a successor of the same name starts when
// it has ended.
type roster struct {
	mu     sync.Mutex
	all    []*consumer // filters first, then outputs; never changed in place
	former []*consumer // that have left with messages which are not acknowledged yet
	sums   ConsumerBooks
	old    []*routes // replaced ones that may have open batches
	phase  phase
	ends   sync.WaitGroup // of goroutines that see consumers out

	changed chan struct{} // has a token after the routes have changed
}

// phase is how far a Host has come.
type phase uint8

const (
	starting phase = iota // consumers are prepared, none runs
	running
	closing // nobody comes or goes any more
)

var (
	errStarting = errors.New("heka is starting")
	errStopping = errors.New("heka is stopping")
)

// consumers returns all filters and outputs, filters first.
func (h *Host) consumers() []*consumer {
	h.roster.mu.Lock()
	defer h.roster.mu.Unlock()
	return h.roster.all
}

// find returns the consumer of a name that is, or was last, in the routes.
func (r *roster) find(name string) *consumer {
	for _, c := range slices.Backward(r.all) {
		if c.name == name {
			return c
		}
	}
	return nil
}

// add puts c on the list, behind those of its kind.
func (r *roster) add(c *consumer) {
	at := len(r.all)
	if c.kind == plugin.KindFilter {
		for at > 0 && r.all[at-1].kind == plugin.KindOutput {
			at--
		}
	}
	r.all = slices.Concat(r.all[:at], []*consumer{c}, r.all[at:])
}

// reroute makes the routes fit the list. h.roster.mu is held.
func (h *Host) reroute() {
	r := &h.roster
	active := make([]*consumer, 0, len(r.all))
	for _, c := range r.all {
		if !c.leaving {
			active = append(active, c)
		}
	}
	old := h.routes.Swap(newRoutes(active))
	if old == nil {
		return
	}
	select {
	case r.changed <- struct{}{}:
	default:
	}
	old.replace()
	r.old = slices.DeleteFunc(append(r.old, old), func(o *routes) bool {
		select {
		case <-o.drained:
			return true
		default:
			return false
		}
	})
}

// launch starts all consumers; those that are added later start by themselves.
func (h *Host) launch() {
	r := &h.roster
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase = running
	for _, c := range slices.Backward(r.all) {
		go c.run(h.hard)
		h.log.Info(c.kind.String() + " started: " + c.name)
	}
}

// freeze ends all changes.
func (h *Host) freeze() {
	h.roster.mu.Lock()
	defer h.roster.mu.Unlock()
	h.roster.phase = closing
}

// change takes consumers out and lets others in, at once for every message. Those
// who come must be prepared, unless they have a predecessor to wait for.
func (h *Host) change(out, in []*consumer) error {
	r := &h.roster
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.phase == closing {
		return errStopping
	}
	for _, c := range in {
		taken := func(d *consumer) bool {
			return d.name == c.name && d.kind == c.kind && !d.leaving && !slices.Contains(out, d)
		}
		if slices.ContainsFunc(r.all, taken) {
			return alreadyRunning(c.name)
		}
	}
	for _, c := range out {
		c.leaving, c.removed = true, true
	}
	for _, c := range in {
		r.add(c)
	}
	h.reroute()
	for _, c := range out {
		waiting := slices.Clone(r.old)
		r.ends.Go(func() { h.seeOut(c, waiting) })
	}
	if r.phase == running {
		for _, c := range in {
			go c.run(h.hard)
		}
	}
	return nil
}

// seeOut lets c end when nothing more can come for it. A batch that a producer
// keeps for longer than a shutdown may take loses its messages for c.
func (h *Host) seeOut(c *consumer, waiting []*routes) {
	ctx, cancel := context.WithTimeout(h.hard, h.global.ShutdownTimeout)
	defer cancel()
	for _, r := range waiting {
		await(ctx, r.drained)
	}
	for c.coming.n.Load() != 0 && await(h.hard, c.coming.none) {
	}
	c.inbox.close()
}

// unroute keeps messages from a consumer that ends by itself.
func (h *Host) unroute(c *consumer) {
	h.roster.mu.Lock()
	defer h.roster.mu.Unlock()
	if !c.leaving {
		c.leaving = true
		h.reroute()
	}
}

// left is the end of a consumer. One that was in the configuration from the start
// stays on the list, for the report; the others' books are added up.
func (h *Host) left(c *consumer, cause error) {
	r := &h.roster
	r.mu.Lock()
	parting, gone := c.parting && r.phase != closing, c.added || c.removed
	if gone {
		r.all = slices.DeleteFunc(slices.Clone(r.all), func(o *consumer) bool { return o == c })
		r.former = append(r.former, c)
		r.settle()
	}
	r.mu.Unlock()
	if gone {
		h.forget(c)
	}
	if parting && cause == nil {
		h.terminated(c, nil)
	}
	if c.onEnd != nil {
		c.onEnd(cause)
	}
}

// formerName stands for all consumers that have left.
const formerName = "(former plugins)"

// settle adds up the books of those who have left and whose last message is
// acknowledged. r.mu is held.
func (r *roster) settle() {
	r.former = slices.DeleteFunc(r.former, func(c *consumer) bool {
		if c.inFlight() != c.left.Load() {
			return false
		}
		r.sums.add(c.account())
		return true
	})
}

// formerBooks is the account of all who have left.
func (r *roster) formerBooks() ConsumerBooks {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settle()
	sum := r.sums
	sum.Name, sum.State, sum.Dropped = formerName, "ended", slices.Clone(sum.Dropped)
	for _, c := range r.former {
		sum.add(c.account())
	}
	return sum
}
