package loki

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// server is a strict receiver of pushes: it takes what Loki documents, and no other
// fields, label sets or times.
type server struct {
	*httptest.Server
	// before, if set, may answer in its place.
	before func(n int, w http.ResponseWriter, body []byte) bool

	mu       sync.Mutex // guards what follows
	requests []*http.Request
	streams  []stream
}

type stream struct {
	Stream map[string]string `json:"stream"`
	Values [][]any           `json:"values"`
}

func newServer(t *testing.T) *server {
	s := new(server)
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		body = z
	}
	b, _ := io.ReadAll(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.requests)
	s.requests = append(s.requests, r)
	if s.before != nil && s.before(n, w, b) {
		return
	}
	var push struct {
		Streams []stream `json:"streams"`
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(&push); err != nil || r.URL.Path != "/loki/api/v1/push" || r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "bad request", 400)
		return
	}
	for _, st := range push.Streams {
		last := ""
		for _, v := range st.Values {
			at, ok := v[0].(string)
			if _, text := v[1].(string); len(v) < 2 || len(v) > 3 || !ok || !text || len(st.Stream) == 0 || at < last {
				http.Error(w, "bad entry", 400)
				return
			}
			last = at
		}
	}
	s.streams = append(s.streams, push.Streams...)
	w.WriteHeader(http.StatusNoContent)
}

func newTestOutput(t *testing.T, url string, change func(*OutputConfig)) *Output {
	t.Helper()
	env, _ := feedtest.Env(t, "loki")
	o := feedtest.Build[*Output](t, Plugins(), "LokiOutput", env, func(c *OutputConfig) { c.URL = url }, change)
	t.Cleanup(func() { o.Close() })
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func pack(host, payload string, at int64) *plugin.Pack {
	p := new(plugin.Pack)
	p.Message.SetHostname(host)
	p.Message.SetPayload(payload)
	p.Message.SetTimestamp(at)
	p.Message.AddString("trace", "t-"+payload)
	return p
}

func TestMessagesBecomeLinesOfStreams(t *testing.T) {
	s := newServer(t)
	o := newTestOutput(t, s.URL+"/prefix/..", func(c *OutputConfig) {
		c.Tenant, c.Username, c.Password = "me", "user", "s3cret"
		c.Labels = plugin.Pairs{{Key: "job", Value: "heka"}, {Key: "host", Value: "%{Hostname}"}, {Key: "none", Value: "%{missing}"}}
		c.Metadata = plugin.Pairs{{Key: "trace", Value: "%{trace}"}, {Key: "missing", Value: "%{missing}"}}
	})
	for _, p := range []*plugin.Pack{
		pack("a", "one", 1136239445000000002), pack("b", "x\xff\"\n<é>", 1136239445000000003), pack("a", "two", 1136239445000000001),
	} {
		must(t, o.Send(t.Context(), p))
	}
	r := s.requests[0]
	name, password, _ := r.BasicAuth()
	if r.Header.Get("X-Scope-OrgID") != "me" || name != "user" || password != "s3cret" || r.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("request %+v", r)
	}
	a := map[string]string{"job": "heka", "host": "a"}
	want := []stream{
		{a, [][]any{{"1136239445000000002", "one", map[string]any{"trace": "t-one"}}}},
		{map[string]string{"job": "heka", "host": "b"}, [][]any{{"1136239445000000003", "x\ufffd\"\n<é>", map[string]any{"trace": "t-x\ufffd\"\n<é>"}}}},
		{a, [][]any{{"1136239445000000001", "two", map[string]any{"trace": "t-two"}}}},
	}
	if !reflect.DeepEqual(s.streams, want) {
		t.Errorf("got %v", s.streams)
	}
}

func TestLinesOfAStreamStandTogetherInOrder(t *testing.T) {
	s := newServer(t)
	o := newTestOutput(t, s.URL, func(c *OutputConfig) { c.Labels = plugin.Pairs{{Key: "host", Value: "%{Hostname}"}} })
	var l feedtest.Ledger
	packs := []*plugin.Pack{pack("a", "3", 3), pack("b", "1", 1), pack("a", "2", 2), pack("a", "1", 1)}
	must(t, l.Packs(packs...).Send(t.Context(), o, true))
	must(t, o.Flush(t.Context()))
	want := []stream{
		{map[string]string{"host": "a"}, [][]any{{"1", "1"}, {"2", "2"}, {"3", "3"}}},
		{map[string]string{"host": "b"}, [][]any{{"1", "1"}}},
	}
	if !reflect.DeepEqual(s.streams, want) || l.Delivered() != 4 {
		t.Errorf("got %v", s.streams)
	}
}

