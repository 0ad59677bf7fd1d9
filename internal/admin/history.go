package admin

import (
	"math"
	"time"
)

// Point is one moment of a plugin's history.
type Point struct {
	// Time is in seconds since the epoch.
	Time int64 `json:"time"`
	Rates
}

// keepPoints is how many points a history has: a quarter of an hour at the usual
// pace.
const keepPoints = 180

// history keeps the last keepPoints of something.
type history[T any] struct {
	kept []T
	head int
}

func (h *history[T]) add(p T) {
	if len(h.kept) < keepPoints {
		h.kept = append(h.kept, p)
		return
	}
	h.kept[h.head] = p
	h.head = (h.head + 1) % keepPoints
}

// each calls f with all that is kept, oldest first.
func (h *history[T]) each(f func(T)) {
	for i := range h.kept {
		f(h.kept[(h.head+i)%len(h.kept)])
	}
}

// points are the history of one plugin. Plugins may be many, so a point takes no
// more room than it must: 60 bytes, 11 KB for a whole history.
type points struct {
	history[keptPoint]
}

// keptPoint is a Point, as far as seven digits go.
type keptPoint struct {
	time                                         uint32 // good until 2106
	messages, errors, bytes                      float32
	fill, blocked, busy                          float32
	p50, p95, p99, queued, lagBytes, lag, memory float32
}

func (p *points) add(now time.Time, r Rates) {
	p.history.add(keptPoint{uint32(now.Unix()), float32(r.Messages), float32(r.Errors), float32(r.Bytes),
		float32(r.Fill), float32(r.Blocked), float32(r.Busy),
		float32(r.P50), float32(r.P95), float32(r.P99), float32(r.Queued), float32(r.LagBytes), float32(r.Lag), float32(r.Memory)})
}

// list returns the points, oldest first.
func (p *points) list() []Point {
	list := make([]Point, 0, len(p.kept))
	p.each(func(k keptPoint) {
		list = append(list, Point{int64(k.time), Rates{Messages: hundredths(k.messages), Errors: hundredths(k.errors), Bytes: hundredths(k.bytes),
			Fill: thousandths(k.fill), Blocked: thousandths(k.blocked), Busy: thousandths(k.busy),
			P50: int64(k.p50), P95: int64(k.p95), P99: int64(k.p99),
			Queued: int64(k.queued), LagBytes: int64(k.lagBytes), Lag: int64(k.lag), Memory: int64(k.memory)}})
	})
	return list
}

func hundredths(v float32) float64  { return math.Round(float64(v)*100) / 100 }
func thousandths(v float32) float64 { return math.Round(float64(v)*1000) / 1000 }
