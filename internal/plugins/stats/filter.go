package stats

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// Filter is the StatFilter plugin.
type Filter struct {
	config  *FilterConfig
	env     *plugin.Env
	metrics []metric
	accum   func(section string) plugin.Input

	stats []plugin.Stat // of the batch at hand
	text  plugin.Text   // their strings
	fill  filler

	undelivered, unresolved atomic.Int64
}

// metric is one measurement, ready for use.
type metric struct {
	name, value message.Pattern
	modifier    string
	replaceDot  bool
}

var modifiers = map[string]string{"Counter": "", "Timer": "ms", "Gauge": "g"}

func newFilter(c *FilterConfig, env *plugin.Env) (plugin.Filter, error) {
	f := &Filter{config: c, env: env}
	for _, id := range slices.Sorted(maps.Keys(c.Metric)) {
		m := c.Metric[id]
		f.metrics = append(f.metrics, metric{message.NewPattern(m.Name), message.NewPattern(m.Value),
			modifiers[m.Type], m.ReplaceDot})
	}
	f.fill.append = f.fill.value
	return f, nil
}

// Link implements plugin.Linker.
func (f *Filter) Link(input func(section string) plugin.Input) error {
	f.accum = input
	_, err := plugin.AccumulatorNamed(input, f.config.StatAccumName)
	return err
}

// Process implements plugin.Filter.
func (f *Filter) Process(_ context.Context, p *plugin.Pack, _ plugin.Injector) error {
	f.measure(&p.Message)
	return f.submit()
}

// ProcessBatch implements plugin.BatchFilter.
func (f *Filter) ProcessBatch(_ context.Context, b *plugin.Batch, _ plugin.Injector) error {
	for _, p := range b.Packs {
		f.measure(&p.Message)
	}
	return f.submit()
}

// measure takes the measurements of one message.
//
// hot: once per message.
func (f *Filter) measure(m *message.Message) {
	f.fill.message = m
	for i := range f.metrics {
		t := &f.metrics[i]
		f.fill.replaceDot = false
		value, complete := t.value.Append(f.text.Free(), f.fill.append)
		if !complete {
			f.unresolved.Add(1)
			f.env.Log.Warn(fmt.Sprintf("nothing measured: the message has not all that the value needs: %.100q", value))
			continue
		}
		s := plugin.Stat{Value: f.text.Keep(value), Modifier: t.modifier, Rate: 1}
		f.fill.replaceDot = t.replaceDot
		bucket, _ := t.name.Append(f.text.Free(), f.fill.append)
		s.Bucket = f.text.Keep(bucket)
		f.stats = append(f.stats, s)
	}
}

// submit hands the measurements over.
func (f *Filter) submit() error {
	defer func() {
		clear(f.stats)
		f.stats = f.stats[:0]
		f.text.Reset()
	}()
	if len(f.stats) == 0 {
		return nil
	}
	err := plugin.Accumulate(f.accum, f.config.StatAccumName, f.stats)
	if err == nil {
		return nil
	}
	f.undelivered.Add(int64(len(f.stats)))
	s := f.stats[0]
	return plugin.Refused("not_accumulating", fmt.Errorf("Undelivered stat: {%s %s %s %g} and %d others: %w",
		s.Bucket, s.Value, s.Modifier, s.Rate, len(f.stats)-1, err))
}

// Report implements plugin.Reporter.
func (f *Filter) Report(r *plugin.Report) {
	r.Add("UndeliveredStats", f.undelivered.Load(), "count")
	r.Add("UnresolvedValues", f.unresolved.Load(), "count")
}

// filler fills placeholders in from a message.
type filler struct {
	message    *message.Message
	replaceDot bool
	append     func(dst []byte, name string) ([]byte, bool) // value, bound once
}

// value appends what a placeholder stands for.
//
// hot: once per placeholder.
func (f *filler) value(dst []byte, name string) ([]byte, bool) {
	before := len(dst)
	dst, ok := f.plain(dst, name)
	if f.replaceDot {
		for i, c := range dst[before:] {
			if c == '.' {
				dst[before+i] = '_'
			}
		}
	}
	return dst, ok
}

// plain appends the first value of the last field with the name, or the header.
func (f *filler) plain(dst []byte, name string) ([]byte, bool) {
	m := f.message
	for i := m.NumFields() - 1; i >= 0; i-- {
		field := m.Field(i)
		if field.Name() != name || field.Len() == 0 {
			continue
		}
		if v, ok := field.Double(0); ok {
			return strconv.AppendFloat(dst, v, 'f', -1, 64), true
		}
		return field.AppendValue(dst, 0), true
	}
	switch name {
	case "Logger":
		return append(dst, m.Logger()...), true
	case "Hostname":
		return append(dst, m.Hostname()...), true
	case "Type":
		return append(dst, m.Type()...), true
	case "Payload":
		return append(dst, m.Payload()...), true
	}
	return dst, false
}
