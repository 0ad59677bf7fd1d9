package http

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hekad/heka/plugin"
)

// request is what a request's messages say about it.
type request struct {
	http     *http.Request
	hostname string
	pid      int32
	host     string // asked for, without a port
	client   string // address, without a port
	names    []string
}

// decorate adds the input's headers and fields to a message.
//
// hot: once per record.
func (r *request) decorate(p *plugin.Pack) {
	m := &p.Message
	m.SetType("heka.httpdata.request")
	m.SetHostname(r.hostname)
	m.SetPid(r.pid)
	m.SetSeverity(6)
	m.SetEnvVersion("1")
	m.AddString("Protocol", r.http.Proto)
	m.AddString("UserAgent", r.http.UserAgent())
	m.AddString("ContentType", r.http.Header.Get("Content-Type"))
	m.AddString("Path", r.http.URL.Path)
	m.AddString("Host", r.host)
	m.AddString("RemoteAddr", r.client)
	for _, name := range r.names {
		if v := r.http.Header.Get(name); v != "" {
			m.AddString(name, v)
		}
	}
	for name, value := range parameters(r.http.URL.RawQuery) {
		m.AddString(name, value)
	}
}

// parameters are the parts of a query, in order. What is not encoded as it should
// be is left out.
func parameters(query string) func(yield func(name, value string) bool) {
	return func(yield func(string, string) bool) {
		for part := range strings.SplitSeq(query, "&") {
			if part == "" {
				continue
			}
			name, value, _ := strings.Cut(part, "=")
			name, err := url.QueryUnescape(name)
			if err != nil {
				continue
			}
			if value, err = url.QueryUnescape(value); err != nil {
				continue
			}
			if !yield(name, value) {
				return
			}
		}
	}
}

// withoutPort takes the port off host:port, and the brackets off an IPv6 address.
func withoutPort(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return strings.Trim(host, "[]")
}

// serve is the life of a request.
func (in *Listen) serve(w http.ResponseWriter, r *http.Request) {
	in.requests.Add(1)
	began := time.Now()
	control := http.NewResponseController(w)
	for name, values := range in.headers {
		w.Header()[name] = values
	}
	if !in.allowed(r) {
		in.refused.Add(1)
		in.env.Log.Warn(in.config.AuthType+" Auth Failed", "client", r.RemoteAddr)
		if in.config.AuthType == "Basic" {
			w.Header().Set("WWW-Authenticate", `Basic realm="heka"`)
		}
		finishReading(r)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	status, err := in.take(r, control)
	if now := time.Now(); now.Sub(began) > answerTimeout/2 {
		control.SetWriteDeadline(now.Add(answerTimeout))
	}
	if err == nil {
		return
	}
	in.failed.Add(1)
	in.env.Log.Warn("receiving request body: "+err.Error(), "client", r.RemoteAddr)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	finishReading(r)
	http.Error(w, err.Error(), status)
}

// finishReading reads the rest of a short body, since not all clients of HTTP/2 take
// an answer that comes before its end.
func finishReading(r *http.Request) { io.CopyN(io.Discard, r.Body, stride) }

// allowed looks at the secret of a request.
func (in *Listen) allowed(r *http.Request) bool {
	if in.secret == nil {
		return true
	}
	var shown []byte
	if in.config.AuthType == "Basic" {
		name, password, _ := r.BasicAuth()
		shown = digest(name, password)
	} else {
		shown = digest(r.Header.Get("X-API-Key"))
	}
	return subtle.ConstantTimeCompare(shown, in.secret) == 1
}

// take hands the body in and says how to answer.
func (in *Listen) take(r *http.Request, control *http.ResponseController) (status int, err error) {
	b, err := in.open(r, control)
	if err != nil {
		return statusOf(err), err
	}
	defer b.close()
	what := &request{
		http: r, hostname: in.env.Hostname, pid: in.env.Pid, names: in.config.RequestHeaders,
		host: withoutPort(r.Host), client: withoutPort(r.RemoteAddr),
	}
	s, err := in.lanes.get(what)
	if err != nil {
		in.env.Log.Error("request cannot be served", "error", err)
		return http.StatusInternalServerError, errNotServed
	}
	defer in.lanes.put(s)
	err = s.stream.SplitAll(b)
	in.bytes.Add(b.read)
	if err != nil {
		return statusOf(err), err
	}
	done := in.lone(s, b, what)
	if !in.config.Acknowledge {
		return http.StatusOK, nil
	}
	// The server looks whether the client leaves, which must not time out.
	control.SetReadDeadline(time.Time{})
	ctx, cancel := context.WithTimeout(r.Context(), in.config.AcknowledgeTimeout)
	defer cancel()
	if s.settled(ctx) != nil {
		return http.StatusServiceUnavailable, errNotDelivered
	}
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
			return http.StatusServiceUnavailable, errNotDelivered
		}
	}
	return http.StatusOK, nil
}

var (
	errNotServed    = errors.New("the request cannot be served")
	errNotDelivered = errors.New("the messages are not delivered yet")
)

// lone delivers a message of its own for a request that has parameters only, where
// a body would be one record. done is closed when it is delivered; nil: there is none.
func (in *Listen) lone(s *lane, b *body, what *request) (done <-chan struct{}) {
	if !s.whole || b.read > 0 || what.http.URL.RawQuery == "" {
		return nil
	}
	p := s.stream.Pack()
	what.decorate(p)
	delivered := make(chan struct{})
	s.stream.Deliver(p, func() { close(delivered) })
	s.stream.Flush()
	return delivered
}
