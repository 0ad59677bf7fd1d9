package pipeline

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// arena is a buffer that bytes are read into and that packs point into. It is
// counted: one reference for the stream that reads into it and one for every
// batch with packs that point into it.
type arena struct {
	buf  []byte
	refs atomic.Int32
	from *arenas
}

// Arenas come in powers of two from 4 KiB to 256 KiB; larger ones, for records
// beyond the usual limit, are left to the garbage collector.
const (
	minArenaBits = 12
	maxArenaBits = 18
	minArena     = 1 << minArenaBits
	maxArena     = 1 << maxArenaBits
)

// arenas keeps free arenas by size.
type arenas struct {
	pools [maxArenaBits - minArenaBits + 1]sync.Pool
	// poison overwrites freed arenas so that tests see whoever kept a view.
	poison bool
}

// get returns an arena of at least size bytes with one reference.
func (a *arenas) get(size int) *arena {
	class := max(bits.Len(uint(size-1)), minArenaBits)
	var ar *arena
	if class <= maxArenaBits {
		ar, _ = a.pools[class-minArenaBits].Get().(*arena)
	}
	if ar == nil {
		ar = &arena{buf: make([]byte, 1<<class), from: a}
	}
	ar.refs.Store(1)
	return ar
}

func (ar *arena) retain() { ar.refs.Add(1) }

func (ar *arena) release() {
	if ar.refs.Add(-1) != 0 {
		return
	}
	if ar.from.poison {
		for i := range ar.buf {
			ar.buf[i] = 0xDD
		}
	}
	if len(ar.buf) <= maxArena {
		ar.from.pools[bits.Len(uint(len(ar.buf)-1))-minArenaBits].Put(ar)
	}
}
