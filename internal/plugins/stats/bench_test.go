package stats

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// discarding is a feed whose messages go nowhere.
type discarding struct {
	plugin.Feed
	plugin.Stream
	bytes int
}

func (d *discarding) Pack() *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	return p
}
func (d *discarding) Deliver(p *plugin.Pack, _ func()) { d.bytes += len(p.Message.Payload()) }
func (d *discarding) Flush()                           {}

func newBench(b *testing.B) *Accum {
	env, _ := feedtest.Env(b, "accum")
	return feedtest.Build[*Accum, any](b, Plugins(), "StatAccumInput", env)
}

func manyStats(n int) []plugin.Stat {
	modifiers := []string{"c", "c", "g", "ms"}
	all := make([]plugin.Stat, n)
	for i := range all {
		all[i] = plugin.Stat{Bucket: fmt.Sprintf("servers.web%06d.requests", i), Value: "320", Modifier: modifiers[i%4], Rate: 1}
	}
	return all
}

// BenchmarkAccumulate takes measurements with known names, 64 at a time.
func BenchmarkAccumulate(b *testing.B) {
	a := newBench(b)
	stats := manyStats(64)
	b.ReportAllocs()
	for b.Loop() {
		if err := a.Accumulate(stats); err != nil {
			b.Fatal(err)
		}
		if a.buckets.values > 1e6 {
			a.buckets.take(false)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(stats)), "ns/stat")
}

// BenchmarkFlush tells 200,000 names of all kinds. It reports what they hold in
// memory, too.
func BenchmarkFlush(b *testing.B) {
	a := newBench(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if err := a.Accumulate(manyStats(200_000)); err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	d := new(discarding)
	for b.Loop() {
		a.flush(d, time.Unix(1700000000, 0), false)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-held")
	runtime.KeepAlive(a)
}
