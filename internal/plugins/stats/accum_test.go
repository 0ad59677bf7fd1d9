package stats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// running is an accumulator at work.
type running struct {
	*Accum
	feed *feedtest.Feed
	log  *feedtest.Log
	stop func()
}

func start(t testing.TB, change func(*AccumConfig)) *running {
	t.Helper()
	env, log := feedtest.Env(t, "accum")
	a := feedtest.Build[*Accum](t, Plugins(), "StatAccumInput", env, change)
	r := &running{Accum: a, feed: &feedtest.Feed{Ticks: make(chan time.Time)}, log: log}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx, r.feed) }()
	r.stop = func() {
		cancel()
		err := <-ended
		ended <- err
		if err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(r.stop)
	return r
}

// take hands over measurements, written bucket:value|modifier[|rate].
func (r *running) take(t testing.TB, stats ...string) {
	t.Helper()
	var all []plugin.Stat
	for _, text := range stats {
		s := plugin.Stat{Rate: 1}
		s.Bucket, text, _ = strings.Cut(text, ":")
		s.Value, text, _ = strings.Cut(text, "|")
		s.Modifier, text, _ = strings.Cut(text, "|")
		if text != "" {
			if _, err := fmt.Sscan(text, &s.Rate); err != nil {
				t.Fatal(err)
			}
		}
		if bucket, tags, ok := strings.Cut(s.Bucket, ";"); ok {
			s.Bucket, s.Tags = bucket, ";"+tags
		}
		all = append(all, s)
	}
	if err := r.Accumulate(all); err != nil {
		t.Fatal(err)
	}
}

