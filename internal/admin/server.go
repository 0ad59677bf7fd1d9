package admin

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/internal/pipeline"
)

// Options say what the API tells about this heka beside what the pipeline knows.
type Options struct {
	// Version and Hostname of this heka.
	Version, Hostname string
	// ConfigPath is what --config names.
	ConfigPath string
	// Config returns the effective configuration as TOML, secrets masked.
	Config func() string
	// Log is where heka's log lines are kept; nil means nowhere.
	Log *Log
	// Audit gets a line for each order; nil means that none is written.
	Audit *slog.Logger
	// Pace is how often the server looks at the pipeline.
	Pace Pace
	// Profile switches the profile endpoints on.
	Profile bool
}

// Server answers questions about one running heka. The zero value is not usable;
// New makes one, and Attach tells it about the pipeline.
type Server struct {
	opts      Options
	host      atomic.Pointer[pipeline.Host]
	began     time.Time
	reloaded  atomic.Int64 // ms since the epoch
	sampler   sampler
	streams   streams
	picture   picture
	refusals  refusals
	closing   chan struct{} // closed by Close: open streams end
	closeOnce sync.Once
	mux       *http.ServeMux
}

// New returns a server that says "not ready" until Attach is called.
func New(o Options) *Server {
	s := &Server{opts: o, began: time.Now(), mux: http.NewServeMux(), closing: make(chan struct{})}
	if s.opts.Log == nil {
		s.opts.Log = new(Log)
	}
	s.opts.Pace = o.Pace.orUsual()
	s.sampler.pace = s.opts.Pace
	s.streams.changed = make(chan struct{})
	for pattern, f := range map[string]http.HandlerFunc{
		"GET /api/v1/report":                    s.getReport,
		"GET /api/v1/plugins/{category}/{name}": s.getPlugin,
		"GET /api/v1/books":                     s.getBooks,
		"GET /api/v1/topology":                  s.getTopology,
		"GET /api/v1/events":                    s.getEvents,
		"GET /api/v1/logs":                      s.getLogs,
		"GET /api/v1/config":                    s.getConfig,
		"GET /api/v1/match":                     s.getMatch,
		"GET /api/v1/history":                   s.getHistory,
		"GET /api/v1/stream":                    s.getStream,
		"GET /api/v1/tap":                       s.getTap,
		"GET /api/v1/outputs":                   s.getOutputs,
		"GET /api/v1/recent":                    s.getRecent,
		"GET /api/v1/sandboxes":                 s.getSandboxes,
		"POST /api/v1/sandboxes":                s.controlling(s.postSandbox),
		"GET /api/v1/sandboxes/{name}":          s.getSandbox,
		"DELETE /api/v1/sandboxes/{name}":       s.controlling(s.deleteSandbox),
		"GET /healthz":                          s.getHealth,
		"GET /readyz":                           s.getReady,
		"GET /metrics":                          s.getMetrics,
	} {
		s.mux.HandleFunc(pattern, f)
	}
	if o.Profile {
		s.mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		s.mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		s.mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		httpguard.Refuse(w, http.StatusNotFound, "there is no "+r.Method+" "+r.URL.Path)
	})
	return s
}

// Attach makes the server speak about a pipeline.
func (s *Server) Attach(h *pipeline.Host) { s.host.Store(h) }

// Run watches the pipeline until ctx is done: rates and their history.
func (s *Server) Run(ctx context.Context) {
	t := time.NewTicker(s.opts.Pace.Sample)
	defer t.Stop()
	for tick := 0; ; tick++ {
		select {
		case <-t.C:
			if h := s.host.Load(); h != nil && (s.streams.watched() || tick%idleTicks == 0) {
				s.sampler.look(h, time.Now())
				s.streams.wake()
			}
		case <-ctx.Done():
			return
		}
	}
}

// ServeHTTP implements http.Handler. It asks for no credentials: that is for the
// guard in front of it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	s.mux.ServeHTTP(w, r)
}

// ready returns the pipeline, or answers that there is none yet.
func (s *Server) ready(w http.ResponseWriter) (*pipeline.Host, bool) {
	h := s.host.Load()
	if h == nil {
		httpguard.Refuse(w, http.StatusServiceUnavailable, "heka is starting")
	}
	return h, h != nil
}

func answer(w http.ResponseWriter, v any) { answerAs(w, http.StatusOK, v) }

func answerAs(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(v) // an error here is the peer's going away
}

// number reads a whole number from the query, within bounds.
func number(r *http.Request, name string, missing, least, most int) (int, bool) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return missing, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= least && n <= most
}

// Daemon is what the API says of heka as a process.
type Daemon struct {
	Version  string `json:"version"`
	Hostname string `json:"hostname"`
	Pid      int    `json:"pid"`
	Config   string `json:"config"`
	Started  int64  `json:"started"` // ms since the epoch
	Uptime   int64  `json:"uptime"`  // ms
	// Reloaded is when the configuration was last read again and taken, in ms since
	// the epoch; 0 before that.
	Reloaded   int64  `json:"reloaded"`
	Go         string `json:"go"`
	CPUs       int    `json:"cpus"`
	Goroutines int    `json:"goroutines"`
	HeapBytes  uint64 `json:"heap_bytes"`
	OpenFiles  int    `json:"open_files"` // -1 where the system does not tell
	// CPU is how many processors heka uses, CPUSeconds what it has used.
	CPU        float64 `json:"cpu"`
	CPUSeconds float64 `json:"cpu_seconds"`
	// ResidentBytes is how much of heka is in memory; 0 where the system does not
	// tell.
	ResidentBytes uint64 `json:"resident_bytes"`
	// GCCycles is how often garbage was collected.
	GCCycles int `json:"gc_cycles"`
}

// Reloaded notes that the configuration was read again and taken.
func (s *Server) Reloaded() { s.reloaded.Store(time.Now().UnixMilli()) }

func (s *Server) daemon() Daemon {
	p := processNow()
	s.sampler.mu.Lock()
	cpu := s.sampler.heka.cpu
	s.sampler.mu.Unlock()
	return Daemon{Version: s.opts.Version, Hostname: s.opts.Hostname, Pid: os.Getpid(), Config: s.opts.ConfigPath,
		Started: s.began.UnixMilli(), Uptime: time.Since(s.began).Milliseconds(), Reloaded: s.reloaded.Load(), Go: runtime.Version(),
		CPUs: runtime.GOMAXPROCS(0), Goroutines: p.goroutines, HeapBytes: p.heap, OpenFiles: openFiles(),
		CPU: cpu, CPUSeconds: p.cpu, ResidentBytes: p.resident, GCCycles: p.runs}
}
