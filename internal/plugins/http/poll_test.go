package http

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// poll runs an input with the given URLs; each value on the channel is a tick.
func poll(t *testing.T, feed *feedtest.Feed, change func(*InputConfig), urls ...string) (ticks chan time.Time, log *feedtest.Log) {
	t.Helper()
	env, log := feedtest.Env(t, "poller")
	in := feedtest.Build[plugin.Input](t, Plugins(), "HttpInput", env, func(c *InputConfig) { c.URLs = urls }, change)
	feed.Ticks = make(chan time.Time)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- in.Run(ctx, feed) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil || feed.OpenStreams() != 0 {
				t.Errorf("ended with %v and %d open streams", err, feed.OpenStreams())
			}
		case <-time.After(feedtest.Patience):
			t.Error("the input does not end")
		}
	})
	return feed.Ticks, log
}

func serve(t *testing.T, f http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s.URL
}

func TestAnswersBecomeMessages(t *testing.T) {
	requests := make(chan *http.Request, 10)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(b))
		requests <- r
		switch r.URL.Path {
		case "/ok":
			io.WriteString(w, "fine")
		case "/away":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/chunked":
			w.WriteHeader(201)
			w.(http.Flusher).Flush()
			io.WriteString(w, "created")
		case "/empty":
		default:
			http.Error(w, "no such thing", 404)
		}
	})
	feed := new(feedtest.Feed)
	ticks, _ := poll(t, feed, func(c *InputConfig) {
		c.Method, c.Body, c.Username, c.Password = "POST", "question", "me", "s3cret"
		c.Headers = plugin.Pairs{{Key: "X-One", Value: "1"}, {Key: "host", Value: "other.host"}}
		c.Concurrency = 1
	}, url+"/ok", url+"/missing", url+"/chunked", url+"/empty")
	if len(feed.Records()) != 0 {
		t.Error("asked before the first tick")
	}
	ticks <- time.Now()
	feed.WaitFor(t, 3)
	for range 4 {
		r := <-requests
		b, _ := io.ReadAll(r.Body)
		name, password, _ := r.BasicAuth()
		if r.Method != "POST" || string(b) != "question" || name != "me" || password != "s3cret" ||
			r.Header.Get("X-One") != "1" || r.UserAgent() != "Heka" || r.Host != "other.host" {
			t.Errorf("request %+v with body %q", r, b)
		}
	}
	for i, want := range []struct {
		path, payload, code, status, size string
		severity                          int32
	}{{"/ok", "fine", "200", "200 OK", "4", 6}, {"/missing", "no such thing\n", "404", "404 Not Found", "14", 1}, {"/chunked", "created", "201", "201 Created", "0", 1}} {
		m := feed.Messages()[i]
		if m.Type() != "heka.httpinput.data" || m.Logger() != url+want.path || m.Hostname() != "this.host" || m.Severity() != want.severity ||
			m.Payload() != want.payload || field(m, "StatusCode") != want.code || field(m, "Status") != want.status ||
			field(m, "ResponseSize") != want.size || field(m, "Protocol") != "HTTP/1.1" || m.FindField("ResponseTime", 0).Representation() != "s" {
			t.Errorf("message %v", m)
		}
		if feed.Records()[i].Token != []string{"0", "1", "2"}[i] {
			t.Errorf("token %q", feed.Records()[i].Token)
		}
	}

	again := new(feedtest.Feed)
	ticks, _ = poll(t, again, nil, url+"/away")
	for i := range 2 {
		ticks <- time.Now()
		if got := again.WaitFor(t, i+1)[i]; got.Payload != "fine" || got.Logger != url+"/away" {
			t.Errorf("redirected: %+v", got)
		}
	}
}

func TestFailuresBecomeMessages(t *testing.T) {
	loop := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) })
	reset := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	stuck := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	garbage, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer garbage.Close()
	go func() {
		for {
			conn, err := garbage.Accept()
			if err != nil {
				return
			}
			conn.Read(make([]byte, 4096))
			io.WriteString(conn, "no HTTP at all\r\n\r\n")
			conn.Close()
		}
	}()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	f := func(url, want string) {
		t.Helper()
		feed := new(feedtest.Feed)
		ticks, log := poll(t, feed, func(c *InputConfig) {
			if url == stuck {
				c.Timeout = 300 * time.Millisecond
			}
		}, url)
		ticks <- time.Now()
		feed.WaitFor(t, 1)
		m := feed.Messages()[0]
		if m.Type() != "heka.httpinput.error" || m.Logger() != url || m.Severity() != 1 || m.NumFields() != 0 ||
			m.Hostname() != "" || !strings.Contains(m.Payload(), want) {
			t.Errorf("%s: %v, want %s", url, m, want)
		}
		if strings.Contains(m.Payload()+log.String(), "s3cret") {
			t.Errorf("a password is told: %s, %s", m.Payload(), log)
		}
	}
	f("http://me:s3cret@"+netconftest.Address(t), "connection refused")
	f(loop, "too many redirects")
	f(reset, "EOF")
	f(stuck, "Client.Timeout exceeded")
	f("http://"+garbage.Addr().String(), "malformed HTTP")
	f(strings.Replace(loop, "http:", "https:", 1), "server gave HTTP response to HTTPS client")
	f(secure.URL, "certificate")
}

