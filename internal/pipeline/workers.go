package pipeline

import (
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/hekad/heka/plugin"
)

// workers decode and match the batches of one stream in parallel and hand them
// over in the stream's order (decoder_workers). The stream only splits: batch
// number i goes to worker i mod n, and a collector asks the workers for their
// results in the same round, so order needs no sorting.
type workers struct {
	s       *stream
	each    []*worker
	next    int // worker of the next batch
	waiting sync.WaitGroup
}

// worker is one decoding goroutine. Its stream is a private twin of the real
// one: same input and options, with decoder, kit and tally of its own.
type worker struct {
	twin *stream
	in   chan parcel
	out  chan parcel
}

// parcel is a batch on its way; its packs are not decoded before the worker and
// are routed behind it.
type parcel struct {
	b    *batch
	t    *ticket
	raw  int   // packs that the stream made
	time int64 // of the read
}

// newWorkers starts n workers, of which the first gets the given decoder.
func newWorkers(s *stream, token string, n int, first *decoding) (*workers, error) {
	w := &workers{s: s}
	for i := range n {
		d, err := first, error(nil)
		if i > 0 {
			d, err = s.in.newDecoder(token, i)
		}
		if err != nil {
			for _, k := range w.each {
				k.twin.decoder.close()
			}
			return nil, err
		}
		twin := &stream{in: s.in, host: s.host, opts: s.opts, logger: s.logger, split: s.split,
			decoder: d, kit: newKit()}
		w.each = append(w.each, &worker{twin, make(chan parcel, 1), make(chan parcel, 1)})
	}
	for _, k := range w.each {
		w.waiting.Go(k.run)
	}
	w.waiting.Go(w.collect)
	return w, nil
}

// hand gives a batch to the worker whose turn it is; it blocks while that one
// is behind.
func (w *workers) hand(b *batch, t *ticket) {
	w.each[w.next].in <- parcel{b: b, t: t, raw: b.n, time: w.s.now}
	w.next = (w.next + 1) % len(w.each)
}

func (k *worker) run() {
	defer close(k.out)
	for p := range k.in {
		k.decode(p)
		k.out <- p
	}
	k.twin.decoder.close()
}

func (k *worker) decode(p parcel) {
	s := k.twin
	s.b, s.now = p.b, p.time
	s.stint.begin()
	for i := range p.raw {
		k.one(&p.b.slabs[i/slabPacks][i%slabPacks])
	}
	s.stint.pause(&s.in.meter)
	s.b = nil
	s.in.books.add(&s.tally)
	if s.stuck && p.t != nil {
		p.t.left.Add(1) // for good
	}
}

// one decodes and routes one pack. Unlike in a stream without workers a pack
// that nobody wants is not reused: its neighbours are already there.
func (k *worker) one(p *plugin.Pack) {
	defer func() {
		if r := recover(); r != nil {
			k.twin.tally.failed++
			k.twin.in.log.Error(fmt.Sprintf("panic: %v", r), "stack", string(debug.Stack()))
		}
	}()
	k.twin.decode(p)
}

// collect hands the decoded batches over, in order.
func (w *workers) collect() {
	for i := 0; ; i = (i + 1) % len(w.each) {
		p, ok := <-w.each[i].out
		if !ok {
			return
		}
		w.s.host.dispatch(&w.s.in.flows, p.b, p.t, false)
	}
}

// close waits until all batches are decoded and handed over.
func (w *workers) close() {
	for _, k := range w.each {
		close(k.in)
	}
	w.waiting.Wait()
}
