package loki

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/hekad/heka/internal/bulk"
	"github.com/hekad/heka/internal/interpolate"
	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// Output is the LokiOutput plugin.
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
	}
	client, err := settings.New()
	if err != nil {
		return nil, plugin.BadOption("proxy", "%w", err)
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, plugin.BadOption("url", "it is no URL")
	}
	s := &sender{env: env, url: u.JoinPath("loki/api/v1/push").String(), keys: map[string]string{}, poster: bulk.Poster{
		Client: client, Gzip: c.Gzip, Username: c.Username, Password: c.Password,
		Header: http.Header{"Content-Type": {"application/json"}},
	}}
	if c.Tenant != "" {
		s.poster.Header.Set("X-Scope-OrgID", c.Tenant)
	}
	if c.BearerToken != "" {
		s.poster.Header.Set("Authorization", "Bearer "+c.BearerToken)
	}
	labels := c.Labels
	if len(labels) == 0 {
		labels = plugin.Pairs{{Key: "job", Value: "heka"}} // Loki takes no stream without a label
	}
	if s.labels, err = newSet("labels", labels); err != nil {
		return nil, err
	}
	if s.metadata, err = newSet("metadata", c.Metadata); err != nil {
		return nil, err
	}
	o := bulk.New(bulk.Options{Count: c.FlushCount, Bytes: c.FlushBytes, Interval: milliseconds(c.FlushInterval)}, env, s)
	return &Output{o, s}, nil
}

// Close implements plugin.Closer.
func (o *Output) Close() error {
	defer o.sender.poster.Client.CloseIdleConnections()
	return o.Output.Close()
}

// set makes a JSON object of names and templates.
type set []setEntry

type setEntry struct {
	name  []byte // as JSON, with its colon
	value *interpolate.Template
}

func newSet(option string, pairs plugin.Pairs) (set, error) {
	var s set
	for _, p := range pairs {
		t, err := interpolate.New(p.Value)
		if err != nil {
			return nil, plugin.BadOption(option, "%s: %w", p.Key, err)
		}
		s = append(s, setEntry{append(quoted(nil, []byte(p.Key)), ':'), t})
	}
	return s, nil
}

// append appends the object for m. What cannot be filled in, or is empty, is left
// out.
func (s set) append(dst []byte, m *message.Message, ns int64) []byte {
	dst = append(dst, '{')
	begin := len(dst)
	var text []byte
	for _, e := range s {
		var ok bool
		if text, ok = e.value.Append(text[:0], m, ns); !ok || len(text) == 0 {
			continue
		}
		if len(dst) > begin {
			dst = append(dst, ',')
		}
		dst = quoted(append(dst, e.name...), text)
	}
	return append(dst, '}')
}

// quoted appends text as JSON; what is no UTF-8 is replaced.
func quoted(dst, text []byte) []byte {
	b, _ := json.Marshal(string(text))
	return append(dst, b...)
}

// sender implements bulk.Sender.
type sender struct {
	env      *plugin.Env
	url      string
	poster   bulk.Poster
	labels   set
	metadata set

	keys map[string]string // label sets, so that messages share their text
	text []byte
	line []byte
}

// maxKeys bounds the label sets that are remembered.
const maxKeys = 10000

// Encode implements bulk.Sender: the entry of a message is
// ["1136239445000000000","text",{…}].
//
// hot: once per message.
func (s *sender) Encode(dst []byte, p *plugin.Pack, i *bulk.Item) ([]byte, error) {
	line, err := s.env.Encode(s.line[:0], p)
	if err != nil {
		return dst, err
	}
	s.line = line
	line = bytes.TrimRight(line, "\n")
	at := p.Message.Timestamp()
	if !p.Message.HasTimestamp() {
		at = time.Now().UnixNano()
	}
	s.text = s.labels.append(s.text[:0], &p.Message, at)
	if len(s.text) == len("{}") {
		return dst, plugin.Refused("no_labels", fmt.Errorf("the message has none of the labels"))
	}
	key, known := s.keys[string(s.text)]
	if !known {
		if len(s.keys) >= maxKeys {
			clear(s.keys)
		}
		key = string(s.text)
		s.keys[key] = key
	}
	i.Key, i.Time = key, at
	dst = strconv.AppendInt(append(dst, `["`...), at, 10)
	dst = quoted(append(dst, `",`...), line)
	if len(s.metadata) > 0 {
		dst = s.metadata.append(append(dst, ','), &p.Message, at)
	}
	return append(dst, ']'), nil
}

// Send implements bulk.Sender.
func (s *sender) Send(ctx context.Context, r *bulk.Request) error {
	answer, err := s.poster.Post(ctx, s.url, body(r))
	switch {
	case answer == nil:
		return fmt.Errorf("pushing to Loki: %w", err)
	case answer.Status/100 == 2:
		return nil
	case answer.Status == http.StatusBadRequest, answer.Status == http.StatusRequestEntityTooLarge, answer.Status == http.StatusUnprocessableEntity:
		return plugin.Refused("refused", answer.Failure("Loki refuses:"))
	}
	return answer.Failure("pushing to Loki:")
}

// body puts the entries together by their streams.
func body(r *bulk.Request) []byte {
	streams := map[string][]*bulk.Item{}
	var order []string
	for i := range r.Items {
		item := &r.Items[i]
		if _, known := streams[item.Key]; !known {
			order = append(order, item.Key)
		}
		streams[item.Key] = append(streams[item.Key], item)
	}
	b := make([]byte, 0, len(r.Body())+len(order)*64+len(r.Items)+32)
	b = append(b, `{"streams":[`...)
	for n, key := range order {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, `{"stream":`...), key...), `,"values":[`...)
		items := streams[key]
		slices.SortStableFunc(items, func(x, y *bulk.Item) int { return cmp.Compare(x.Time, y.Time) })
		for n, item := range items {
			if n > 0 {
				b = append(b, ',')
			}
			b = append(b, r.Bytes(item)...)
		}
		b = append(b, `]}`...)
	}
	return append(b, `]}`...)
}