func TestAnAnswerMustComeBeforeTheNextTick(t *testing.T) {
	asked := make(chan string, 10)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		if r.URL.Path == "/stuck" {
			<-r.Context().Done()
			return
		}
		io.WriteString(w, "alive")
	})
	feed := new(feedtest.Feed)
	ticks, _ := poll(t, feed, nil, url+"/stuck", url+"/alive")
	ticks <- time.Now()
	feed.WaitFor(t, 1) // the other one is not held up
	<-asked
	<-asked
	ticks <- time.Now()
	got := feed.WaitFor(t, 3)
	if got[0].Payload != "alive" || !slices.ContainsFunc(got, func(r feedtest.Record) bool {
		return r.Type == "heka.httpinput.error" && strings.HasSuffix(r.Payload, "no answer before the next request was due")
	}) {
		t.Errorf("got %+v", got)
	}
}

func TestBodiesThatDoNotEnd(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/half" {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "half")
			return
		}
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("x", 4096)); err != nil {
				return
			}
		}
	})
	env, log := feedtest.Env(t, "poller")
	built, err := newInput(&InputConfig{Method: "GET", URLs: []string{url + "/endless", url + "/half"}, MaxBodySize: 1 << 20, Concurrency: 2}, env)
	must(t, err)
	feed := &feedtest.Feed{RunOnce: true}
	must(t, built.Run(t.Context(), feed))
	if !strings.Contains(log.String(), errTooLarge.Error()) || !strings.Contains(log.String(), "unexpected EOF") {
		t.Errorf("log: %s", log)
	}
	for _, r := range feed.Records() {
		if r.Type == "heka.httpinput.data" {
			t.Errorf("half a body is a record: %d bytes", len(r.Payload))
		}
	}
}

func TestPollingOnce(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "once") })
	feed := &feedtest.Feed{RunOnce: true}
	poll(t, feed, nil, url)
	if got := feed.WaitFor(t, 1); got[0].Payload != "once" {
		t.Errorf("got %+v", got)
	}
}

func TestPollingOverTLS(t *testing.T) {
	certFile, keyFile := netconftest.Certificate(t, t.TempDir(), "server", 1)
	l := listen(t, new(feedtest.Feed), func(c *ListenConfig) {
		c.UseTLS, c.TLS.CertFile, c.TLS.KeyFile = true, certFile, keyFile
		c.Headers = map[string][]string{"X-A": {"b"}}
	})
	feed := new(feedtest.Feed)
	ticks, _ := poll(t, feed, func(c *InputConfig) { c.TLS.RootCAFile, c.Method, c.Body = certFile, "POST", "hello" },
		strings.Replace(l.url, "http:", "https:", 1))
	ticks <- time.Now()
	if got := l.feed.WaitFor(t, 1)[0]; got.Payload != "hello" {
		t.Errorf("got %+v", got)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	f := func(c interface{ Check() error }, want string) {
		t.Helper()
		err := c.Check()
		if err == nil {
			err = errors.New("")
		}
		if !strings.Contains(err.Error(), want) || want == "" && err.Error() != "" || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f(&InputConfig{Method: "GET"}, "url: Url or Urls must contain at least one URL")
	f(&InputConfig{Method: "GET", URL: "http://a/"}, "")
	f(&InputConfig{Method: "GET", URL: "://me:s3cret@a", URLs: []string{"http://a"}}, "")
	f(&InputConfig{Method: "GET", URL: "a.html"}, "url: it must be an absolute http or https URL")
	f(&InputConfig{Method: "GET", URLs: []string{"http://a", "http://me:s3cret@a:b"}}, "urls: ")
	f(&InputConfig{Method: "G T", URL: "http://a"}, "method: ")
	f(&InputConfig{Method: "GET", URL: "http://a", Headers: plugin.Pairs{{Key: "a", Value: "b\nc"}}}, "headers: header a has a line break")
	f(&ListenConfig{Address: "here"}, `address: address is "here"; it must be host:port`)
	f(&ListenConfig{Address: ":1", Headers: map[string][]string{"a b": nil}}, `headers: "a b" is no name of a header`)
	f(&ListenConfig{Address: "fd:3"}, "")
}

func TestSeveritiesAreThoseOfTheOptions(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			w.WriteHeader(500)
		}
		io.WriteString(w, r.URL.Path)
	})
	feed := new(feedtest.Feed)
	ticks, _ := poll(t, feed, func(c *InputConfig) { c.SuccessSeverity, c.ErrorSeverity, c.Concurrency = 5, 2, 1 }, url+"/good", url+"/bad")
	ticks <- time.Now()
	feed.WaitFor(t, 2)
	for i, want := range []int32{5, 2} {
		if m := feed.Messages()[i]; m.Severity() != want {
			t.Errorf("%s has the severity %d", m.Payload(), m.Severity())
		}
	}
}
