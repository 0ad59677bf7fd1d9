package pipeline

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// restEvery is how often heka looks whether it has come to rest.
	restEvery = time.Second
	// restful is how much heka may allocate between two looks and still be at
	// rest, in bytes.
	restful = 256 << 10
	// worthwhile is how much must have been allocated since memory was given back
	// last, in bytes.
	worthwhile = 4 << 20
)

// giveBack gives memory back to the system when heka has come to rest after work
// such as the first reading of many files or the handshakes of many connections.
// The garbage collector alone would keep about as much as is in use for the next
// work of that kind.
func (h *Host) giveBack(ctx context.Context) {
	tick, stop := ticker(restEvery)
	defer stop()
	allocated := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	var r rest
	for {
		select {
		case <-tick:
			metrics.Read(allocated)
			if r.begins(allocated[0].Value.Uint64()) {
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
// been allocated ever.
func (r *rest) begins(allocated uint64) bool {
	quiet := allocated-r.last <= restful
	r.last = allocated
	if !quiet || allocated-r.given < worthwhile {
		return false
	}
	r.given = allocated
	return true
}
