package http

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

const (
	// connectTimeout bounds the connection to a server.
	connectTimeout = 10 * time.Second
	// maxRedirects are followed.
	maxRedirects = 10
)

var errSuperseded = errors.New("no answer before the next request was due")

// Input is the HttpInput plugin.
type Input struct {
	config *InputConfig
	env    *plugin.Env
	client *http.Client

	requests, failures atomic.Int64
}

func newInput(c *InputConfig, env *plugin.Env) (plugin.Input, error) {
	tls, err := c.TLS.ClientConfig(env.Log)
	if err != nil {
		return nil, err
	}
	settings := netconf.HTTPClient{
		ConnectTimeout: connectTimeout, Timeout: c.Timeout, TLS: tls, Redirects: maxRedirects,
	}
	client, err := settings.New()
	if err != nil {
		return nil, err
	}
	return &Input{config: c, env: env, client: client}, nil
}

// Run asks for all URLs at every tick until ctx is done. Requests of the tick
// before that have not ended are given up.
func (in *Input) Run(ctx context.Context, feed plugin.Feed) error {
	defer in.client.CloseIdleConnections()
	var sources []*source
	for i, u := range in.config.urls() {
		s := &source{input: in, url: u}
		var err error
		s.stream, err = feed.Open(plugin.StreamOptions{Token: strconv.Itoa(i), Logger: u, Decorate: s.decorate})
		if err != nil {
			return err
		}
		defer s.stream.Close()
		sources = append(sources, s)
	}
	if feed.Once() {
		in.round(ctx, sources)
		return nil
	}
	stop := func() {}
	for {
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-feed.Tick():
		}
		stop()
		inner, cancel := context.WithCancelCause(ctx)
		ended := make(chan struct{})
		stop = func() { cancel(errSuperseded); <-ended }
		go func() {
			defer close(ended)
			in.round(inner, sources)
		}()
	}
}

// round asks for every URL once, some at a time.
func (in *Input) round(ctx context.Context, sources []*source) {
	places := make(chan struct{}, in.config.Concurrency)
	var all sync.WaitGroup
	defer all.Wait()
	for _, s := range sources {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			s.fetch(ctx)
		})
	}
}

// source is one URL.
type source struct {
	input  *Input
	url    string
	stream plugin.Stream

	// The answer at hand.
	answer *http.Response
	took   time.Duration
}

// fetch asks for the URL and hands the answer in.
func (s *source) fetch(ctx context.Context) {
	in := s.input
	in.requests.Add(1)
	req, err := s.request(ctx)
	began := time.Now()
	if err == nil {
		s.answer, err = in.client.Do(req)
	}
	if err != nil {
		in.failures.Add(1)
		switch cause := context.Cause(ctx); {
		case cause == nil:
			s.fail(err)
		case errors.Is(cause, errSuperseded):
			s.fail(fmt.Errorf("%s %q: %w", in.config.Method, redacted(s.url), cause))
		}
		return
	}
	s.took = time.Since(began)
	defer s.answer.Body.Close()
	if err := s.stream.SplitAll(&answerBody{Response: s.answer, limit: in.config.MaxBodySize}); err != nil {
		in.failures.Add(1)
		in.env.Log.Error("fetching " + redacted(s.url) + " response input: " + err.Error())
	}
}

func (s *source) request(ctx context.Context) (*http.Request, error) {
	c := s.input.config
	req, err := http.NewRequestWithContext(ctx, c.Method, s.url, strings.NewReader(c.Body))
	if err != nil {
		return nil, err
	}
	if c.Username != "" {
		req.SetBasicAuth(c.Username, c.Password)
	}
	for _, h := range c.Headers {
		if strings.EqualFold(h.Key, "Host") {
			req.Host = h.Value
			continue
		}
		req.Header.Set(h.Key, h.Value)
	}
	if _, given := req.Header["User-Agent"]; !given {
		req.Header.Set("User-Agent", "Heka")
	}
	return req, nil
}

// decorate adds the input's headers and fields to a message.
func (s *source) decorate(p *plugin.Pack) {
	m, a, c := &p.Message, s.answer, s.input.config
	m.SetType("heka.httpinput.data")
	m.SetHostname(s.input.env.Hostname)
	m.SetSeverity(c.ErrorSeverity)
	if a.StatusCode == http.StatusOK {
		m.SetSeverity(c.SuccessSeverity)
	}
	m.AddInteger("StatusCode", int64(a.StatusCode), "")
	m.AddString("Status", a.Status)
	m.AddInteger("ResponseSize", max(a.ContentLength, 0), "B")
	m.AddDouble("ResponseTime", s.took.Seconds(), "s")
	m.AddString("Protocol", a.Proto)
}

// fail delivers a message about a request without an answer.
func (s *source) fail(err error) {
	p := s.stream.Pack()
	p.Message.SetType("heka.httpinput.error")
	p.Message.SetSeverity(s.input.config.ErrorSeverity)
	p.Message.SetPayload(err.Error())
	s.stream.Deliver(p, nil)
	s.stream.Flush()
}

// Report implements plugin.Reporter.
func (in *Input) Report(r *plugin.Report) {
	r.Add("Requests", in.requests.Load(), "count")
	r.Add("FailedRequests", in.failures.Load(), "count")
}

// redacted is a URL without its password.
func redacted(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "a URL"
	}
	return u.Redacted()
}

// answerBody is the body of an answer, with a limit.
type answerBody struct {
	*http.Response
	read, limit int64
}

// Read implements io.Reader.
func (a *answerBody) Read(p []byte) (int, error) {
	n, err := a.Body.Read(p)
	a.read += int64(n)
	if a.limit > 0 && a.read > a.limit {
		return 0, errTooLarge
	}
	return n, err
}

// Len is how many bytes the answer says are still to come.
func (a *answerBody) Len() int { return int(max(a.ContentLength-a.read, 0)) }