// flush returns the lines of the next flush without their time.
func (r *running) flush(t testing.TB) []string {
	t.Helper()
	before := len(r.feed.Records())
	r.feed.Ticks <- time.Unix(1700000000, 999)
	var lines []string
	r.feed.Until(t, func() bool {
		lines = lines[:0]
		for _, p := range r.feed.Payloads()[before:] {
			lines = append(lines, strings.Split(strings.TrimSuffix(p, "\n"), "\n")...)
		}
		return len(lines) > 0 && strings.HasPrefix(lines[len(lines)-1], "stats.statsd.numStats ")
	})
	for i, l := range lines {
		line, ok := strings.CutSuffix(l, " 1700000000")
		if !ok {
			t.Errorf("the time of %q", l)
		}
		lines[i] = line
	}
	return lines
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWorkedExample(t *testing.T) {
	r := start(t, nil)
	r.take(t, "a.b:1|c", "a.b:2|c", "g1:3.5|g", "t:10|ms", "t:20|ms", "t:30|ms")
	wantLines(t, r.flush(t), "stats.counters.a.b.rate 0.300000", "stats.counters.a.b.count 3", "stats.gauges.g1 3.500000",
		"stats.timers.t.count 3", "stats.timers.t.count_ps 0.300000", "stats.timers.t.lower 10.000000",
		"stats.timers.t.upper 30.000000", "stats.timers.t.sum 60.000000", "stats.timers.t.mean 20.000000",
		"stats.timers.t.mean_90 20.000000", "stats.timers.t.upper_90 30.000000", "stats.statsd.numStats 3")
}

// one returns what a single measurement, or several, make of a name.
func TestMeasurements(t *testing.T) {
	f := func(want string, stats ...string) {
		t.Helper()
		r := start(t, nil)
		r.take(t, stats...)
		if got := r.flush(t); !slices.Contains(got, want) {
			t.Errorf("%q: got %q, want %q among them", stats, got, want)
		}
		r.stop()
	}
	f("stats.counters.k.count 137", "k:123||0.9")
	f("stats.counters.k.count 3", "k:1||0.3")
	f("stats.counters.k.count 7", "k:1||0.3", "k:1||0.3")
	f("stats.counters.k.count 1", "k:0.25|c", "k:0.25|h", "k:0.5|m")
	f("stats.counters.k.count 0", "k:-0.2|c")
	f("stats.counters.k.count -3", "k:-3|c")
	f("stats.counters.k.count 9223372036854775808", "k:9223372036854775808|c")
	f("stats.counters.k.count 0", "k:x|c", "k:|c", "k:nan|c", "k:inf|c", "k:1e999|c")
	f("stats.gauges.k 3.000000", "k:1|g|0.5", "k:+3|g")
	f("stats.gauges.k -3.000000", "k:1|g", "k:-3|g")
	f("stats.timers.k.count 1", "k:1|ms|0.1")
	f("stats.sets.k.count 2", "k:a|s", "k:b|s", "k:a|s")
	f("stats.counters. /x.count 1", " /x:1|c")
	f("stats.counters.k.count;env=prod 1", "k;env=prod:1|c", "k:1|c")
	f("stats.statsd.numStats 3", "k:1|c", "k:1|g", "k:1|ms", "k:1|c")
}

func TestSignedGaugesAreChanges(t *testing.T) {
	r := start(t, func(c *AccumConfig) { c.SignedGauges = true })
	r.take(t, "k:5|g", "k:+3|g", "k:-1.5|g", "j:+2|g")
	wantLines(t, r.flush(t), "stats.gauges.k 6.500000", "stats.gauges.j 2.000000", "stats.statsd.numStats 2")
	r.take(t, "k:+1|g")
	wantLines(t, r.flush(t), "stats.gauges.k 7.500000", "stats.gauges.j 2.000000", "stats.statsd.numStats 2")
}

func TestSummariesOfTimers(t *testing.T) {
	f := func(values string, percent int, lower, upper, mean, upperP, meanP float64) {
		t.Helper()
		var all []float64
		for v := range strings.FieldsSeq(values) {
			n, ok := number(v)
			if !ok {
				t.Fatalf("number %q", v)
			}
			all = append(all, n)
		}
		s := summarise(all)
		gotMean, gotUpper := s.below(percent, all)
		if s.lower != lower || s.upper != upper || s.mean != mean || gotUpper != upperP || gotMean != meanP {
			t.Errorf("%s: %+v, %v, %v", values, s, gotMean, gotUpper)
		}
	}
	f("220 10 20 30 40 50 60 70 80 90 100", 90, 10, 220, 70, 100, 55)
	f("10 10 20 20", 90, 10, 20, 15, 20, 15)
	f("10", 90, 10, 10, 10, 10, 10)
	f("1 2", 0, 1, 2, 1.5, 2, 1)
	f("1 2", 100, 1, 2, 1.5, 2, 1.5)
	f("", 90, 0, 0, 0, 0, 0)
}

func TestIdleStatsRepeatOrGo(t *testing.T) {
	feed := []string{"c:2|c", "g:2|g", "t:2|ms", "s:2|s"}
	r := start(t, func(c *AccumConfig) { c.PercentThreshold = []int{} })
	r.take(t, feed...)
	r.flush(t)
	wantLines(t, r.flush(t), "stats.counters.c.rate 0.000000", "stats.counters.c.count 0", "stats.gauges.g 2.000000",
		"stats.timers.t.count 0", "stats.timers.t.count_ps 0.000000", "stats.timers.t.lower 0.000000",
		"stats.timers.t.upper 0.000000", "stats.timers.t.sum 0.000000", "stats.timers.t.mean 0.000000",
		"stats.sets.s.count 0", "stats.statsd.numStats 4")
	r.stop()
	r = start(t, func(c *AccumConfig) { c.DeleteIdleStats = true })
	r.take(t, feed...)
	r.flush(t)
	wantLines(t, r.flush(t), "stats.statsd.numStats 0")
}

func TestTheEndFlushesAndRefuses(t *testing.T) {
	r := start(t, nil)
	r.take(t, "c:2|c")
	r.stop()
	got := r.feed.Payloads()
	if len(got) != 1 || !strings.HasPrefix(got[0], "stats.counters.c.rate 0.200000 ") {
		t.Errorf("at the end: %q", got)
	}
	if err := r.Accumulate([]plugin.Stat{{Bucket: "late"}}); !errors.Is(err, plugin.ErrNotAccumulating) {
		t.Errorf("after the end: %v", err)
	}
}

func TestLimitsAreCounted(t *testing.T) {
	r := start(t, func(c *AccumConfig) { c.MaxStats, c.MaxValues = 3, 2 })
	r.take(t, "a:1|c", "b:1|g", "t:1|ms", "t:2|ms", "t:3|ms", "d:1|c", "e:1|ms", "s:1|s", "a:1|c", "a:1|c|0", "a:1|c|-1")
	c := feedtest.Counters(r)
	if c["DroppedStats"] != int64(6) || c["DistinctStats"] != int64(3) || c["ReceivedStats"] != int64(11) {
		t.Errorf("report %v", c)
	}
	if got := r.flush(t); !slices.Contains(got, "stats.counters.a.count 2") || !slices.Contains(got, "stats.timers.t.count 2") {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(r.log.String(), "dropping measurements: ") {
		t.Errorf("log %q", r.log)
	}
}

// TestBigFlushesAreSeveralMessages spreads one flush over messages that a queue on
// disk and stream framing take.
func TestBigFlushesAreSeveralMessages(t *testing.T) {
	r := start(t, nil)
	var stats []string
	for i := range 5000 {
		stats = append(stats, fmt.Sprintf("servers.web%04d.requests:1|c", i))
	}
	r.take(t, stats...)
	if got := r.flush(t); len(got) != 10001 {
		t.Errorf("%d lines", len(got))
	}
	payloads := r.feed.Payloads()
	for _, p := range payloads {
		if len(p) > 64<<10-headroom || !strings.HasSuffix(p, "\n") {
			t.Errorf("a payload of %d bytes", len(p))
		}
	}
	if len(payloads) < 8 || len(payloads) > 16 {
		t.Errorf("%d messages", len(payloads))
	}
}

func TestSetsHaveAPrefix(t *testing.T) {
	r := start(t, func(c *AccumConfig) { c.SetPrefix = "unique" })
	r.take(t, "k:a|s")
	if got := r.flush(t); !slices.Contains(got, "stats.unique.k.count 1") {
		t.Errorf("got %q", got)
	}
}
