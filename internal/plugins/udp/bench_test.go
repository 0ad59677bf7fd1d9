//go:build linux

package udp

import (
	"context"
	"net"
	"testing"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// counting is a feed that throws its records away.
type counting struct {
	plugin.Feed
	plugin.Stream
}

func (c *counting) Open(plugin.StreamOptions) (plugin.Stream, error) { return c, nil }
func (c *counting) Once() bool                                       { return false }
func (c *counting) SplitBytes(b []byte, _ func()) (int, error)       { return len(b), nil }
func (c *counting) Flush()                                           {}
func (c *counting) Close()                                           {}

// BenchmarkInput receives datagrams of 64 bytes. The senders keep pace with the
// input, so that nothing is lost.
func BenchmarkInput(b *testing.B) {
	env, _ := feedtest.Env(b, "uin")
	built, err := newInput(&InputConfig{Net: "udp", Address: "127.0.0.1:0", ReceiveBuffer: 8 << 20}, env)
	if err != nil {
		b.Fatal(err)
	}
	in := built.(*Input)
	if err := in.Prepare(b.Context()); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- in.Run(ctx, new(counting)) }()
	conn, err := net.Dial("udp", in.socket.LocalAddr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	datagram := make([]byte, 64)
	var sent int64
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Write(datagram); err != nil {
			b.Fatal(err)
		}
		for sent++; sent-in.received.Load() > 1000; {
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "datagrams/s")
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
