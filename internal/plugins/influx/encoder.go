package influx

import (
	"math"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// Encoder is the InfluxLineEncoder plugin.
type Encoder struct {
	config      *EncoderConfig
	measurement template // nil for a line for each value
	prefix      template
	unit        int64
	tagHeaders  []string
	tagFields   []string
	allFields   bool

	tags, name, key []byte // of the message and field at hand
	skipped         atomic.Int64
}

// headers are those that can be tags.
var headers = []string{"Hostname", "Logger", "Severity", "Type"}

// units are what a timestamp is divided by.
var units = map[string]time.Duration{"ns": 1, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
	"m": time.Minute, "h": time.Hour}

func newEncoder(c *EncoderConfig, _ *plugin.Env) (plugin.Encoder, error) {
	e := &Encoder{config: c, prefix: newTemplate(c.NamePrefix), unit: int64(units[c.TimestampPrecision])}
	if c.Measurement != "" {
		e.measurement = newTemplate(c.Measurement)
	}
	wanted := c.TagFields
	if wanted == nil {
		wanted = []string{"**all_base**"}
	}
	e.allFields = slices.Contains(wanted, "**all**")
	base := e.allFields || slices.Contains(wanted, "**all_base**")
	for _, h := range headers {
		if base || slices.Contains(wanted, h) {
			e.tagHeaders = append(e.tagHeaders, h)
		}
	}
	for _, name := range wanted {
		if !slices.Contains(headers, name) {
			e.tagFields = append(e.tagFields, name)
		}
	}
	return e, nil
}

// Append implements plugin.Encoder.
//
// hot: once per message.
func (e *Encoder) Append(dst []byte, p *plugin.Pack) ([]byte, error) {
	m := &p.Message
	e.gatherTags(m)
	start := len(dst)
	var stamp [24]byte
	time := append(strconv.AppendInt(append(stamp[:0], ' '), m.Timestamp()/e.unit, 10), '\n')
	if e.measurement != nil {
		dst = e.line(dst, m, time)
	} else {
		dst = e.lines(dst, m, time)
	}
	if len(dst) == start {
		return dst, plugin.ErrSkip
	}
	return dst, nil
}

// line writes one line of all values.
func (e *Encoder) line(dst []byte, m *message.Message, time []byte) []byte {
	start := len(dst)
	e.name = e.measurement.append(e.name[:0], m)
	dst = append(appendName(dst, message.View(e.name)), e.tags...)
	empty := true
	e.values(m, func(f *message.Field, i int) {
		separator := byte(',')
		if empty {
			separator = ' '
		}
		before := len(dst)
		dst = append(appendKey(append(dst, separator), message.View(e.key)), '=')
		var ok bool
		if dst, ok = e.value(dst, f, i); !ok {
			dst = dst[:before]
			return
		}
		empty = false
	})
	if empty || len(e.name) == 0 {
		return dst[:start]
	}
	return append(dst, time...)
}

// lines writes a line for each value.
func (e *Encoder) lines(dst []byte, m *message.Message, time []byte) []byte {
	e.name = e.prefix.append(e.name[:0], m)
	prefix := len(e.name)
	e.values(m, func(f *message.Field, i int) {
		e.name = e.name[:prefix]
		if e.config.SourceValueField == "" {
			e.name = append(append(e.name, e.config.NamePrefixDelimiter...), e.key...)
		}
		before := len(dst)
		dst = append(appendName(dst, message.View(e.name)), e.tags...)
		dst = append(appendKey(append(dst, ' '), e.config.ValueFieldKey), '=')
		var ok bool
		if dst, ok = e.value(dst, f, i); !ok || len(e.name) == 0 {
			dst = dst[:before]
			return
		}
		dst = append(dst, time...)
	})
	return dst
}

// values calls f for each value that is written; e.key is its name, with endings
// that tell values apart.
func (e *Encoder) values(m *message.Message, f func(f *message.Field, i int)) {
	for n := range m.NumFields() {
		field := m.Field(n)
		name := field.Name()
		if only := e.config.SourceValueField; only != "" && name != only || slices.Contains(e.config.SkipFields, name) {
			continue
		}
		e.key = e.named(e.key[:0], m, n)
		length := len(e.key)
		for i := range field.Len() {
			e.key = appendIndex(e.key[:length], "_vidx_", i)
			f(field, i)
		}
	}
}

// named appends the name of field n, numbered if there are fields of that name in
// front of it.
func (e *Encoder) named(dst []byte, m *message.Message, n int) []byte {
	name, before := m.Field(n).Name(), 0
	for i := range n {
		if m.Field(i).Name() == name {
			before++
		}
	}
	return appendIndex(append(dst, name...), "_fidx_", before)
}

func appendIndex(dst []byte, ending string, i int) []byte {
	if i == 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, ending...), int64(i), 10)
}

// value appends a value, unless InfluxDB cannot store it.
func (e *Encoder) value(dst []byte, f *message.Field, i int) ([]byte, bool) {
	if s, ok := f.Text(i); ok {
		return appendText(dst, s), true
	}
	if n, ok := f.Integer(i); ok {
		if e.config.Integers {
			return append(strconv.AppendInt(dst, n, 10), 'i'), true
		}
		if e.config.DecimalPrecision <= 0 {
			return strconv.AppendInt(dst, n, 10), true
		}
		return strconv.AppendFloat(dst, float64(n), 'f', e.config.DecimalPrecision, 64), true
	}
	if v, ok := f.Double(i); ok {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			e.skipped.Add(1)
			return dst, false
		}
		format := byte('f')
		if e.config.DecimalPrecision < 0 {
			format = 'g'
		}
		return strconv.AppendFloat(dst, v, format, e.config.DecimalPrecision, 64), true
	}
	b, ok := f.Bool(i)
	return strconv.AppendBool(dst, b), ok
}

// gatherTags writes the message's tags.
func (e *Encoder) gatherTags(m *message.Message) {
	e.tags = e.tags[:0]
	for _, h := range e.tagHeaders {
		e.name = appendHeader(e.name[:0], m, h)
		e.tag(h, message.View(e.name))
	}
	if !e.allFields && len(e.tagFields) == 0 {
		return
	}
	for n := range m.NumFields() {
		f := m.Field(n)
		if !e.allFields && !slices.Contains(e.tagFields, f.Name()) {
			continue
		}
		e.key = e.named(e.key[:0], m, n)
		length := len(e.key)
		for i := range f.Len() {
			e.key = appendIndex(e.key[:length], "_vidx_", i)
			e.name = f.AppendValue(e.name[:0], i)
			e.tag(message.View(e.key), message.View(e.name))
		}
	}
}

// tag writes one tag, unless its value is empty, which InfluxDB refuses.
func (e *Encoder) tag(key, value string) {
	before := len(e.tags)
	e.tags = append(appendKey(append(e.tags, ','), key), '=')
	length := len(e.tags)
	if e.tags = appendKey(e.tags, value); len(e.tags) == length || length == before+2 {
		e.tags = e.tags[:before]
	}
}

// Report implements plugin.Reporter.
func (e *Encoder) Report(r *plugin.Report) { r.Add("SkippedValues", e.skipped.Load(), "count") }
