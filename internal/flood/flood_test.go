package flood

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/message"
)

var discard = slog.New(slog.DiscardHandler)

// After n messages as many are picked as the percentage of n, rounded down.
func TestShareIsSpreadEvenly(t *testing.T) {
	for _, percent := range []float64{0, 0.01, 1, 10, 33.3, 50, 99, 100} {
		s := share{percent: percent}
		picked := 0
		for n := range uint64(20_000) {
			if s.take(n) {
				picked++
			}
			if want := int(float64(n+1) * percent / 100); picked != want {
				t.Fatalf("%v %%: %d of %d picked, want %d", percent, picked, n+1, want)
			}
		}
	}
}

// received reads one connection to its end.
func received(t *testing.T, network, address string) (at string, all <-chan []byte) {
	t.Helper()
	ln, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	c := make(chan []byte, 1)
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		b, _ := io.ReadAll(conn)
		conn.Close()
		c <- b
	}()
	return ln.Addr().String(), c
}

func frames(b []byte) (all []*message.Message, signed int) {
	for len(b) > 0 {
		n, frame, _ := framing.Next(b, 1<<20, true)
		if frame != nil {
			m := message.New()
			if m.Parse(bytes.Clone(frame.Body())) == nil {
				all = append(all, m)
			}
			if h, err := frame.Header(); err == nil && h.MAC != nil {
				signed++
			}
		}
		b = b[n:]
	}
	return all, signed
}

func run(t *testing.T, set func(*Test)) (Result, []byte) {
	t.Helper()
	o := Defaults()
	var all <-chan []byte
	o.Address, all = received(t, "tcp", "127.0.0.1:0")
	set(&o)
	if err := o.Check(); err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), &o, discard, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, <-all
}

func TestFixedMessages(t *testing.T) {
	r, b := run(t, func(o *Test) { o.NumMessages, o.ASCIIOnly = 500, true })
	all, _ := frames(b)
	if len(all) != 500 || r.Sent != 500 || r.Delivered != 500 || r.Bytes != uint64(len(b)) {
		t.Fatalf("%d messages of %d bytes; result %+v", len(all), len(b), r)
	}
	uuids := map[message.UUID]bool{}
	for _, m := range all {
		uuids[m.UUID()] = true
		if m.Type() != "hekabench" || m.Severity() != 6 || m.EnvVersion() != "0.8" || m.Logger() != "" || m.NumFields() != 0 {
			t.Fatalf("%s", message.AppendJSON(nil, m))
		}
		_, random, ok := strings.Cut(m.Payload(), " - ")
		if !ok || len(random) != 1000 || strings.ContainsFunc(random, func(r rune) bool { return r < 32 || r > 125 }) {
			t.Fatalf("payload %q", m.Payload())
		}
	}
	if len(uuids) != 500 {
		t.Errorf("%d different uuids", len(uuids))
	}
}

func TestFixedCopy(t *testing.T) {
	_, b := run(t, func(o *Test) { o.NumMessages, o.FixedCopy = 10, true })
	size := len(b) / 10
	for i := range 10 {
		if !bytes.Equal(b[i*size:(i+1)*size], b[:size]) {
			t.Fatalf("message %d differs from the first", i)
		}
	}
}

func TestVariableMessages(t *testing.T) {
	r, b := run(t, func(o *Test) {
		o.NumMessages, o.VariableSizeMessages = 1000, true
		o.SignedPercentage, o.OversizedPercentage = 1, 0.5
		o.Signer.Name = "x"
	})
	all, signed := frames(b)
	if len(all) != 1000 || signed != 10 || r.Signed != 10 || r.Oversized != 4 {
		t.Fatalf("%d messages, %d signed; result %+v", len(all), signed, r)
	}
	sizes := map[int]bool{}
	oversized := 0
	for _, m := range all {
		if m.FindField("filler", 0) == nil || m.Logger() != "flood" || m.EnvVersion() != "0.2" {
			t.Fatalf("%s", message.AppendJSON(nil, m))
		}
		n := len(m.AppendWire(nil))
		sizes[n] = true
		if n > framing.DefaultMaxBody {
			oversized++
		}
	}
	if len(sizes) < 20 || oversized != 4 {
		t.Errorf("%d different sizes, %d oversized", len(sizes), oversized)
	}
}

