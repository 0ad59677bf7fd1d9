package http

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// receiver keeps what it gets. before, if set, may answer in its place.
type receiver struct {
	*httptest.Server
	before func(n int, w http.ResponseWriter, body string) bool

	mu       sync.Mutex // guards what follows
	requests []*http.Request
	taken    []string // bodies that were answered with 200
}

func receive(t testing.TB) *receiver {
	r := new(receiver)
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	b, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.requests)
	r.requests = append(r.requests, req)
	if r.before != nil && r.before(n, w, string(b)) {
		return
	}
	r.taken = append(r.taken, string(b))
}

func (r *receiver) bodies() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.taken)
}

func newTestOutput(t testing.TB, address string, change func(*OutputConfig)) *Output {
	t.Helper()
	env, _ := feedtest.Env(t, "hout")
	o := feedtest.Build[*Output](t, Plugins(), "HttpOutput", env, func(c *OutputConfig) { c.Address = address }, change)
	t.Cleanup(func() { o.Close() })
	return o
}

// push sends work as the host does: again after errors, and then a flush.
func push(t *testing.T, o *Output, w *feedtest.Work) (errs []string) {
	t.Helper()
	for _, f := range []func(context.Context) error{
		func(ctx context.Context) error { return w.Send(ctx, o, true) }, o.Flush,
	} {
		for err := f(t.Context()); err != nil; err = f(t.Context()) {
			if errs = append(errs, err.Error()); len(errs) > 20 || t.Context().Err() != nil {
				t.Fatalf("does not come to an end: %q", errs)
			}
		}
	}
	return errs
}

func TestEachMessageIsARequest(t *testing.T) {
	r := receive(t)
	o := newTestOutput(t, r.URL+"/in?x=y", func(c *OutputConfig) {
		c.Method, c.Username = "put", "me"
		c.Headers = map[string][]string{"Content-Type": {"text/plain"}, "X-Two": {"a", "b"}, "host": {"other.host"}}
	})
	var l feedtest.Ledger
	push(t, o, l.Messages("one", "skip", "bad", "two"))
	if got := r.bodies(); !slices.Equal(got, []string{"one\n", "two\n"}) || l.Delivered() != 3 || l.Dropped("encode") != 1 {
		t.Errorf("bodies %q, delivered %d, dropped %d", got, l.Delivered(), l.Dropped("encode"))
	}
	q := r.requests[0]
	name, password, ok := q.BasicAuth()
	if q.Method != "PUT" || q.URL.String() != "/in?x=y" || q.ContentLength != 4 || q.Header.Get("Content-Type") != "text/plain" ||
		!slices.Equal(q.Header["X-Two"], []string{"a", "b"}) || !ok || name != "me" || password != "" || q.Host != "other.host" {
		t.Errorf("request %+v", q)
	}
	get := newTestOutput(t, r.URL, func(c *OutputConfig) { c.Method, c.BearerToken = "get", "t0ken" })
	push(t, get, l.Messages("three"))
	if q := r.requests[2]; q.Method != "GET" || q.ContentLength != 0 || q.Header.Get("Authorization") != "Bearer t0ken" || q.Header["Content-Type"] != nil {
		t.Errorf("request %+v", q)
	}
}

func TestMessagesAreJoined(t *testing.T) {
	r := receive(t)
	o := newTestOutput(t, r.URL, func(c *OutputConfig) { c.FlushCount, c.Joiner, c.Prefix, c.Suffix = 3, ",", "[", "]" })
	push(t, o, new(feedtest.Ledger).Messages("a", "b", "c", "d"))
	if got := r.bodies(); !slices.Equal(got, []string{"[a\n,b\n,c\n]", "[d\n]"}) {
		t.Errorf("bodies %q", got)
	}
}

func TestTheAddressIsFilledIn(t *testing.T) {
	r := receive(t)
	o := newTestOutput(t, r.URL+"/%{Type}/%{%Y}/x", nil)
	query := newTestOutput(t, r.URL+"/?t=%{Type}", nil)
	p := new(plugin.Pack)
	p.Message.SetType("../a b?c&d")
	p.Message.SetPayload("x")
	p.Message.SetTimestamp(1136239445000000000)
	must(t, o.Send(t.Context(), p))
	must(t, query.Send(t.Context(), p))
	if got := r.requests[0].RequestURI; got != "/..%2Fa%20b%3Fc&d/2006/x" {
		t.Errorf("path %s", got)
	}
	if got := r.requests[1].URL.Query().Get("t"); got != "../a b?c&d" {
		t.Errorf("query %s", got)
	}
}

