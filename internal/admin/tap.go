package admin

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/message"
)

const (
	defaultTapRate = 50
	// maxTapMessage is the largest message shown whole, in bytes of its JSON form;
	// of a larger one only its headers are.
	maxTapMessage = 64 << 10
	// countsEvery is how often a tap says what it left out.
	countsEvery = time.Second
	// tapPause is the least time between two writes of messages, maxTapWrite how large
	// one is before it goes out, in bytes.
	tapPause    = 200 * time.Millisecond
	maxTapWrite = 64 << 10
)

// Tapped is one event "message" of a tap.
type Tapped struct {
	// From is the input or filter that sent the message.
	From string `json:"from"`
	// Message is in the form of heka cat --format json.
	Message json.RawMessage `json:"message"`
	// Cut says that payload and fields were left out, since they are too large.
	Cut bool `json:"cut,omitempty"`
}

// Counts are an event "counts": what passed while the tap was open.
type Counts struct {
	Passed  uint64 `json:"passed"`
	Looked  uint64 `json:"looked"`
	Shown   uint64 `json:"shown"`
	Skipped uint64 `json:"skipped"`
}

// getTap sends each message that the expression in match chooses, at most rate a
// second, and every second what was left out. from names an input or filter.
func (s *Server) getTap(w http.ResponseWriter, r *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	expr, err := expression(r)
	if err != nil {
		answerAs(w, http.StatusBadRequest, verdict(nil, err))
		return
	}
	rate, ok := number(r, "rate", defaultTapRate, 1, pipeline.MaxTapRate)
	if !ok {
		httpguard.Refuse(w, http.StatusBadRequest, "rate must be a whole number of messages per second, from 1 to 1000")
		return
	}
	tap, err := h.Tap(pipeline.TapOptions{Matcher: expr, From: r.URL.Query().Get("from"), Rate: rate})
	if err != nil {
		httpguard.Refuse(w, http.StatusTooManyRequests, err.Error())
		return
	}
	defer tap.Close()
	e := newEvents(w)
	if r.Method == http.MethodHead {
		return
	}
	tick := time.NewTicker(countsEvery)
	defer tick.Stop()
	counts := func() error { return e.send("counts", Counts(tap.Counts())) }
	if counts() != nil {
		return
	}
	// Messages come in handfuls, and each write costs more than a message does: after
	// one the next ones are gathered.
	samples, gather := tap.Samples(), (<-chan time.Time)(nil)
	var text []byte
	for {
		select {
		case sample := <-samples:
			text = append(text[:0], sample.Text(tapEvent)...)
			for n := len(tap.Samples()); n > 0 && len(text) < maxTapWrite; n-- {
				text = append(text, (<-tap.Samples()).Text(tapEvent)...)
			}
			if e.write(text) != nil {
				return
			}
			samples, gather = nil, time.After(tapPause)
		case <-gather:
			samples, gather = tap.Samples(), nil
		case <-tick.C:
			if counts() != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.closing:
			return
		}
	}
}

// tapEvent is the event "message" for a sample, or nothing for one that heka does not
// understand.
func tapEvent(s *pipeline.Sample) []byte {
	var m message.Message
	if m.Parse(s.Wire) != nil {
		return nil // heka wrote it itself
	}
	t := tapped(s.From, &m)
	b := append(make([]byte, 0, len(t.Message)+len(s.From)+64), "event: message\ndata: {\"from\":"...)
	from, _ := json.Marshal(t.From) // texts always marshal
	b = append(append(append(b, from...), `,"message":`...), t.Message...)
	if t.Cut {
		b = append(b, `,"cut":true`...)
	}
	return append(b, "}\n\n"...)
}

// tapped puts a message into an event.
func tapped(from string, m *message.Message) Tapped {
	text := message.AppendJSON(nil, m)
	if len(text) <= maxTapMessage {
		return Tapped{From: from, Message: text}
	}
	head := message.New()
	head.SetUUID(m.UUID())
	head.SetTimestamp(m.Timestamp())
	head.SetType(m.Type())
	head.SetLogger(m.Logger())
	head.SetHostname(m.Hostname())
	head.SetSeverity(m.Severity())
	return Tapped{From: from, Message: message.AppendJSON(nil, head), Cut: true}
}