func TestAnswersDecide(t *testing.T) {
	f := func(name string, bad func(w http.ResponseWriter), want string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.before = func(n int, w http.ResponseWriter, _ []byte) bool {
				if n == 0 {
					bad(w)
				}
				return n == 0
			}
			o := newTestOutput(t, s.URL, nil)
			var l feedtest.Ledger
			must(t, l.Messages("a", "b").Send(t.Context(), o, true))
			if err := o.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), want) || l.Delivered() != 0 {
				t.Errorf("%v, delivered %d", err, l.Delivered())
			}
			must(t, o.Flush(t.Context()))
			if l.Delivered() != 2 || len(s.streams) != 1 || len(s.streams[0].Values) != 2 {
				t.Errorf("delivered %d, got %v", l.Delivered(), s.streams)
			}
		})
	}
	for status, word := range map[int]string{429: "Too Many Requests", 500: "Internal Server Error", 401: "Unauthorized", 404: "Not Found"} {
		f(word, func(w http.ResponseWriter) { http.Error(w, "why", status) }, word+" - why")
	}
	f("reset", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, "pushing to Loki: ")
	f("redirect", func(w http.ResponseWriter) { w.Header().Set("Location", "/x"); w.WriteHeader(307) }, "307 Temporary Redirect, to ")
}

func TestWhatLokiRefusesIsDropped(t *testing.T) {
	s := newServer(t)
	s.before = func(_ int, w http.ResponseWriter, body []byte) bool {
		if strings.Contains(string(body), "old") {
			http.Error(w, "entry too far behind", 400)
			return true
		}
		return false
	}
	o := newTestOutput(t, s.URL, func(c *OutputConfig) { c.Gzip = false })
	var l feedtest.Ledger
	must(t, l.Messages("a", "old", "b", "skip", "bad").Send(t.Context(), o, true))
	must(t, o.Flush(t.Context()))
	if l.Delivered() != 3 || l.Dropped("refused") != 1 || l.Dropped("encode") != 1 {
		t.Errorf("delivered %d, refused %d", l.Delivered(), l.Dropped("refused"))
	}
	bare := newTestOutput(t, s.URL, func(c *OutputConfig) { c.Labels = plugin.Pairs{{Key: "host", Value: "%{Hostname}"}} })
	must(t, l.Messages("c").Send(t.Context(), bare, true))
	must(t, bare.Flush(t.Context()))
	if l.Dropped("no_labels") != 1 {
		t.Error("a message without labels is sent")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	f := func(change func(*OutputConfig), want string) {
		t.Helper()
		p := feedtest.Find(t, Plugins(), "LokiOutput")
		c := p.NewConfig().(*OutputConfig)
		change(c)
		if err := c.Check(); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) || err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v, want %s", err, want)
		}
	}
	f(func(c *OutputConfig) {}, "")
	f(func(c *OutputConfig) { c.URL = "loki:3100" }, "url: url must be an absolute")
	f(func(c *OutputConfig) { c.URL = "http://me:s3cret@a:b" }, "url: ")
	f(func(c *OutputConfig) { c.Labels = plugin.Pairs{{Key: "a-b"}} }, `labels: "a-b" is no name of a label`)
	f(func(c *OutputConfig) { c.Metadata = plugin.Pairs{{Key: "a", Value: "%{b"}} }, "metadata: a: ")
	f(func(c *OutputConfig) { c.Username, c.BearerToken = "a", "b" }, "bearer_token: ")
}

func TestHTTPOptions(t *testing.T) {
	s := newServer(t)
	proxy, asked := netconftest.Proxy(t, s.ServeHTTP)
	o := newTestOutput(t, "http://far.away.invalid", func(c *OutputConfig) { c.Proxy = proxy })
	var l feedtest.Ledger
	must(t, l.Messages("a").Send(t.Context(), o, true))
	must(t, o.Flush(t.Context()))
	if host := <-asked; host != "far.away.invalid" || l.Delivered() != 1 {
		t.Errorf("asked for %s, delivered %d", host, l.Delivered())
	}
	mute := netconftest.Mute(t)
	for url, change := range map[string]func(*OutputConfig){
		"http://" + mute:  func(c *OutputConfig) { c.HTTPTimeout = 1 },
		"https://" + mute: func(c *OutputConfig) { c.HTTPTimeout, c.ConnectTimeout = 0, 1 },
	} {
		o := newTestOutput(t, url, change)
		must(t, new(feedtest.Ledger).Messages("a").Send(t.Context(), o, true))
		if err := o.Flush(t.Context()); err == nil {
			t.Errorf("%s: no error", url)
		}
	}
}

func TestRequestsAreCutByCount(t *testing.T) {
	s := newServer(t)
	o := newTestOutput(t, s.URL, func(c *OutputConfig) { c.FlushCount, c.FlushInterval = 2, 70 })
	must(t, new(feedtest.Ledger).Messages("a", "b", "c").Send(t.Context(), o, true))
	must(t, o.Flush(t.Context()))
	if len(s.requests) != 2 || o.FlushInterval() != 70*time.Millisecond {
		t.Errorf("%d requests, flushed every %v", len(s.requests), o.FlushInterval())
	}
}