func TestAnswersDecide(t *testing.T) {
	f := func(name string, want string, refused bool, bad func(w http.ResponseWriter)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t)
			r.before = func(n int, w http.ResponseWriter, _ string) bool {
				if n == 0 || refused {
					bad(w)
					return true
				}
				return false
			}
			o := newTestOutput(t, r.URL, func(c *OutputConfig) { c.HTTPTimeout = 300 })
			var l feedtest.Ledger
			errs := push(t, o, l.Messages("x"))
			if refused {
				if len(errs) != 0 || l.Dropped("refused") != 1 || l.Delivered() != 0 {
					t.Errorf("errors %q, refused %d, delivered %d", errs, l.Dropped("refused"), l.Delivered())
				}
				return
			}
			if len(errs) != 1 || !strings.Contains(errs[0], want) || l.Delivered() != 1 || len(r.bodies()) != 1 {
				t.Errorf("errors %q, delivered %d", errs, l.Delivered())
			}
		})
	}
	status := func(n int) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { http.Error(w, "because", n) }
	}
	for _, n := range []int{408, 425, 429, 500, 502, 503, 504} {
		f(fmt.Sprint(n), fmt.Sprintf("HTTP Error code returned: %d %d %s - because", n, n, http.StatusText(n)), false, status(n))
	}
	for _, n := range []int{400, 401, 403, 404, 405, 410, 413, 422} {
		f(fmt.Sprint(n), "", true, status(n))
	}
	f("changing redirect", "HTTP Error code returned: 302 302 Found, to http://elsewhere.invalid/", false, func(w http.ResponseWriter) {
		w.Header().Set("Location", "http://elsewhere.invalid/")
		w.WriteHeader(302)
	})
	f("reset", "Error making HTTP request: ", false, func(http.ResponseWriter) { panic(http.ErrAbortHandler) })
	f("stuck", "Client.Timeout", false, func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		must(t, err)
		t.Cleanup(func() { conn.Close() })
	})
}

func TestARepeatingRedirectIsFollowed(t *testing.T) {
	r := receive(t)
	r.before = func(n int, w http.ResponseWriter, _ string) bool {
		if n == 0 {
			w.Header().Set("Location", "/there")
			w.WriteHeader(308)
		}
		return n == 0
	}
	o := newTestOutput(t, r.URL, nil)
	if errs := push(t, o, new(feedtest.Ledger).Messages("x")); len(errs) != 0 || !slices.Equal(r.bodies(), []string{"x\n"}) {
		t.Errorf("errors %q, bodies %q", errs, r.bodies())
	}
}

func TestOutputOptionsAreChecked(t *testing.T) {
	f := func(c OutputConfig, want string) {
		t.Helper()
		if c.Method == "" {
			c.Method = "post"
		}
		err := c.Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) || err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v, want %s", err, want)
		}
	}
	f(OutputConfig{Address: "http://a/"}, "")
	f(OutputConfig{Address: "a/"}, "address: `address` must contain an absolute http or https URL.")
	f(OutputConfig{Address: "ftp://a/"}, "address: `address` must contain an absolute http or https URL.")
	f(OutputConfig{Address: "http://me:s3cret@a:b/"}, "address: Can't parse URL: ")
	f(OutputConfig{Address: "http://a/", Method: "DELETE"}, "method: HTTP Method must be POST, GET, or PUT.")
	f(OutputConfig{Address: "http://%{Hostname}/"}, "address: ")
	f(OutputConfig{Address: "http://a%{Hostname}/"}, "address: %{ may only stand behind the server")
	f(OutputConfig{Address: "http://a/%{Type"}, "address: \"%{Type\" has no closing }")
	f(OutputConfig{Address: "http://a/%{Type}", FlushCount: 2}, "flush_count must be 1")
	f(OutputConfig{Address: "http://a/", FlushCount: 2, Method: "GET"}, "flush_count: ")
	f(OutputConfig{Address: "http://a/", Username: "me", BearerToken: "x"}, "bearer_token: ")
	f(OutputConfig{Address: "http://a/", Headers: map[string][]string{"A": {"b\r\nC: d"}}}, "headers: header A has a line break")
}

func TestOutputUsesAProxy(t *testing.T) {
	proxy, asked := netconftest.Proxy(t, func(http.ResponseWriter, *http.Request) {})
	o := newTestOutput(t, "http://far.away.invalid/in", func(c *OutputConfig) { c.Proxy = proxy })
	var l feedtest.Ledger
	push(t, o, l.Messages("one"))
	if host := <-asked; host != "far.away.invalid" || l.Delivered() != 1 {
		t.Errorf("asked for %s, delivered %d", host, l.Delivered())
	}
}

// A server that does not answer a request, or a TLS handshake, is given up.
func TestOutputTimesOut(t *testing.T) {
	f := func(address string, change func(*OutputConfig)) {
		t.Helper()
		o := newTestOutput(t, address, change)
		if err := new(feedtest.Ledger).Messages("one").Send(t.Context(), o, true); err == nil {
			err = o.Flush(t.Context())
			if err == nil {
				t.Errorf("%s: no error", address)
			}
		}
	}
	mute := netconftest.Mute(t)
	f("http://"+mute, func(c *OutputConfig) { c.HTTPTimeout = 1 })
	f("https://"+mute, func(c *OutputConfig) { c.HTTPTimeout, c.ConnectTimeout = 0, 1 })
}

func TestRequestsAreCutByBytes(t *testing.T) {
	r := receive(t)
	o := newTestOutput(t, r.URL, func(c *OutputConfig) {
		c.FlushCount, c.FlushBytes, c.FlushInterval = 100, 1024, 70
	})
	long := strings.Repeat("x", 600)
	push(t, o, new(feedtest.Ledger).Messages(long, long, long))
	if n := len(r.bodies()); n < 2 || o.FlushInterval() != 70*time.Millisecond {
		t.Errorf("%d requests, flushed every %v", n, o.FlushInterval())
	}
}
