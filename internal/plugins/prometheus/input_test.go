package prometheus

import (
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// feed keeps the messages that the input makes.
type feed struct {
	feedtest.Feed
	mu  sync.Mutex // guards got
	got []*message.Message
}

// Open implements plugin.Feed.
func (f *feed) Open(o plugin.StreamOptions) (plugin.Stream, error) {
	s, err := f.Feed.Open(o)
	return &stream{s, f}, err
}

type stream struct {
	plugin.Stream
	feed *feed
}

// Deliver implements plugin.Stream.
func (s *stream) Deliver(p *plugin.Pack, done func()) {
	s.feed.mu.Lock()
	s.feed.got = append(s.feed.got, p.Message.Clone())
	s.feed.mu.Unlock()
	s.Stream.Deliver(p, done)
}

// lines returns the samples as name{labels} value kind, without those that differ
// from run to run.
func (f *feed) lines() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, m := range f.got {
		name, value, ok := scraped(m)
		if !ok || name == "scrape_duration_seconds" {
			continue
		}
		var labels []string
		kind := ""
		for i := range m.NumFields() {
			s, _ := m.Field(i).Text(0)
			if l, ok := strings.CutPrefix(m.Field(i).Name(), labelPrefix); ok && !strings.HasPrefix(s, "127.0.0.1") {
				labels = append(labels, l+"="+s)
			} else if m.Field(i).Name() == "kind" {
				kind = " " + s
			}
		}
		all = append(all, fmt.Sprintf("%s{%s} %g%s", name, strings.Join(labels, ","), value, kind))
	}
	return all
}

// running is an input at work.
type running struct {
	*Input
	feed *feed
	log  *feedtest.Log
	stop func()
}

func start(t *testing.T, once bool, change func(*InputConfig), urls ...string) *running {
	t.Helper()
	env, log := feedtest.Env(t, "prom")
	in := feedtest.Build[*Input](t, Plugins(), "PrometheusInput", env, func(c *InputConfig) { c.URLs = urls }, change)
	f := &feed{Feed: feedtest.Feed{RunOnce: once, Ticks: make(chan time.Time)}}
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{Input: in, feed: f, log: log}
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx, f) }()
	if once {
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		cancel()
		return r
	}
	r.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ended <- nil
	}
	t.Cleanup(r.stop)
	return r
}

const metrics = `# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{method="post",job="own"} 1027 1395066363000
# TYPE rpc_seconds summary
rpc_seconds{quantile="0.5"} 4773
rpc_seconds_sum 1.7560473e+07
1bad line
plain -Inf
`

func TestSamplesBecomeMessages(t *testing.T) {
	var got http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprint(z, metrics)
		z.Close()
	}))
	defer server.Close()
	r := start(t, true, func(c *InputConfig) {
		c.Labels = map[string]string{"job": "node", "zone": "a"}
		c.Headers = map[string]string{"X-Scope": "x"}
		c.Username, c.Password = "me", "secret"
	}, server.URL+"/metrics")
	want := []string{"http_requests_total{method=post,job=own,zone=a} 1027 counter", "rpc_seconds{quantile=0.5,job=node,zone=a} 4773 summary",
		"rpc_seconds_sum{job=node,zone=a} 1.7560473e+07 summary", "plain{job=node,zone=a} -Inf",
		"up{job=node,zone=a} 1 gauge", "scrape_samples_scraped{job=node,zone=a} 4 gauge"}
	if lines := r.feed.lines(); !slices.Equal(lines, want) {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
	m := r.feed.got[0]
	if m.Timestamp() != 1395066363000*1e6 || m.Type() != "heka.prometheus" || m.Logger() != server.URL+"/metrics" || m.Hostname() != "this.host" {
		t.Errorf("message %+v", m)
	}
	if i := m.FindField("labels.instance", 0); i == nil || !strings.HasPrefix(server.URL, "http://"+text(i)) {
		t.Errorf("instance %v", i)
	}
	if u, p, ok := (&http.Request{Header: got}).BasicAuth(); !ok || u != "me" || p != "secret" || got.Get("X-Scope") != "x" {
		t.Errorf("headers %v", got)
	}
	if c := feedtest.Counters(r); c["Samples"] != int64(7) || c["BadLines"] != int64(1) || c["FailedScrapes"] != int64(0) {
		t.Errorf("report %v", c)
	}
}

func TestFailuresAreToldByUp(t *testing.T) {
	f := func(log string, answer http.HandlerFunc, change func(*InputConfig)) {
		t.Helper()
		server := httptest.NewServer(answer)
		r := start(t, true, change, strings.Replace(server.URL, "//", "//me:hidden@", 1))
		server.Close()
		if lines := r.feed.lines(); !slices.Contains(lines, "up{} 0 gauge") {
			t.Errorf("got %q", lines)
		}
		if text := r.log.String(); !strings.Contains(text, log) || strings.Contains(text, "hidden") {
			t.Errorf("log %s", text)
		}
	}
	f("the answer is 500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, nil)
	f("longer than max_body_size", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("a 1\n", 100)) },
		func(c *InputConfig) { c.MaxBodySize = 100 })
	f("token too long", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("a", 2*maxLine)) }, nil)
	f("unpacking", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		fmt.Fprint(w, "plain")
	}, nil)
	f("EOF", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil)
	stuck := make(chan struct{})
	f("Timeout", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stuck:
		case <-r.Context().Done():
		}
	}, func(c *InputConfig) { c.Timeout = 20 * time.Millisecond })
	close(stuck)
}

func TestASlowTargetMissesItsTurnsAlone(t *testing.T) {
	stuck, asked := make(chan struct{}), make(chan struct{}, 10)
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-stuck:
		case <-r.Context().Done():
		}
	}))
	defer slow.Close()
	defer close(stuck)
	fast := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openmetrics-text; version=1.0.0")
		fmt.Fprint(w, "a 1 1.5\n# EOF\nb 1\n")
	}))
	defer fast.Close()
	r := start(t, false, nil, slow.URL, fast.URL)
	for i := range 5 {
		r.feed.Ticks <- time.Now()
		if i == 0 {
			<-asked
		}
		r.feed.Until(t, func() bool { return strings.Count(strings.Join(r.feed.lines(), "\n"), "up{} 1") == i+1 })
	}
	r.stop()
	c := feedtest.Counters(r)
	if c["MissedScrapes"] != int64(3) || c["FailedScrapes"] != int64(0) {
		t.Errorf("report %v", c)
	}
	if lines := r.feed.lines(); slices.Contains(lines, "b{} 1") || strings.Contains(strings.Join(lines, "\n"), "up{} 0") {
		t.Errorf("got %q", lines)
	}
}

func TestInputOptionsAreChecked(t *testing.T) {
	f := func(c InputConfig, want string) {
		t.Helper()
		err := c.Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f(InputConfig{URLs: []string{"https://h:9100/metrics"}}, "")
	f(InputConfig{URLs: []string{"localhost:9100"}}, "urls is no http or https URL")
	f(InputConfig{Labels: map[string]string{"a-b": "c"}}, `"a-b" is no name for a label`)
	f(InputConfig{accessConfig: accessConfig{BearerToken: "t", Username: "u"}}, "exclude one another")
}

func TestMessagesHaveTheTypeOfTheOption(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, metrics) }))
	defer server.Close()
	r := start(t, true, func(c *InputConfig) { c.MessageType = "sample" }, server.URL)
	r.feed.lines()
	for _, m := range r.feed.got {
		if m.Type() != "sample" {
			t.Errorf("message %+v", m)
		}
	}
	if len(r.feed.got) == 0 {
		t.Error("no messages")
	}
}
