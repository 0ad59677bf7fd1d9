package cli

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// restEvery is how often heka looks whether it has come to rest.
	restEvery = time.Second
	// restful is how much heka may allocate between two looks and still be at
	// rest, in bytes.
	restful = 256 << 10
	// worthwhile is how much must have been allocated since memory was given back
	// last, in bytes. It must also be half of what is in use: giving back is work.
	worthwhile = 4 << 20

	// usualPercent is Go's own pace: the heap may double between collections.
	usualPercent = 100
	// spare is how much may be allocated between two garbage collections at the
	// least, in bytes. By Go's own pace a small heap under load is collected
	// hundreds of times a second.
	spare = 16 << 20
)

// keepHouse sees to the memory of the process until the returned function is
// called.
func keepHouse() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { giveBack(ctx) })
	if os.Getenv("GOGC") == "" { // else the user knows better
		all.Go(func() { paceCollector(ctx) })
	}
	return func() { cancel(); all.Wait() }
}

// giveBack gives memory back to the system when heka has come to rest after work
// such as the first reading of many files or the handshakes of many connections.
// The garbage collector alone would keep about as much as is in use for the next
// work of that kind.
func giveBack(ctx context.Context) {
	tick := time.NewTicker(restEvery)
	defer tick.Stop()
	heap := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}}
	var r rest
	for {
		select {
		case <-tick.C:
			metrics.Read(heap)
			if r.begins(heap[0].Value.Uint64(), heap[1].Value.Uint64()) {
				runtime.GC() // pools keep what is unused for two rounds
				debug.FreeOSMemory()
			}
		case <-ctx.Done():
			return
		}
	}
}

// rest tells work from rest by what is allocated.
type rest struct {
	last  uint64 // bytes allocated ever, at the last look
	given uint64 // the same when memory was given back last
}

// begins reports whether memory is to be given back now, when so many bytes have
// been allocated ever, and so many were in use after the last garbage collection.
func (r *rest) begins(allocated, live uint64) bool {
	quiet := allocated-r.last <= restful
	r.last = allocated
	if !quiet || allocated-r.given < max(worthwhile, live/2) {
		return false
	}
	r.given = allocated
	return true
}

// paceCollector makes garbage collections rarer while the heap is small.
func paceCollector(ctx context.Context) {
	before := debug.SetGCPercent(usualPercent)
	defer func() { debug.SetGCPercent(before) }()
	percent := usualPercent
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	collected := make(chan struct{}, 1)
	for {
		afterCollection(collected)
		select {
		case <-collected:
			metrics.Read(live)
			if p := collectorPercent(live[0].Value.Uint64()); p != percent {
				debug.SetGCPercent(p)
				percent = p
			}
		case <-ctx.Done():
			return
		}
	}
}

// afterCollection sends once, when the next garbage collection has ended. The
// channel has room for it.
func afterCollection(collected chan<- struct{}) {
	garbage := new([32]byte)
	runtime.AddCleanup(garbage, func(collected chan<- struct{}) { collected <- struct{}{} }, collected)
}

// collectorPercent is how much a heap may grow that had so many bytes in use after
// the last collection: in steps, since each change stops the world for a moment.
func collectorPercent(live uint64) int {
	const step = 50
	percent := int(spare * 100 / max(live, spare/10))
	return max(usualPercent, percent/step*step)
}
