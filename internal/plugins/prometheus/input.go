package prometheus

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// connectTimeout bounds the connection to a server.
const connectTimeout = 10 * time.Second

// Input is the PrometheusInput plugin.
type Input struct {
	config *InputConfig
	env    *plugin.Env
	client *http.Client
	labels []label

	scrapes, failures, missed, samples, bad atomic.Int64
}

func newInput(c *InputConfig, env *plugin.Env) (plugin.Input, error) {
	client, err := c.client(env)
	if err != nil {
		return nil, err
	}
	in := &Input{config: c, env: env, client: client}
	for _, name := range slices.Sorted(maps.Keys(c.Labels)) {
		in.labels = append(in.labels, label{name, c.Labels[name]})
	}
	return in, nil
}

// client makes the client for requests.
func (c *accessConfig) client(env *plugin.Env) (*http.Client, error) {
	tls, err := c.TLS.ClientConfig(env.Log)
	if err != nil {
		return nil, err
	}
	h := netconf.HTTPClient{ConnectTimeout: connectTimeout, Timeout: c.Timeout, TLS: tls}
	return h.New()
}

// authorize adds what the server wants to see.
func (c *accessConfig) authorize(r *http.Request) {
	for name, value := range c.Headers {
		r.Header.Set(name, value)
	}
	switch {
	case c.BearerToken != "":
		r.Header.Set("Authorization", "Bearer "+c.BearerToken)
	case c.Username != "":
		r.SetBasicAuth(c.Username, c.Password)
	}
}

// Run scrapes all targets at each tick. A target that is not done yet misses it.
func (in *Input) Run(ctx context.Context, feed plugin.Feed) error {
	defer in.client.CloseIdleConnections()
	var working sync.WaitGroup
	defer working.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var due []chan time.Time
	defer func() {
		for _, turns := range due {
			close(turns)
		}
	}()
	for i, u := range in.config.URLs {
		t, err := in.newTarget(feed, i, u)
		if err != nil {
			return err
		}
		turns := make(chan time.Time, 1)
		due = append(due, turns)
		working.Go(func() {
			defer t.stream.Close()
			for now := range turns {
				if ctx.Err() == nil {
					t.scrape(ctx, now)
				}
			}
		})
	}
	if feed.Once() {
		for _, turns := range due {
			turns <- time.Now()
			close(turns)
		}
		due = nil
		working.Wait()
		return nil
	}
	for {
		select {
		case now := <-feed.Tick():
			for _, turns := range due {
				select {
				case turns <- now:
				default:
					in.missed.Add(1)
				}
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// newTarget opens a stream for a target.
func (in *Input) newTarget(feed plugin.Feed, i int, address string) (*target, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	t := &target{in: in, url: address, shown: u.Redacted(), labels: slices.Clone(in.labels)}
	if !slices.ContainsFunc(t.labels, func(l label) bool { return l.name == "instance" }) {
		t.labels = append(t.labels, label{"instance", u.Host})
	}
	t.stream, err = feed.Open(plugin.StreamOptions{Token: strconv.Itoa(i), Logger: t.shown})
	return t, err
}

// Report implements plugin.Reporter.
func (in *Input) Report(r *plugin.Report) {
	r.Add("Scrapes", in.scrapes.Load(), "count")
	r.Add("FailedScrapes", in.failures.Load(), "count")
	r.Add("MissedScrapes", in.missed.Load(), "count")
	r.Add("Samples", in.samples.Load(), "count")
	r.Add("BadLines", in.bad.Load(), "count")
}
