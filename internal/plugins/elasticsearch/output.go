package elasticsearch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/bulk"
	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// maxRedirects of requests to the same host are followed.
const maxRedirects = 5

// Output is the ElasticSearchOutput plugin.
type Output struct {
	*bulk.Output
	sender *httpSender
}

func newOutput(c *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	servers, err := c.servers()
	if err != nil {
		return nil, plugin.BadOption("server", "%w", err)
	}
	options := bulk.Options{Count: c.FlushCount, Bytes: c.FlushBytes, Interval: milliseconds(c.FlushInterval)}
	if servers[0].Scheme == "udp" {
		options.Bytes = min(options.Bytes, datagram)
		s := &udpSender{address: servers[0].Host, encode: env.Encode, timeout: milliseconds(c.ConnectTimeout)}
		return &udpOutput{bulk.New(options, env, s), s}, nil
	}
	s, err := newHTTPSender(c, env, servers)
	if err != nil {
		return nil, err
	}
	return &Output{bulk.New(options, env, s), s}, nil
}

// Close implements plugin.Closer.
func (o *Output) Close() error {
	defer o.sender.poster.Client.CloseIdleConnections()
	return o.Output.Close()
}

// Report implements plugin.Reporter.
func (o *Output) Report(r *plugin.Report) {
	o.Output.Report(r)
	r.Add("RetriedItems", o.sender.retried.Load(), "count")
}

// httpSender implements bulk.Sender.
type httpSender struct {
	encode  func([]byte, *plugin.Pack) ([]byte, error)
	poster  bulk.Poster
	servers []string // with /_bulk
	at      int      // the server in use

	retried atomic.Int64
}

func newHTTPSender(c *OutputConfig, env *plugin.Env, servers []*url.URL) (*httpSender, error) {
	tls, err := c.TLS.ClientConfig(env.Log)
	if err != nil {
		return nil, fmt.Errorf("TLS init error: %w", err)
	}
	settings := netconf.HTTPClient{
		ConnectTimeout: milliseconds(c.ConnectTimeout), Timeout: milliseconds(c.HTTPTimeout), TLS: tls, Proxy: c.Proxy,
		Fresh: c.HTTPDisableKeepalives, Redirects: maxRedirects, Posting: true,
	}
	client, err := settings.New()
	if err != nil {
		return nil, plugin.BadOption("proxy", "%w", err)
	}
	s := &httpSender{encode: env.Encode, poster: bulk.Poster{Client: client, Gzip: c.Gzip, Header: http.Header{
		"Accept": {"application/json"}, "Content-Type": {"application/x-ndjson"}}}}
	switch {
	case c.APIKey != "":
		s.poster.Header.Set("Authorization", "ApiKey "+c.APIKey)
	case c.BearerToken != "":
		s.poster.Header.Set("Authorization", "Bearer "+c.BearerToken)
	case c.Username != "" && c.Password != "":
		s.poster.Username, s.poster.Password = c.Username, c.Password
	}
	for _, u := range servers {
		s.servers = append(s.servers, u.JoinPath("_bulk").String())
	}
	return s, nil
}

// Encode implements bulk.Sender.
//
// hot: once per message.
func (s *httpSender) Encode(dst []byte, p *plugin.Pack, i *bulk.Item) ([]byte, error) {
	begin := len(dst)
	dst, err := s.encode(dst, p)
	if err != nil || len(dst) == begin {
		return dst, err
	}
	if dst[len(dst)-1] != '\n' {
		dst = append(dst, '\n')
	}
	i.Parts, err = entries(dst[begin:])
	return dst, err
}

// Send implements bulk.Sender.
func (s *httpSender) Send(ctx context.Context, r *bulk.Request) error {
	began := time.Now()
	answer, err := s.poster.Post(ctx, s.servers[s.at], r.Body())
	if err == nil {
		err = s.read(answer, r)
	} else {
		err = requestError(err, answer, time.Since(began))
	}
	if _, refused := plugin.RefusedReason(err); err != nil && !refused {
		s.at = (s.at + 1) % len(s.servers)
	}
	return err
}

// requestError is about a request without a complete answer.
func requestError(err error, answer *bulk.Answer, took time.Duration) error {
	var timeout interface{ Timeout() bool }
	switch {
	case answer != nil:
		return fmt.Errorf("Can't read HTTP response body. Status: %s. Error: %w", answer.Line, err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("HTTP request was interrupted after timeout. It lasted %s", took.Round(time.Millisecond))
	}
	return fmt.Errorf("HTTP request failed: %w", err)
}

// read gives the messages of r their verdicts.
func (s *httpSender) read(a *bulk.Answer, r *bulk.Request) error {
	switch {
	case a.Status == http.StatusBadRequest, a.Status == http.StatusRequestEntityTooLarge, a.Status == http.StatusUnprocessableEntity:
		return plugin.Refused("refused", fmt.Errorf("HTTP response error. Status: %s. Body: %s", a.Line, a.Text()))
	case a.Status >= 300:
		return bulk.Later(fmt.Errorf("HTTP response error. Status: %s%s. Body: %s", a.Line, a.Redirect(), a.Text()), a.Wait)
	}
	rep, err := parseReply(a.Body)
	if err != nil {
		return fmt.Errorf("HTTP response didn't contain valid JSON. Status: %s. Body: %s", a.Line, a.Text())
	}
	if !rep.errors {
		return nil
	}
	parts := 0
	for i := range r.Items {
		parts += r.Items[i].Parts
	}
	if len(rep.items) != parts {
		return fmt.Errorf("ElasticSearch server reported error within JSON for %d of %d entries. Status: %s. Body: %s",
			len(rep.items), parts, a.Line, a.Text())
	}
	at := 0
	for i := range r.Items {
		item := &r.Items[i]
		s.judge(item, rep.items[at:at+item.Parts])
		at += item.Parts
	}
	return nil
}

// judge gives a message the worst verdict of its entries.
func (s *httpSender) judge(item *bulk.Item, replies []itemReply) {
	var refusal *itemReply
	for i := range replies {
		rep := &replies[i]
		switch status := rep.status; {
		case status >= 500 || status == http.StatusTooManyRequests || status == 0 && rep.err != nil:
			s.retried.Add(1)
			item.Again(fmt.Errorf("can't index: status %d: %s", status, rep.cause()))
			return
		case status == http.StatusConflict && item.Attempts() > 1:
			// It came in before, but the answer got lost.
		case status >= 300 && rep.err == nil && status == http.StatusNotFound:
			// A deletion of what is not there.
		case status >= 300 || rep.err != nil:
			refusal = rep
		}
	}
	if refusal != nil {
		item.Refuse("refused", fmt.Errorf("can't index: status %d: %s", refusal.status, refusal.cause()))
	}
}
