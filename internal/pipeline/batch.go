package pipeline

import (
	"sync"
	"sync/atomic"

	"github.com/hekad/heka/plugin"
)

// maxPacks is the largest number of messages in a batch. 64 to 512 measured
// alike; more costs cache, less costs queue operations.
const maxPacks = 256

// slabPacks is how many packs are made at a time.
const slabPacks = 32

// batch is the unit between goroutines: the messages that one stream or filter
// made in one go, and for each consumer the list of those that it matched.
//
// Its memory is counted (mem): one reference for each consumer that still looks
// at its packs. Delivery is counted apart, by the ticket, since an output may
// take its bytes and give the packs back long before it acknowledges.
type batch struct {
	from    *batches
	slabs   []*[slabPacks]plugin.Pack
	n       int // packs in use
	text    plugin.Text
	arenas  []*arena
	hits    [][]*plugin.Pack // by index of the consumer in the routes
	touched []int32          // consumers with hits
	routes  *routes
	mem     atomic.Int32
}

// batches keeps free batches.
type batches struct {
	pool sync.Pool
}

// get returns an empty batch with lists for so many consumers.
func (bs *batches) get(consumers int) *batch {
	b, _ := bs.pool.Get().(*batch)
	if b == nil {
		b = &batch{from: bs}
	}
	for len(b.hits) < consumers {
		b.hits = append(b.hits, nil)
	}
	return b
}

// next returns an empty pack of the batch.
//
// hot: once per record; allocates only while the batch grows.
func (b *batch) next() *plugin.Pack {
	slab := b.n / slabPacks
	if slab == len(b.slabs) {
		b.slabs = append(b.slabs, new([slabPacks]plugin.Pack))
	}
	p := &b.slabs[slab][b.n%slabPacks]
	b.n++
	p.Reset(&b.text)
	return p
}

// back gives back the pack that next returned last, when nothing came of it.
func (b *batch) back() { b.n-- }

// uses notes that packs of the batch point into ar.
func (b *batch) uses(ar *arena) {
	if n := len(b.arenas); n == 0 || b.arenas[n-1] != ar {
		ar.retain()
		b.arenas = append(b.arenas, ar)
	}
}

// hit puts p on the list of consumer c.
func (b *batch) hit(c int32, p *plugin.Pack) {
	if len(b.hits[c]) == 0 {
		b.touched = append(b.touched, c)
	}
	b.hits[c] = append(b.hits[c], p)
}

// release gives up one reference to the batch's memory; the last one makes it
// free for another stream.
func (b *batch) release() {
	if b.mem.Add(-1) == 0 {
		b.free()
	}
}

func (b *batch) free() {
	for i, ar := range b.arenas {
		ar.release()
		b.arenas[i] = nil
	}
	b.arenas = b.arenas[:0]
	for _, c := range b.touched {
		b.hits[c] = b.hits[c][:0]
	}
	b.touched = b.touched[:0]
	b.text.Reset()
	b.n, b.routes = 0, nil
	b.from.pool.Put(b)
}

// isLast reports whether p is the pack that next returned last.
func (b *batch) isLast(p *plugin.Pack) bool {
	return p == &b.slabs[(b.n-1)/slabPacks][(b.n-1)%slabPacks]
}
