package stats

import (
	"errors"
	"strings"

	"github.com/hekad/heka/plugin"
)

// hot: add and what it calls run for every measurement; they allocate only for
// new names, and for timers and sets that grow.

// name tells a measured thing. Names of different kinds may be equal.
type name struct{ bucket, tags string }

// buckets is what was gathered since the last flush. It is guarded by the
// accumulator's lock.
type buckets struct {
	signedGauges         bool
	maxStats, maxValues  int
	counters, gauges     scalars
	timers               timers
	sets                 sets
	values               int // of timers and sets
	received, unreadable int64
	dropped              int64
}

// Reasons for which a measurement is dropped.
var (
	errTooManyStats  = errors.New("there are max_stats names already")
	errTooManyValues = errors.New("timers and sets have max_values values already")
	errRate          = errors.New("the sampling rate is not greater than 0")
)

// stats is the number of names.
func (b *buckets) stats() int {
	return len(b.counters.index) + len(b.gauges.index) + len(b.timers.index) + len(b.sets.index)
}

func (b *buckets) full() bool { return b.maxStats > 0 && b.stats() >= b.maxStats }

func (b *buckets) tooMany() bool { return b.maxValues > 0 && b.values >= b.maxValues }

// add takes one measurement.
func (b *buckets) add(s *plugin.Stat) error {
	b.received++
	if s.Modifier == "s" {
		return b.member(s)
	}
	v, ok := number(s.Value)
	if !ok {
		b.unreadable++
	}
	switch s.Modifier {
	case "g":
		return b.gauge(s, v)
	case "ms":
		return b.timer(s, v)
	}
	if !(s.Rate > 0) {
		return errRate
	}
	sum, err := b.counters.find(s, b)
	if err != nil {
		return err
	}
	*sum += v / s.Rate
	return nil
}

func (b *buckets) gauge(s *plugin.Stat, v float64) error {
	state, err := b.gauges.find(s, b)
	if err != nil {
		return err
	}
	if b.signedGauges && len(s.Value) > 0 && (s.Value[0] == '+' || s.Value[0] == '-') {
		v += *state
	}
	*state = v
	return nil
}

func (b *buckets) timer(s *plugin.Stat, v float64) error {
	if b.tooMany() {
		return errTooManyValues
	}
	values, err := b.timers.find(s, b)
	if err != nil {
		return err
	}
	*values = append(*values, v)
	b.values++
	return nil
}

func (b *buckets) member(s *plugin.Stat) error {
	members, err := b.sets.find(s, b)
	if err != nil {
		return err
	}
	if _, ok := members[s.Value]; ok {
		return nil
	}
	if b.tooMany() {
		return errTooManyValues
	}
	members[strings.Clone(s.Value)] = struct{}{}
	b.values++
	return nil
}

// table gives names numbers, in the order of their first measurement.
type table struct {
	index map[name]int
	names []name
}

// number returns the number of a name, a new one if it has none yet and there is
// room.
func (t *table) number(s *plugin.Stat, b *buckets) (n int, fresh bool, err error) {
	if n, ok := t.index[name{s.Bucket, s.Tags}]; ok {
		return n, false, nil
	}
	if b.full() {
		return 0, false, errTooManyStats
	}
	if t.index == nil {
		t.index = make(map[name]int)
	}
	key := name{strings.Clone(s.Bucket), strings.Clone(s.Tags)}
	n = len(t.names)
	t.index[key] = n
	t.names = append(t.names, key)
	return n, true, nil
}

// scalars are counters or gauges.
type scalars struct {
	table
	values []float64
}

func (c *scalars) find(s *plugin.Stat, b *buckets) (*float64, error) {
	n, fresh, err := c.number(s, b)
	if err != nil {
		return nil, err
	}
	if fresh {
		c.values = append(c.values, 0)
	}
	return &c.values[n], nil
}

// timers have all their values.
type timers struct {
	table
	values [][]float64
}

func (t *timers) find(s *plugin.Stat, b *buckets) (*[]float64, error) {
	n, fresh, err := t.number(s, b)
	if err != nil {
		return nil, err
	}
	if fresh {
		t.values = append(t.values, nil)
	}
	return &t.values[n], nil
}

// sets have their members.
type sets struct {
	table
	members []map[string]struct{}
}

func (t *sets) find(s *plugin.Stat, b *buckets) (map[string]struct{}, error) {
	n, fresh, err := t.number(s, b)
	if err != nil {
		return nil, err
	}
	if fresh {
		t.members = append(t.members, map[string]struct{}{})
	}
	return t.members[n], nil
}

// snapshot is what one flush tells. Names are shared with the buckets, which only
// append to theirs.
type snapshot struct {
	counters, gauges, timers, sets []name
	sums, states                   []float64
	values                         [][]float64
	members                        []int
}

// stats is the number of names.
func (s *snapshot) stats() int {
	return len(s.counters) + len(s.gauges) + len(s.timers) + len(s.sets)
}

// take ends an interval. It copies numbers and leaves the rest to the caller, who
// does not hold the lock for long then.
func (b *buckets) take(deleteIdle bool) snapshot {
	s := snapshot{
		counters: b.counters.names, gauges: b.gauges.names, timers: b.timers.names, sets: b.sets.names,
		sums: append([]float64(nil), b.counters.values...), states: append([]float64(nil), b.gauges.values...),
		values: append([][]float64(nil), b.timers.values...), members: make([]int, len(b.sets.members)),
	}
	for i, m := range b.sets.members {
		s.members[i] = len(m)
		clear(m)
	}
	b.values = 0
	if deleteIdle {
		b.counters, b.gauges, b.timers, b.sets = scalars{}, scalars{}, timers{}, sets{}
		return s
	}
	clear(b.counters.values)
	clear(b.timers.values)
	return s
}
