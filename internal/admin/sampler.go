package admin

import (
	"net/http"
	"sync"
	"time"

	"github.com/hekad/heka/internal/pipeline"
)

// Rates are what one plugin does per second, how long its calls take, how full it is
// and how far behind.
type Rates struct {
	// Messages and Errors per second: of an input those that it received and
	// those that were dropped or did not decode, of a consumer those that it is
	// done with and those that it dropped or failed at. Bytes per second are those
	// that an input has read.
	Messages float64 `json:"messages"`
	Errors   float64 `json:"errors"`
	Bytes    float64 `json:"bytes"`
	// Fill is how full the queue in memory is, 0 to 1. Blocked is which part of
	// the time streams waited for room: of an input its own wait, of a consumer
	// the wait it causes. With several streams it can exceed 1.
	Fill    float64 `json:"fill"`
	Blocked float64 `json:"blocked"`
	// Busy is which part of the time the plugin worked: an input on what it had
	// read, where it can exceed 1 with several streams; a filter or output on what it
	// was given, waiting for the other side included.
	Busy float64 `json:"busy"`
	// P50, P95 and P99 are what so many of a hundred calls do not exceed, in ns, of
	// the last seconds; 0 when there were none. A call is one of the decoder, of a
	// filter with a message, or of an output with a message or a batch.
	P50 int64 `json:"p50_ns"`
	P95 int64 `json:"p95_ns"`
	P99 int64 `json:"p99_ns"`
	// Queued are messages in the queue on disk.
	Queued int64 `json:"queued"`
	// LagBytes is what an input that follows files has still to read, or what is in
	// the queue on disk. Lag is for how long it has not come to an end of them, or how
	// old the oldest message in the queue is, in ns.
	LagBytes int64 `json:"lag_bytes"`
	Lag      int64 `json:"lag_ns"`
	// Memory is what a script holds, in bytes.
	Memory int64 `json:"memory"`
}

// idleTicks: while nobody watches, this many samples are one.
const idleTicks = 5

// track is what the sampler knows of one plugin.
type track struct {
	seen bool // in the last sample
	last figures
	now  Rates
	// kept are the figures of the newest point, before those of the one before it,
	// for quantiles of the last seconds.
	kept        figures
	before      *pipeline.Tally
	points      points
	lastAlive   time.Time // when it last did something, or had nothing to do
	fullSince   time.Time // zero while its queue is not nearly full
	lastErrorAt time.Time
}

// sampler turns counters into rates and keeps their history.
type sampler struct {
	pace   Pace
	mu     sync.Mutex
	at     time.Time
	keptAt time.Time
	tracks map[string]*track // by plugin name
	heka   processTrack
}

// look takes one sample.
func (s *sampler) look(h *pipeline.Host, now time.Time) {
	s.mu.Lock()
	keep := now.Sub(s.keptAt) >= s.pace.Keep-s.pace.Sample/2
	s.mu.Unlock()
	all := gather(h, keep)
	p := processNow()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tracks == nil {
		s.tracks = make(map[string]*track)
	}
	for _, t := range s.tracks {
		t.seen = false
	}
	for name, f := range all {
		t := s.tracks[name]
		if t == nil {
			t = &track{last: *f, kept: *f, before: f.calls, lastAlive: now}
			s.tracks[name] = t
		}
		if !keep {
			f.levels = t.last.levels
		}
		t.seen = true
		t.look(f, now, now.Sub(s.at))
		if keep {
			t.keep(f, now, now.Sub(s.keptAt))
		}
	}
	for name, t := range s.tracks {
		if !t.seen {
			delete(s.tracks, name)
		}
	}
	s.heka.look(p, now, now.Sub(s.at), keep)
	s.at = now
	if keep {
		s.keptAt = now
	}
}

// look makes rates of the figures of now, d after the last ones.
func (t *track) look(f *figures, now time.Time, d time.Duration) {
	t.now = rates(&t.last, f, d)
	t.now.quantiles(f.calls, t.before)
	if f.fill == 0 || f.messages != t.last.messages {
		t.lastAlive = now
	}
	if f.fill < nearlyFull {
		t.fullSince = time.Time{}
	} else if t.fullSince.IsZero() {
		t.fullSince = now
	}
	if f.errors != t.last.errors {
		t.lastErrorAt = now
	}
	t.last = *f
}

// keep adds a point, d after the last one.
func (t *track) keep(f *figures, now time.Time, d time.Duration) {
	r := rates(&t.kept, f, d)
	r.quantiles(f.calls, t.kept.calls)
	t.points.add(now, r)
	t.before, t.kept = t.kept.calls, *f
}

// history returns what was kept of a plugin, oldest first.
func (s *sampler) history(name string) []Point {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tracks[name]
	if t == nil {
		return nil
	}
	return t.points.list()
}

// now returns a plugin's rates and whether something is wrong with it.
func (s *sampler) now(name, state string) (Rates, Health) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tracks[name]
	if t == nil {
		return Rates{}, s.pace.health(state, nil, s.at)
	}
	return t.now, s.pace.health(state, t, s.at)
}

// History is what was kept of heka and its plugins: a quarter of an hour.
type History struct {
	// Every is the time between two points, in seconds.
	Every int `json:"every"`
	// Heka has the points of the process, Plugins those by plugin name, oldest first.
	Heka    []ProcessPoint     `json:"heka"`
	Plugins map[string][]Point `json:"plugins"`
}

// getHistory tells all histories, or with plugin that of one.
func (s *Server) getHistory(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.ready(w); !ok {
		return
	}
	only := r.URL.Query().Get("plugin")
	s.sampler.mu.Lock()
	h := History{Every: int(s.opts.Pace.Keep / time.Second), Heka: s.sampler.heka.list(), Plugins: make(map[string][]Point)}
	for name, t := range s.sampler.tracks {
		if only == "" || only == name {
			h.Plugins[name] = t.points.list()
		}
	}
	s.sampler.mu.Unlock()
	answer(w, h)
}
