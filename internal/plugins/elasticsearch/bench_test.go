//go:build unix

package elasticsearch_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/elasticsearch"
	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// BenchmarkOutput sends batches of 256 messages with a payload of 200 bytes,
// encoded by ESJsonEncoder, to a server that reads and says that all is well.
func BenchmarkOutput(b *testing.B) {
	reply := []byte(`{"took":1,"errors":false,"items":[` + strings.TrimSuffix(strings.Repeat(`{"index":{"_index":"i","status":201}},`, 2000), ",") + `]}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write(reply)
	}))
	defer server.Close()
	env, _ := feedtest.Env(b, "esout")
	coder := feedtest.Find(b, encode.Plugins(), "ESJsonEncoder")
	encoder, err := coder.Build(coder.NewConfig(), env)
	if err != nil {
		b.Fatal(err)
	}
	env.Encode = encoder.(plugin.Encoder).Append
	p := feedtest.Find(b, elasticsearch.Plugins(), "ElasticSearchOutput")
	c := p.NewConfig().(*elasticsearch.OutputConfig)
	c.Server, c.FlushCount = server.URL, 2000
	built, err := p.Build(c, env)
	if err != nil {
		b.Fatal(err)
	}
	o := built.(plugin.BatchOutput)
	packs := make([]*plugin.Pack, 256)
	for i := range packs {
		packs[i] = &plugin.Pack{Message: *message.New()}
		packs[i].Message.SetType("bench")
		packs[i].Message.SetTimestamp(time.Now().UnixNano())
		packs[i].Message.SetPayload(strings.Repeat("x", 200))
		packs[i].Message.AddInteger("status", 200, "")
	}
	var l feedtest.NoLedger
	var batch plugin.Batch
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		batch.Reset(packs, true, &l)
		if err := o.SendBatch(b.Context(), &batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := built.(plugin.Flusher).Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)*256/b.Elapsed().Seconds(), "docs/s")
	b.ReportMetric((cpu(b)-before).Seconds()*1e6/256/float64(b.N), "cpu-s/Mdoc")
}

// cpu is what the process has used so far, the server included.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
