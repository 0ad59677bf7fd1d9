package flood

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latencies are kept from 1 µs to 10 minutes, to two digits.
const (
	longestLatency = int64(10 * time.Minute / time.Microsecond)
	latencyDigits  = 2
)

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, longestLatency, latencyDigits)
}

// unacknowledged are the messages of one connection that the receiver has not
// told of, in order. One goroutine adds, another removes.
type unacknowledged struct {
	mu      sync.Mutex // guards all below
	waiting []sentMessage
	first   int // of waiting that is not acknowledged
	took    *hdrhistogram.Histogram
	done    uint64
}

// sentMessage is a message on its way.
type sentMessage struct {
	end int64 // bytes up to its end
	due time.Time
}

// add notes messages that are about to be written; their ends count from at.
func (u *unacknowledged) add(at int64, sent []sentMessage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.first > len(u.waiting)/2 {
		u.waiting = append(u.waiting[:0], u.waiting[u.first:]...)
		u.first = 0
	}
	for _, m := range sent {
		u.waiting = append(u.waiting, sentMessage{at + m.end, m.due})
	}
}

// counted notes that the receiver has taken care of so many bytes, and reports
// whether messages ended within them.
func (u *unacknowledged) counted(n int64, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	before := u.done
	for u.first < len(u.waiting) && u.waiting[u.first].end <= n {
		took := now.Sub(u.waiting[u.first].due).Microseconds()
		u.took.RecordValue(min(max(took, 1), longestLatency)) // within the bounds there is no error
		u.first++
		u.done++
	}
	return u.done > before
}

// delivered is the number of messages that are acknowledged.
func (u *unacknowledged) delivered() uint64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.done
}

// left is the number of messages that are not.
func (u *unacknowledged) left() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.waiting) - u.first
}

// forget gives up what waits, at the end of a connection.
func (u *unacknowledged) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.waiting, u.first = u.waiting[:0], 0
}
