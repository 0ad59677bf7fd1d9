package flood

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Snapshot is how far a test is.
type Snapshot struct {
	Elapsed   time.Duration
	Sent      uint64 // messages given to the network
	Bytes     uint64 // of their frames
	Delivered uint64 // messages acknowledged; those sent where nothing is
	Wanted    uint64 // messages; 0 is until the end
}

// Result is what came of a test.
type Result struct {
	Sent        uint64  `json:"sent"`
	Delivered   uint64  `json:"delivered"`
	Bytes       uint64  `json:"bytes"`
	Seconds     float64 `json:"seconds"` // until the last write
	Rate        float64 `json:"messages_per_second"`
	Megabits    float64 `json:"megabits_per_second"`
	Connections int     `json:"connections"`
	Reconnects  uint64  `json:"reconnects"`
	Kinds
	// Latency is nil where nothing is acknowledged.
	Latency *Latency `json:"latency_ms,omitempty"`
	// Error says what ended the test early, "" where nothing did.
	Error string `json:"error,omitempty"`
}

// Latency says how long messages took from the moment at which they were due
// until the receiver acknowledged them, in milliseconds.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99.9"`
	Max  float64 `json:"max"`
}

func latencyOf(h *hdrhistogram.Histogram) *Latency {
	if h.TotalCount() == 0 {
		return nil
	}
	ms := func(us int64) float64 { return float64(us) / 1000 }
	return &Latency{Mean: h.Mean() / 1000, P50: ms(h.ValueAtQuantile(50)), P90: ms(h.ValueAtQuantile(90)),
		P99: ms(h.ValueAtQuantile(99)), P999: ms(h.ValueAtQuantile(99.9)), Max: ms(h.Max())}
}
