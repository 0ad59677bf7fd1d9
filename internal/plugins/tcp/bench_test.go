package tcp

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// BenchmarkOutput sends batches of 256 messages of 200 bytes to a server that
// throws them away.
func BenchmarkOutput(b *testing.B) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go io.Copy(io.Discard, conn)
		}
	}()
	env, _ := feedtest.Env(b, "tout")
	built, err := newOutput(&OutputConfig{Address: ln.Addr().String()}, env)
	if err != nil {
		b.Fatal(err)
	}
	o := built.(*Output)
	defer o.Close()
	packs := make([]*plugin.Pack, 256)
	for i := range packs {
		packs[i] = &plugin.Pack{Message: *message.New()}
		packs[i].Message.SetPayload(strings.Repeat("x", 200))
	}
	var l feedtest.NoLedger
	var batch plugin.Batch
	b.SetBytes(256 * 201)
	b.ReportAllocs()
	for b.Loop() {
		batch.Reset(packs, true, &l)
		if err := o.SendBatch(b.Context(), &batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*256/b.Elapsed().Seconds(), "msgs/s")
}