func TestDamagedMessages(t *testing.T) {
	r, b := run(t, func(o *Test) { o.NumMessages, o.CorruptPercentage, o.FixedCopy = 1000, 10, true })
	size, damaged := len(b)/1000, 0
	for i := range 1000 {
		if !bytes.Equal(b[i*size:(i+1)*size], b[:size]) {
			damaged++
		}
	}
	if r.Corrupted != 100 || damaged < 90 || damaged > 100 { // a byte may be replaced by itself
		t.Errorf("%d differ; result %+v", damaged, r)
	}
}

// A rate is kept, and a test ends when its time is over.
func TestRate(t *testing.T) {
	r, _ := run(t, func(o *Test) { o.Rate, o.Duration = 1000, 300*time.Millisecond })
	if r.Sent == 0 || float64(r.Sent) > 1000*r.Seconds+10 {
		t.Errorf("sent %d in %g s at 1000 a second", r.Sent, r.Seconds)
	}
}

func TestConnectionsShareTheMessages(t *testing.T) {
	ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	counts := make(chan int)
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				b, _ := io.ReadAll(conn)
				conn.Close()
				all, _ := frames(b)
				counts <- len(all)
			}()
		}
	}()
	o := Defaults()
	o.Network, o.Address, o.NumMessages, o.Connections = "unix", ln.Addr().String(), 10, 4
	done := make(chan error, 1)
	go func() {
		_, err := Run(t.Context(), &o, discard, nil)
		done <- err
	}()
	var got []string
	total := 0
	for range 4 {
		n := <-counts
		total += n
		got = append(got, fmt.Sprint(n))
	}
	if err := <-done; err != nil || total != 10 {
		t.Errorf("got %v, error %v", got, err)
	}
}

// A broken connection is made anew, and what was in the failed write is sent
// again.
func TestReconnect(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	second := make(chan struct{})
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		io.ReadFull(conn, make([]byte, 1)) // the sender has come as far as sending
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
		conn, err = ln.Accept()
		if err != nil {
			return
		}
		io.ReadFull(conn, make([]byte, 1))
		close(second)
		io.Copy(io.Discard, conn)
		conn.Close()
	}()
	o := Defaults()
	o.Address, o.ReconnectOnError, o.ReconnectInterval = ln.Addr().String(), true, 1
	o.MessageInterval = time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-second
		cancel()
	}()
	r, err := Run(ctx, &o, discard, nil)
	if err != nil || r.Reconnects != 1 || r.Sent == 0 {
		t.Errorf("result %+v, error %v", r, err)
	}
}

// A run that is stopped while its connection is to be made anew ends in order.
func TestStopWhileDisconnected(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := ln.Accept()
		ln.Close()
		if err != nil {
			return
		}
		io.ReadFull(conn, make([]byte, 1))
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}()
	o := Defaults()
	o.Address, o.ReconnectOnError, o.ReconnectInterval = ln.Addr().String(), true, 1
	o.MessageInterval = time.Millisecond
	log := slog.New(slog.NewTextHandler(writerFunc(func(b []byte) (int, error) {
		if strings.Contains(string(b), "Attempting to reconnect") {
			cancel()
		}
		return len(b), nil
	}), nil))
	if r, err := Run(ctx, &o, log, nil); err != nil || r.Reconnects != 0 || r.Sent == 0 {
		t.Errorf("result %+v, error %v", r, err)
	}
}

// writerFunc is an io.Writer.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestNobodyThere(t *testing.T) {
	o := Defaults()
	o.Network, o.Address = "unix", filepath.Join(t.TempDir(), "none")
	r, err := Run(t.Context(), &o, discard, nil)
	if err == nil || r.Error == "" || !strings.HasPrefix(err.Error(), "Error creating sender: ") {
		t.Errorf("result %+v, error %v", r, err)
	}
}

// BenchmarkMessages makes messages without sending them.
func BenchmarkMessages(b *testing.B) {
	for _, fixed := range []bool{false, true} {
		b.Run(fmt.Sprintf("fixed=%t", fixed), func(b *testing.B) {
			o := Defaults()
			o.FixedCopy = fixed
			m, err := newMessages(&o, discard, 1)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			var buf []byte
			now, n := time.Now(), uint64(0)
			for b.Loop() {
				if buf, err = m.append(buf[:0], n, now); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
}
