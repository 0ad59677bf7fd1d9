package stats

import (
	"math"
	"strconv"

	"github.com/hekad/heka/plugin"
)

const (
	// headroom is what a message's headers may take of its size.
	headroom = 2 << 10
	// perField is what a field takes beside its name.
	perField = 24
)

// emitter turns one snapshot into messages.
type emitter struct {
	a        *Accum
	stream   plugin.Stream
	seconds  int64
	stamp    []byte // the end of each line
	interval float64
	limit    int

	pack *plugin.Pack // nil between messages
	buf  []byte       // payload of pack
	size int          // of pack, about
}

// emit sends the messages of a flush.
func (a *Accum) emit(stream plugin.Stream, s *snapshot, seconds int64) {
	e := emitter{a: a, stream: stream, seconds: seconds, interval: float64(a.config.TickerInterval),
		limit: max(a.env.MaxMessageSize-headroom, headroom), buf: a.buf}
	e.stamp = append(strconv.AppendInt([]byte{' '}, seconds, 10), '\n')
	n := &a.names
	for i, c := range s.counters {
		count := math.Round(s.sums[i])
		if count == 0 {
			count = 0 // which has no sign
		}
		rate := count / e.interval
		if n.legacy {
			e.legacyRate(n.counters, c, rate)
			e.whole(n.counts, c, "", count)
		} else {
			e.double(n.counters, c, ".rate", rate)
			e.whole(n.counts, c, ".count", count)
		}
	}
	for i, g := range s.gauges {
		e.double(n.gauges, g, "", s.states[i])
	}
	for i, t := range s.timers {
		e.timer(n, t, s.values[i])
	}
	for i, t := range s.sets {
		e.whole(n.sets, t, ".count", float64(s.members[i]))
	}
	e.whole(n.us, name{bucket: "numStats"}, "", float64(s.stats()))
	e.close()
	a.buf = e.buf[:0]
}

func (e *emitter) timer(n *names, t name, values []float64) {
	s := summarise(values)
	e.whole(n.timers, t, ".count", float64(s.count))
	e.double(n.timers, t, ".count_ps", float64(s.count)/e.interval)
	e.double(n.timers, t, ".lower", s.lower)
	e.double(n.timers, t, ".upper", s.upper)
	e.double(n.timers, t, ".sum", s.sum)
	e.double(n.timers, t, ".mean", s.mean)
	for i := range n.percentiles {
		p := &n.percentiles[i]
		mean, upper := s.below(p.percent, values)
		e.double(n.timers, t, p.mean, mean)
		e.double(n.timers, t, p.upper, upper)
	}
}

// double emits a value with decimals.
//
// hot: once per value of a flush.
func (e *emitter) double(prefix string, of name, suffix string, v float64) {
	e.room(prefix, of, suffix)
	if e.a.config.EmitInPayload {
		e.begin(prefix, of, suffix)
		e.end(strconv.AppendFloat(e.buf, v, 'f', 6, 64))
	}
	if e.a.config.EmitInFields {
		e.pack.Message.AddDouble(e.fieldName(prefix, of, suffix), v, "")
	}
}

// whole emits a value without decimals.
func (e *emitter) whole(prefix string, of name, suffix string, v float64) {
	e.room(prefix, of, suffix)
	if e.a.config.EmitInPayload {
		e.begin(prefix, of, suffix)
		e.end(strconv.AppendFloat(e.buf, v, 'f', 0, 64))
	}
	if e.a.config.EmitInFields {
		e.pack.Message.AddInteger(e.fieldName(prefix, of, suffix), integer(v), "")
	}
}

// legacyRate emits a rate that has decimals in the payload alone.
func (e *emitter) legacyRate(prefix string, of name, v float64) {
	e.room(prefix, of, "")
	if e.a.config.EmitInPayload {
		e.begin(prefix, of, "")
		e.end(strconv.AppendFloat(e.buf, v, 'f', 6, 64))
	}
	if e.a.config.EmitInFields {
		e.pack.Message.AddInteger(e.fieldName(prefix, of, ""), integer(math.Trunc(v)), "")
	}
}

// integer is v as far as an int64 holds it.
func integer(v float64) int64 {
	const beyond = 1 << 63
	switch {
	case v >= beyond:
		return math.MaxInt64
	case v < -beyond:
		return math.MinInt64
	}
	return int64(v)
}

// begin appends the name of a line, tags at its end.
func (e *emitter) begin(prefix string, of name, suffix string) {
	e.buf = append(e.buf, prefix...)
	e.buf = append(e.buf, of.bucket...)
	e.buf = append(e.buf, suffix...)
	e.buf = append(e.buf, of.tags...)
	e.buf = append(e.buf, ' ')
}

// end ends the line.
func (e *emitter) end(buf []byte) { e.buf = append(buf, e.stamp...) }

func (e *emitter) fieldName(prefix string, of name, suffix string) string {
	t := e.pack.Text()
	b := append(append(append(append(t.Free(), prefix...), of.bucket...), suffix...), of.tags...)
	return t.Keep(b)
}

// room sees to it that there is a message with room for one more value.
func (e *emitter) room(prefix string, of name, suffix string) {
	const widest = 32 // a usual number
	length := len(prefix) + len(of.bucket) + len(suffix) + len(of.tags)
	need := 0
	if e.a.config.EmitInPayload {
		need += length + widest + len(e.stamp)
	}
	if e.a.config.EmitInFields {
		need += length + perField
	}
	if e.pack != nil && e.size+need > e.limit {
		e.close()
	}
	if e.pack == nil {
		e.open()
	}
	e.size += need
}

func (e *emitter) open() {
	e.pack = e.stream.Pack()
	e.buf, e.size = e.buf[:0], 0
	m := &e.pack.Message
	m.SetType(e.a.config.MessageType)
	m.SetHostname(e.a.env.Hostname)
	m.SetPid(e.a.env.Pid)
	if e.a.config.EmitInFields {
		m.AddInteger("timestamp", e.seconds, "")
	}
}

func (e *emitter) close() {
	e.pack.Message.SetPayload(string(e.buf))
	e.stream.Deliver(e.pack, nil)
	e.stream.Flush()
	e.pack = nil
}
