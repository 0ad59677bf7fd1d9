//go:build linux

package statsd

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/internal/plugins/stats"
	"github.com/hekad/heka/plugin"
)

// BenchmarkParse parses datagrams of one line.
func BenchmarkParse(b *testing.B) {
	p := parser{onBad: func([]byte, int) { b.Fatal("a bad line") }}
	datagrams := sampleDatagrams()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%batch == 0 {
			p.reset()
		}
		p.datagram(datagrams[i%len(datagrams)])
	}
}

func sampleDatagrams() [][]byte {
	forms := []string{"web%02d.requests:1|c", "web%02d.time:320|ms", "web%02d.queue:17.5|g", "web%02d.bytes:1024|c|@0.1"}
	var all [][]byte
	for i := range 1000 {
		all = append(all, fmt.Appendf(nil, forms[i%len(forms)], i))
	}
	return all
}

// burst is how many datagrams the sender hands to the kernel at once.
const burst = 64

// sender sends datagrams in bursts with one call of the system each, as fast as
// the receiver goes: no more than window are on their way.
type sender struct {
	fd      int
	headers []mmsghdr
	sent    int64
}

type mmsghdr struct {
	unix.Msghdr
	n uint32
}

const window = 4096

func newSender(b *testing.B, to net.Addr) *sender {
	conn, err := net.Dial("udp", to.String())
	if err != nil {
		b.Fatal(err)
	}
	f, err := conn.(*net.UDPConn).File()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close(); conn.Close() })
	s := &sender{fd: int(f.Fd())}
	for _, d := range sampleDatagrams()[:burst] {
		v := &unix.Iovec{Base: &d[0]}
		v.SetLen(len(d))
		h := mmsghdr{Msghdr: unix.Msghdr{Iov: v}}
		h.SetIovlen(1)
		s.headers = append(s.headers, h)
	}
	return s
}

// send sends one burst when few enough are on their way.
func (s *sender) send(b *testing.B, received func() int64) {
	for s.sent-received() > window {
	}
	for done := 0; done < burst; {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.headers[done])),
			uintptr(burst-done), 0, 0, 0)
		if errno != 0 {
			b.Fatal(errno)
		}
		done += int(n)
	}
	s.sent += burst
}

// run sends bursts until the benchmark has enough, and waits for the last one.
func (s *sender) run(b *testing.B, received func() int64) {
	for b.Loop() {
		s.send(b, received)
	}
	for received() < s.sent {
	}
	b.ReportMetric(float64(s.sent)/b.Elapsed().Seconds(), "packets/s")
}

// BenchmarkBareReceive only receives: the limit for BenchmarkInput.
func BenchmarkBareReceive(b *testing.B) {
	socket, err := netconf.ListenPacket(b.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := netconf.SetReceiveBuffer(socket, 32<<20); err != nil {
		b.Fatal(err)
	}
	var received atomic.Int64
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d := netconf.NewDatagrams(socket, batch, maxUDP)
		for {
			got, _, err := d.Read()
			if err != nil {
				return
			}
			received.Add(int64(len(got)))
		}
	}()
	newSender(b, socket.LocalAddr()).run(b, received.Load)
	socket.Close()
	<-ended
}

// BenchmarkInput receives, parses and accumulates datagrams of one line.
func BenchmarkInput(b *testing.B) {
	env, _ := feedtest.Env(b, "accum")
	accum := feedtest.Build[plugin.Input, any](b, stats.Plugins(), "StatAccumInput", env)
	ctx, cancel := context.WithCancel(b.Context())
	feed := &feedtest.Feed{}
	accumEnded := make(chan error, 1)
	go func() { accumEnded <- accum.Run(ctx, feed) }()
	r := start(b, new(feedtest.Feed), accum, nil)
	newSender(b, r.socket.LocalAddr()).run(b, r.datagrams.Load)
	if c := feedtest.Counters(r.Input); c["BadLines"] != int64(0) || c["KernelDroppedDatagrams"] != uint32(0) {
		b.Errorf("report %v", c)
	}
	r.cancel()
	r.wait(b)
	cancel()
	<-accumEnded
}
