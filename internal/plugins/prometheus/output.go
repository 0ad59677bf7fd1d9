package prometheus

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/s2"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// shownAnswer is how much of a server's refusal is logged.
const shownAnswer = 500

// Output is the PrometheusRemoteWriteOutput plugin. A batch is one request.
type Output struct {
	config *OutputConfig
	client *http.Client
	gather *gatherer
	plain  []byte
	packed []byte

	sent, requests, refused atomic.Int64
}

func newOutput(c *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	client, err := c.client(env)
	if err != nil {
		return nil, err
	}
	return &Output{config: c, client: client, gather: newGatherer(c)}, nil
}

// SendBatch implements plugin.BatchOutput.
func (o *Output) SendBatch(ctx context.Context, b *plugin.Batch) error {
	packs := b.Packs[b.Done:]
	var with []*plugin.Pack // those that have samples
	o.gather.reset()
	for _, p := range packs {
		if o.gather.add(&p.Message) > 0 {
			with = append(with, p)
		}
	}
	err := o.send(ctx)
	reason, refused := plugin.RefusedReason(err)
	if !refused {
		return err
	}
	for _, p := range with {
		b.Drop(p, reason, err)
	}
	return nil
}

// Send implements plugin.Output.
func (o *Output) Send(ctx context.Context, p *plugin.Pack) error {
	o.gather.reset()
	o.gather.add(&p.Message)
	return o.send(ctx)
}

// send sends what was gathered.
func (o *Output) send(ctx context.Context) error {
	points := o.gather.points
	if points == 0 {
		return nil
	}
	o.plain = appendRequest(o.plain[:0], o.gather.all)
	o.packed = s2.EncodeSnappy(o.packed[:cap(o.packed)], o.plain)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.config.URL, nil)
	if err != nil {
		return err
	}
	var body netconf.Body
	body.Attach(r, o.packed)
	defer body.Release()
	r.Header.Set("Content-Encoding", "snappy")
	r.Header.Set("Content-Type", "application/x-protobuf")
	r.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	o.config.authorize(r)
	answer, err := o.client.Do(r)
	if err != nil {
		return fmt.Errorf("remote write: %w", withoutURL(err))
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, shownAnswer))
	o.requests.Add(1)
	if answer.StatusCode/100 == 2 {
		o.sent.Add(int64(points))
		return nil
	}
	err = fmt.Errorf("remote write: the answer is %s: %q", answer.Status, strings.TrimSpace(string(text)))
	switch answer.StatusCode {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		o.refused.Add(int64(points))
		return plugin.Refused("refused", err)
	}
	return err
}

// Close implements plugin.Closer.
func (o *Output) Close() error {
	o.client.CloseIdleConnections()
	return nil
}

// Report implements plugin.Reporter.
func (o *Output) Report(r *plugin.Report) {
	r.Add("SentSamples", o.sent.Load(), "count")
	r.Add("RefusedSamples", o.refused.Load(), "count")
	r.Add("Requests", o.requests.Load(), "count")
}
