package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/internal/pipeline"
)

// streams tells the open streams that there is something new to send.
type streams struct {
	mu      sync.Mutex
	changed chan struct{} // closed and made anew at each wake
	open    int
}

// maxStreams bounds how many event streams are open at a time, taps apart.
const maxStreams = 100

func (s *streams) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *streams) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// enter takes a place, if one is left.
func (s *streams) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open >= maxStreams {
		return false
	}
	s.open++
	return true
}

// watched reports whether a stream is open.
func (s *streams) watched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open > 0
}

func (s *streams) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
}

// writeLimit is how long a peer may take to accept an event.
const writeLimit = 10 * time.Second

// events writes Server-Sent Events, as the HTML standard describes them.
type events struct {
	w http.ResponseWriter
	c *http.ResponseController
}

func newEvents(w http.ResponseWriter) events {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // proxies shall pass it on at once
	e := events{w, http.NewResponseController(w)}
	e.c.SetReadDeadline(time.Time{})
	return e
}

// send writes one event whose data is v as JSON.
func (e events) send(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return e.raw(name, data)
}

// raw writes one event; data has no newlines.
func (e events) raw(name string, data []byte) error {
	return e.write(fmt.Appendf(nil, "event: %s\ndata: %s\n\n", name, data))
}

// write writes whole events.
func (e events) write(text []byte) error {
	e.c.SetWriteDeadline(time.Now().Add(writeLimit))
	if _, err := e.w.Write(text); err != nil {
		return err
	}
	return e.c.Flush()
}

// Snapshot is what the stream sends every second.
type Snapshot struct {
	Report   Report   `json:"report"`
	Topology Topology `json:"topology"`
	// Logs are the lines since the last snapshot.
	Logs []Line `json:"logs"`
}

// picture is what all streams send alike, made once for each sample.
type picture struct {
	mu               sync.Mutex
	of               <-chan struct{} // the sample, as streams.next returns it
	report, topology []byte          // JSON
}

// at returns the picture of a sample.
func (p *picture) at(sample <-chan struct{}, s *Server, h *pipeline.Host) (report, topology []byte, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == sample {
		return p.report, p.topology, nil
	}
	p.of = nil
	if p.report, err = json.Marshal(s.report(h)); err == nil {
		p.topology, err = json.Marshal(s.topology(h))
	}
	if err == nil {
		p.of = sample
	}
	return p.report, p.topology, err
}

// getStream sends a "snapshot" at once and after each sample.
func (s *Server) getStream(w http.ResponseWriter, r *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	if !s.streams.enter() {
		httpguard.Refuse(w, http.StatusTooManyRequests, "too many streams are open")
		return
	}
	defer s.streams.leave()
	e := newEvents(w)
	if r.Method == http.MethodHead {
		return
	}
	var seq uint64
	var text []byte
	for {
		changed := s.streams.next()
		report, topology, err := s.picture.at(changed, s, h)
		if err != nil {
			return // texts and numbers always marshal
		}
		lines := s.opts.Log.Lines(seq, "", false, maxAnswerLines)
		if n := len(lines); n > 0 {
			seq = lines[n-1].Seq
		} else {
			lines = []Line{}
		}
		logs, err := json.Marshal(lines)
		if err != nil {
			return // the same
		}
		// The parts of a Snapshot.
		text = append(append(text[:0], "event: snapshot\ndata: {\"report\":"...), report...)
		text = append(append(text, `,"topology":`...), topology...)
		text = append(append(append(text, `,"logs":`...), logs...), "}\n\n"...)
		if e.write(text) != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-s.closing:
			return
		}
	}
}
