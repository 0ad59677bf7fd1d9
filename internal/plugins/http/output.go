package http

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hekad/heka/internal/bulk"
	"github.com/hekad/heka/internal/interpolate"
	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// Output is the HttpOutput plugin.
type Output struct {
	*bulk.Output
	sender *sender
}

func newOutput(c *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	tls, err := c.TLS.ClientConfig(env.Log)
	if err != nil {
		return nil, fmt.Errorf("TLS init error: %w", err)
	}
	settings := netconf.HTTPClient{
		ConnectTimeout: milliseconds(c.ConnectTimeout), Timeout: milliseconds(c.HTTPTimeout), TLS: tls, Proxy: c.Proxy,
		Redirects: maxRedirects, Posting: true,
	}
	client, err := settings.New()
	if err != nil {
		return nil, plugin.BadOption("proxy", "%w", err)
	}
	s := &sender{
		encode: env.Encode, joiner: c.Joiner, prefix: c.Prefix, suffix: c.Suffix,
		poster: bulk.Poster{Client: client, Method: strings.ToUpper(c.Method), Gzip: c.Gzip,
			Header: http.Header{}, Username: c.Username, Password: c.Password},
	}
	if s.address, s.template, err = c.target(); err != nil {
		return nil, err
	}
	for name, values := range c.Headers {
		if strings.EqualFold(name, "Host") && len(values) > 0 {
			s.poster.Host = values[0]
			continue
		}
		s.poster.Header[name] = values // with the spelling given
	}
	if c.BearerToken != "" {
		s.poster.Header.Set("Authorization", "Bearer "+c.BearerToken)
	}
	o := bulk.New(bulk.Options{Count: c.FlushCount, Bytes: c.FlushBytes, Interval: milliseconds(c.FlushInterval)}, env, s)
	return &Output{o, s}, nil
}

func milliseconds(n uint32) time.Duration { return time.Duration(n) * time.Millisecond }

// Close implements plugin.Closer.
func (o *Output) Close() error {
	defer o.sender.poster.Client.CloseIdleConnections()
	return o.Output.Close()
}

// sender implements bulk.Sender.
type sender struct {
	encode                 func([]byte, *plugin.Pack) ([]byte, error)
	poster                 bulk.Poster
	address                string
	template               *interpolate.Template // behind the address; nil: none
	joiner, prefix, suffix string
	text                   []byte
}

// Encode implements bulk.Sender.
//
// hot: once per message.
func (s *sender) Encode(dst []byte, p *plugin.Pack, i *bulk.Item) ([]byte, error) {
	dst, err := s.encode(dst, p)
	if err != nil {
		return dst, err
	}
	i.Key = s.address
	if s.template != nil {
		at := time.Now().UnixNano()
		if p.Message.HasTimestamp() {
			at = p.Message.Timestamp()
		}
		s.text, _ = s.template.Append(append(s.text[:0], s.address...), &p.Message, at)
		i.Key = string(s.text)
	}
	return append(dst, s.joiner...), nil
}

// Send implements bulk.Sender.
func (s *sender) Send(ctx context.Context, r *bulk.Request) error {
	answer, err := s.poster.Post(ctx, r.Items[0].Key, s.body(r))
	if answer == nil {
		return fmt.Errorf("Error making HTTP request: %w", err)
	}
	switch {
	case answer.Status < 300 || answer.Status == http.StatusNotModified:
		// What the server adds does not matter, also if it does not end well.
		return nil
	case answer.Status < 400 || answer.Temporary():
		return answer.Failure(failure(answer))
	}
	return plugin.Refused("refused", answer.Failure(failure(answer)))
}

func failure(a *bulk.Answer) string { return fmt.Sprintf("HTTP Error code returned: %d", a.Status) }

// body puts the parts of a body together; nil is none.
func (s *sender) body(r *bulk.Request) []byte {
	if s.poster.Method == http.MethodGet {
		return nil
	}
	b := r.Body()
	b = b[:len(b)-len(s.joiner)]
	if s.prefix == "" && s.suffix == "" {
		return b
	}
	whole := make([]byte, 0, len(s.prefix)+len(b)+len(s.suffix))
	return append(append(append(whole, s.prefix...), b...), s.suffix...)
}
