package admin

import (
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/hekad/heka/internal/pipeline"
)

// Rates are what one plugin does per second, and how full it is.
type Rates struct {
	// Messages and Errors per second: of an input those that it received and
	// those that were dropped or did not decode, of a consumer those that it is
	// done with and those that it dropped or failed at.
	Messages float64 `json:"messages"`
	Errors   float64 `json:"errors"`
	// Fill is how full the queue in memory is, 0 to 1. Blocked is which part of
	// the time streams waited for room: of an input its own wait, of a consumer
	// the wait it causes. With several streams it can exceed 1.
	Fill    float64 `json:"fill"`
	Blocked float64 `json:"blocked"`
}

// Point is one moment of a plugin's history.
type Point struct {
	// Time is in seconds since the epoch.
	Time int64 `json:"time"`
	Rates
}

const (
	// sampleEvery is how often heka looks at itself while somebody watches, else
	// every idleTicks times that.
	sampleEvery = time.Second
	idleTicks   = 5
	// keepEvery and keepPoints make a history of a quarter of an hour.
	keepEvery  = 5 * time.Second
	keepPoints = 180
)

// totals are the counters that rates are made of.
type totals struct {
	messages, errors uint64
	blocked          time.Duration
}

// track is what the sampler knows of one plugin.
type track struct {
	seen        bool // in the last sample
	last        totals
	now         Rates
	keptTotals  totals
	kept        []Point // ring
	head        int
	lastAlive   time.Time // when it last did something, or had nothing to do
	fullSince   time.Time // zero while its queue is not nearly full
	lastErrorAt time.Time
}

// sampler turns counters into rates and keeps their history.
type sampler struct {
	mu     sync.Mutex
	at     time.Time
	keptAt time.Time
	tracks map[string]*track // by plugin name
}

// look takes one sample.
func (s *sampler) look(h *pipeline.Host, now time.Time) {
	sums, fill := sum(h.Books(), h.Graph())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tracks == nil {
		s.tracks = make(map[string]*track)
	}
	for _, t := range s.tracks {
		t.seen = false
	}
	keep := now.Sub(s.keptAt) >= keepEvery-sampleEvery/2
	for name, sum := range sums {
		t := s.tracks[name]
		if t == nil {
			t = &track{last: sum, keptTotals: sum, lastAlive: now}
			s.tracks[name] = t
		}
		t.seen = true
		t.now = rates(t.last, sum, now.Sub(s.at))
		t.now.Fill = fill[name]
		t.judge(now, sum)
		t.last = sum
		if keep {
			p := Point{Time: now.Unix(), Rates: rates(t.keptTotals, sum, now.Sub(s.keptAt))}
			p.Fill = t.now.Fill
			t.keep(p)
			t.keptTotals = sum
		}
	}
	for name, t := range s.tracks {
		if !t.seen {
			delete(s.tracks, name)
		}
	}
	s.at = now
	if keep {
		s.keptAt = now
	}
}

func (t *track) judge(now time.Time, sum totals) {
	if t.now.Fill == 0 || sum.messages != t.last.messages {
		t.lastAlive = now
	}
	if t.now.Fill < nearlyFull {
		t.fullSince = time.Time{}
	} else if t.fullSince.IsZero() {
		t.fullSince = now
	}
	if sum.errors != t.last.errors {
		t.lastErrorAt = now
	}
}

func (t *track) keep(p Point) {
	if len(t.kept) < keepPoints {
		t.kept = append(t.kept, p)
		return
	}
	t.kept[t.head] = p
	t.head = (t.head + 1) % keepPoints
}

// rates is the change per second. A counter that fell belongs to a plugin that
// was started anew: it counts from 0.
func rates(before, now totals, d time.Duration) Rates {
	if d <= 0 || d > 24*time.Hour {
		return Rates{}
	}
	if now.messages < before.messages || now.errors < before.errors || now.blocked < before.blocked {
		before = totals{}
	}
	per := func(n uint64) float64 { return math.Round(float64(n)/d.Seconds()*100) / 100 }
	return Rates{Messages: per(now.messages - before.messages), Errors: per(now.errors - before.errors),
		Blocked: math.Round(float64(now.blocked-before.blocked)/float64(d)*1000) / 1000}
}

// sum draws up each plugin's totals, and how full it is.
func sum(books pipeline.Books, g pipeline.Graph) (map[string]totals, map[string]float64) {
	sums, fill := make(map[string]totals), make(map[string]float64)
	for _, in := range books.Inputs {
		sums[in.Name] = totals{messages: in.Received, errors: dropped(in.Dropped)}
	}
	for _, c := range books.Consumers {
		sums[c.Name] = totals{messages: c.Delivered, errors: dropped(c.Dropped)}
	}
	for _, e := range g.Edges {
		for _, name := range []string{e.From, e.To} {
			if t, ok := sums[name]; ok {
				t.blocked += e.Waited
				sums[name] = t
			}
		}
	}
	for _, n := range g.Nodes {
		if n.Bound > 0 {
			fill[n.Name] = math.Round(float64(min(n.Waiting, n.Bound))/float64(n.Bound)*1000) / 1000
		}
	}
	return sums, fill
}

// dropped leaves out what was meant to be dropped.
func dropped(list []pipeline.Count) uint64 {
	var n uint64
	for _, d := range list {
		if d.Name != "skipped" {
			n += d.N
		}
	}
	return n
}

// history returns what was kept of a plugin, oldest first.
func (s *sampler) history(name string) []Point {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tracks[name]
	if t == nil {
		return nil
	}
	return t.points()
}

// points returns a copy of the ring, oldest first.
func (t *track) points() []Point {
	return append(append([]Point{}, t.kept[t.head:]...), t.kept[:t.head]...)
}

// now returns a plugin's rates and whether something is wrong with it.
func (s *sampler) now(name, state string) (Rates, Health) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tracks[name]
	if t == nil {
		return Rates{}, health(state, nil, s.at)
	}
	return t.now, health(state, t, s.at)
}

// History is what was kept of all plugins.
type History struct {
	// Every is the time between two points, in seconds.
	Every int `json:"every"`
	// Plugins has the points by plugin name, oldest first.
	Plugins map[string][]Point `json:"plugins"`
}

func (s *Server) getHistory(w http.ResponseWriter, _ *http.Request) {
	if _, ok := s.ready(w); !ok {
		return
	}
	s.sampler.mu.Lock()
	h := History{Every: int(keepEvery / time.Second), Plugins: make(map[string][]Point, len(s.sampler.tracks))}
	for name, t := range s.sampler.tracks {
		h.Plugins[name] = t.points()
	}
	s.sampler.mu.Unlock()
	answer(w, h)
}
