package pipeline

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/plugin"
)

// routes is the compiled picture of all consumers. It never changes; when a
// consumer comes or goes a new one takes its place, and batches that were begun
// with the old one are delivered by it.
type routes struct {
	set       *matcher.Set
	consumers []*consumer
	signed    bool // some consumer asks for a signer

	open     atomic.Int64 // batches that were begun and not yet dispatched
	replaced atomic.Bool
	drained  chan struct{} // closed when it is replaced and nothing is open
	once     sync.Once     // closes drained
}

func newRoutes(consumers []*consumer) *routes {
	r := &routes{consumers: consumers, drained: make(chan struct{})}
	matchers := make([]*matcher.Matcher, len(consumers))
	for i, c := range consumers {
		matchers[i] = c.matcher
		r.signed = r.signed || c.opts.MessageSigner != ""
	}
	r.set = matcher.NewSet(matchers)
	return r
}

// begin returns an empty batch for the routes of now; dispatch ends it.
func (h *Host) begin() *batch {
	for {
		r := h.routes.Load()
		r.open.Add(1)
		if h.routes.Load() == r {
			b := h.batches.get(len(r.consumers))
			b.routes = r
			return b
		}
		r.leave() // they were replaced just now, and may count as drained
	}
}

// leave takes off one open batch.
func (r *routes) leave() {
	if r.open.Add(-1) == 0 && r.replaced.Load() {
		r.once.Do(func() { close(r.drained) })
	}
}

// replace says that no more batches will be begun.
func (r *routes) replace() {
	r.replaced.Store(true)
	r.open.Add(1)
	r.leave()
}

// match puts p on the lists of its consumers and reports whether there are any.
//
// hot: once per message.
func (r *routes) match(b *batch, p *plugin.Pack, hits *[]int32, scratch *matcher.Scratch) bool {
	*hits = r.set.Match(&p.Message, (*hits)[:0], scratch)
	any := false
	for _, c := range *hits {
		if r.signed {
			if want := r.consumers[c].opts.MessageSigner; want != "" && want != p.Signer {
				continue
			}
		}
		b.hit(c, p)
		any = true
	}
	return any
}

// sample times each consumer's matcher on one message, for MatchAvgDuration.
// The set shares work between matchers, so that a matcher's own cost shows only
// here.
func (r *routes) sample(p *plugin.Pack) {
	for _, c := range r.consumers {
		begin := time.Now()
		c.matcher.Match(&p.Message)
		c.matchTime.add(time.Since(begin))
	}
}

// sampler averages durations.
type sampler struct {
	n, ns atomic.Int64
}

func (s *sampler) add(d time.Duration) {
	s.n.Add(1)
	s.ns.Add(int64(d))
}

// average in nanoseconds; 0 without samples.
func (s *sampler) average() int64 {
	return s.ns.Load() / max(s.n.Load(), 1)
}

// dispatch hands a finished batch to its consumers. t, which may be nil, is
// settled when they are all done; from counts what goes where. The batch belongs to
// the consumers afterwards. A full consumer makes dispatch wait, or lose messages, by its own policy, but
// only after all others have got theirs; elastic batches never wait.
//
// hot: once per batch.
func (h *Host) dispatch(from *flows, b *batch, t *ticket, elastic bool) {
	r, n := b.routes, int32(len(b.touched))
	if n == 0 {
		b.free()
		r.leave()
		t.settle(1)
		return
	}
	consumers := r.consumers
	b.mem.Store(n + 1)
	if t != nil {
		t.left.Add(n)
	}
	var full []int32
	for _, i := range b.touched {
		d := delivery{b, b.hits[i], t}
		c := consumers[i]
		c.books.matched.Add(uint64(len(d.packs)))
		from.edge(c).messages.Add(uint64(len(d.packs)))
		if c.kind == plugin.KindFilter {
			h.filterWork.add(1)
		}
		switch c.inbox.offer(d, elastic) {
		case putFull:
			full = append(full, i)
			c.coming.add(1)
		case putClosed:
			c.lose(d, "ended")
		}
	}
	r.leave()
	for _, i := range full {
		e := from.edge(consumers[i])
		e.blocked(1)
		consumers[i].overflow(delivery{b, b.hits[i], t})
		e.blocked(-1)
		consumers[i].coming.add(-1)
	}
	b.release()
	t.settle(1)
}
