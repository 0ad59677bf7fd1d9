package file

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// BenchmarkOutput writes batches of 256 messages of 200 bytes, flushing once a
// second as the defaults have it.
func BenchmarkOutput(b *testing.B) {
	env, _ := feedtest.Env(b, "fout")
	c := feedtest.Find(b, Plugins(), "FileOutput").NewConfig().(*OutputConfig)
	c.Path = filepath.Join(b.TempDir(), "out.log")
	built, err := newOutput(c, env)
	if err != nil {
		b.Fatal(err)
	}
	o := built.(*Output)
	if err := o.Prepare(b.Context()); err != nil {
		b.Fatal(err)
	}
	packs := make([]*plugin.Pack, 256)
	for i := range packs {
		packs[i] = &plugin.Pack{Message: *message.New()}
		packs[i].Message.SetPayload(strings.Repeat("x", 200))
	}
	var l feedtest.NoLedger
	var batch plugin.Batch
	tick := time.NewTicker(o.FlushInterval())
	defer tick.Stop()
	b.SetBytes(256 * 201)
	b.ReportAllocs()
	for b.Loop() {
		select {
		case <-tick.C:
			if err := o.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
		default:
		}
		batch.Reset(packs, true, &l)
		if err := o.SendBatch(b.Context(), &batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*256/b.Elapsed().Seconds(), "msgs/s")
	if err := o.Close(); err != nil {
		b.Fatal(err)
	}
}
