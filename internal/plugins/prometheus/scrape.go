package prometheus

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

const (
	accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.9,*/*;q=0.1"
	// maxLine bounds one line; maxFamilies how many families' kinds are kept.
	maxLine, maxFamilies = 1 << 20, 1 << 16
	// labelPrefix begins the names of fields that are labels.
	labelPrefix = "labels."
)

var errTooLong = errors.New("the answer is longer than max_body_size")

// target is one URL with its stream.
type target struct {
	in         *Input
	url, shown string
	labels     []label
	stream     plugin.Stream

	parser textParser
	kinds  map[string]string // of families, in the scrape at hand
}

// scrape asks the target once and hands its samples in.
func (t *target) scrape(ctx context.Context, now time.Time) {
	t.in.scrapes.Add(1)
	began := time.Now()
	samples, err := t.fetch(ctx, now)
	if ctx.Err() != nil {
		t.stream.Flush()
		return // a scrape that was cut short says nothing about the target
	}
	up := 1.0
	if err != nil {
		up = 0
		t.in.failures.Add(1)
		t.in.env.Log.Error(fmt.Sprintf("scraping %s: %v", t.shown, withoutURL(err)))
	}
	t.own("up", up, now)
	t.own("scrape_duration_seconds", time.Since(began).Seconds(), now)
	t.own("scrape_samples_scraped", float64(samples), now)
	t.stream.Flush()
}

// withoutURL is an error of the client without the URL, which may hold a password.
func withoutURL(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// fetch makes the request and reads the answer.
func (t *target) fetch(ctx context.Context, now time.Time) (samples int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Accept", accept)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", strconv.FormatFloat(t.in.config.Timeout.Seconds(), 'g', -1, 64))
	t.in.config.authorize(r)
	answer, err := t.in.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the answer is %s", answer.Status)
	}
	body := io.Reader(answer.Body)
	if answer.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			return 0, fmt.Errorf("unpacking the answer: %w", err)
		}
	}
	t.parser.openMetrics = strings.HasPrefix(answer.Header.Get("Content-Type"), "application/openmetrics-text")
	return t.read(body, now)
}

// read reads lines; good ones in front of an error stay.
func (t *target) read(body io.Reader, now time.Time) (samples int, err error) {
	t.kinds = map[string]string{}
	limited := &io.LimitedReader{R: body, N: t.in.config.MaxBodySize + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	for lines.Scan() {
		line := lines.Bytes()
		if limited.N <= 0 {
			return samples, errTooLong
		}
		switch kind, err := t.parser.line(message.View(line)); {
		case err != nil:
			t.in.bad.Add(1)
			t.in.env.Log.Error(fmt.Sprintf("%s: bad line %.100q: %v", t.shown, line, err))
		case kind == lineType && len(t.kinds) < maxFamilies:
			t.kinds[strings.Clone(t.parser.family)] = strings.Clone(t.parser.kind)
		case kind == lineSample:
			samples++
			t.deliver(&t.parser.sample, now)
		case kind == lineEnd:
			return samples, nil
		}
	}
	if limited.N <= 0 {
		return samples, errTooLong
	}
	return samples, lines.Err()
}

// own hands in a sample about the scrape itself.
func (t *target) own(name string, value float64, now time.Time) {
	t.kinds = map[string]string{name: "gauge"}
	t.deliver(&sample{name: name, value: value}, now)
}

// deliver makes a message of a sample.
//
// hot: once per sample.
func (t *target) deliver(s *sample, now time.Time) {
	t.in.samples.Add(1)
	p := t.stream.Pack()
	m, text := &p.Message, p.Text()
	m.SetType(t.in.config.MessageType)
	m.SetHostname(t.in.env.Hostname)
	m.SetTimestamp(now.UnixNano())
	if s.stamps && s.millis > -maxMillis && s.millis < maxMillis {
		m.SetTimestamp(s.millis * int64(time.Millisecond))
	}
	m.AddString("name", text.Copy(s.name))
	m.AddDouble("value", s.value, "")
	if kind := t.kindOf(s.name); kind != "" {
		m.AddString("kind", kind)
	}
	for _, l := range s.labels {
		m.AddString(text.Keep(append(append(text.Free(), labelPrefix...), l.name...)), text.Copy(l.value))
	}
	for _, l := range t.labels {
		if !has(s.labels, l.name) {
			m.AddString(text.Keep(append(append(text.Free(), labelPrefix...), l.name...)), l.value)
		}
	}
	t.stream.Deliver(p, nil)
}

// maxMillis is the latest time that fits into nanoseconds.
const maxMillis = (1<<63 - 1) / int64(time.Millisecond)

func has(labels []label, name string) bool {
	for _, l := range labels {
		if l.name == name {
			return true
		}
	}
	return false
}

// kindOf finds the kind of the family that a sample belongs to.
func (t *target) kindOf(name string) string {
	if kind, ok := t.kinds[name]; ok {
		return kind
	}
	for _, ending := range [...]string{"_bucket", "_sum", "_count", "_total", "_created", "_info"} {
		if family, ok := strings.CutSuffix(name, ending); ok {
			return t.kinds[family]
		}
	}
	return ""
}
