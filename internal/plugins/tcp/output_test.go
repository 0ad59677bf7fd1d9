package tcp

import (
	"bufio"
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// newTestOutput builds an output for the given address.
func newTestOutput(t *testing.T, address string, change func(*OutputConfig)) (*Output, *feedtest.Log) {
	t.Helper()
	env, log := feedtest.Env(t, "tout")
	o := feedtest.Build[*Output](t, Plugins(), "TcpOutput", env, func(c *OutputConfig) { c.Address = address }, change)
	t.Cleanup(func() { o.Close() })
	return o, log
}

// server collects the lines of its connections, each on a channel of its own.
type server struct {
	net.Listener
	conns chan *serverConn
}

type serverConn struct {
	net.Conn
	lines chan string // closed at the end of the connection
}

func listen(t *testing.T, address string) *server {
	t.Helper()
	ln, err := netconf.Listen(t.Context(), "tcp", address, net.KeepAliveConfig{})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{ln, make(chan *serverConn, 100)}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			c := &serverConn{conn, make(chan string, 100000)}
			s.conns <- c
			go func() {
				defer close(c.lines)
				for scan := bufio.NewScanner(conn); scan.Scan(); {
					c.lines <- scan.Text()
				}
			}()
		}
	}()
	t.Cleanup(func() { ln.Close() })
	return s
}

func (s *server) conn(t *testing.T) *serverConn {
	t.Helper()
	select {
	case c := <-s.conns:
		t.Cleanup(func() { c.Close() })
		return c
	case <-time.After(feedtest.Patience):
		t.Fatal("nobody connects")
		return nil
	}
}

func (c *serverConn) take(t *testing.T, n int) []string {
	t.Helper()
	var got []string
	for range n {
		select {
		case line, ok := <-c.lines:
			if !ok {
				t.Fatalf("the connection ended after %q", got)
			}
			got = append(got, line)
		case <-time.After(feedtest.Patience):
			t.Fatalf("only %q arrived", got)
		}
	}
	return got
}

func (c *serverConn) want(t *testing.T, lines ...string) {
	t.Helper()
	if got := c.take(t, len(lines)); !slices.Equal(got, lines) {
		t.Errorf("got %q, want %q", got, lines)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOutputSendsInOrder(t *testing.T) {
	s := listen(t, "127.0.0.1:0")
	o, _ := newTestOutput(t, s.Addr().String(), nil)
	var l feedtest.Ledger
	must(t, l.Messages("a", "skip", "b", "bad", "c").Send(t.Context(), o, false))
	must(t, l.Messages("d").Send(t.Context(), o, false))
	s.conn(t).want(t, "a", "b", "c", "d")
	if l.Dropped("encode") != 1 || l.Delivered() != 5 || l.Held() != 0 {
		t.Errorf("dropped %d, delivered %d, held %d", l.Dropped("encode"), l.Delivered(), l.Held())
	}
	if c := feedtest.Counters(o); c["Connected"] != true || c["Connections"] != int64(1) {
		t.Errorf("report: %v", c)
	}
}

func TestBatchesAreGatheredWhileMoreIsWaiting(t *testing.T) {
	s := listen(t, "127.0.0.1:0")
	o, _ := newTestOutput(t, s.Addr().String(), nil)
	var l feedtest.Ledger
	must(t, l.Messages("a").Send(t.Context(), o, true))
	must(t, l.Messages("b", "bad").Send(t.Context(), o, true))
	if l.Delivered() != 0 || l.Held() != 2 || l.Dropped("encode") != 1 {
		t.Errorf("delivered %d, held %d, dropped %d", l.Delivered(), l.Held(), l.Dropped("encode"))
	}
	must(t, l.Messages("c").Send(t.Context(), o, false))
	if l.Delivered() != 3 || l.Held() != 0 {
		t.Errorf("delivered %d, held %d", l.Delivered(), l.Held())
	}
	must(t, l.Messages("d").Send(t.Context(), o, true))
	must(t, o.Flush(t.Context()))
	if l.Delivered() != 4 {
		t.Errorf("after Flush: delivered %d", l.Delivered())
	}
	must(t, l.Messages(strings.Repeat("x", enough)).Send(t.Context(), o, true))
	if l.Delivered() != 5 {
		t.Error("a full buffer is kept waiting")
	}
	s.conn(t).want(t, "a", "b", "c", "d")
}

func TestAMessageIsKeptUntilTheServerIsThere(t *testing.T) {
	address := netconftest.Address(t)
	o, _ := newTestOutput(t, address, nil)
	var l feedtest.Ledger
	w := l.Messages("a", "bad", "b")
	for range 3 {
		if err := w.Send(t.Context(), o, false); err == nil || !strings.HasPrefix(err.Error(), "can't connect: ") {
			t.Fatalf("without a server: %v", err)
		}
	}
	s := listen(t, address)
	must(t, w.Send(t.Context(), o, false))
	must(t, l.Messages("c").Send(t.Context(), o, false))
	c := s.conn(t)
	c.want(t, "a", "b", "c")
	if l.Dropped("encode") != 1 || l.Delivered() != 3 {
		t.Errorf("dropped %d, delivered %d", l.Dropped("encode"), l.Delivered())
	}
}

func TestNothingIsWrittenToAPeerThatLeft(t *testing.T) {
	s := listen(t, "127.0.0.1:0")
	o, _ := newTestOutput(t, s.Addr().String(), nil)
	var l feedtest.Ledger
	for i := range 5 {
		line := string(rune('a' + i))
		must(t, l.Messages(line).Send(t.Context(), o, false))
		c := s.conn(t)
		c.want(t, line)
		if i%2 == 0 {
			c.Close()
		} else {
			c.Conn.(*net.TCPConn).CloseWrite()
		}
		<-o.peer.gone
		if i == 3 {
			must(t, o.Flush(t.Context()))
			if feedtest.Counters(o)["Connected"] != false {
				t.Error("an idle output keeps the connection of a peer that left")
			}
		}
	}
}

func TestNothingIsWrittenToAPeerThatIsJustLeaving(t *testing.T) {
	s := listen(t, "127.0.0.1:0")
	o, _ := newTestOutput(t, s.Addr().String(), nil)
	var l feedtest.Ledger
	for i := range 100 {
		line := strconv.Itoa(i)
		must(t, l.Messages(line).Send(t.Context(), o, false))
		c := s.conn(t)
		c.want(t, line)
		must(t, c.Conn.(*net.TCPConn).CloseWrite())
	}
}

func TestReconnectAfterCountsMessages(t *testing.T) {
	s := listen(t, "127.0.0.1:0")
	o, _ := newTestOutput(t, s.Addr().String(), func(c *OutputConfig) { c.ReconnectAfter = 3 })
	var l feedtest.Ledger
	must(t, l.Messages("1", "2").Send(t.Context(), o, false))
	must(t, l.Messages("3", "skip", "4", "5", "6", "7", "8").Send(t.Context(), o, false))
	must(t, o.Close())
	for _, lines := range [][]string{{"1", "2", "3"}, {"4", "5", "6"}, {"7", "8"}} {
		c := s.conn(t)
		c.want(t, lines...)
		if line, ok := <-c.lines; ok {
			t.Errorf("further line %q", line)
		}
	}
}

func TestFailOver(t *testing.T) {
	downAddress := netconftest.Address(t)
	up := listen(t, "127.0.0.1:0")
	o, _ := newTestOutput(t, downAddress+", "+up.Addr().String(), nil)
	var l feedtest.Ledger
	must(t, l.Messages("a").Send(t.Context(), o, false))
	c := up.conn(t)
	c.want(t, "a")
	up.Close()
	c.Close()
	<-o.peer.gone
	down := listen(t, downAddress)
	must(t, l.Messages("b").Send(t.Context(), o, false))
	down.conn(t).want(t, "b")
}

func TestAWriteThatFailsIsRepeatedWhole(t *testing.T) {
	// A server that accepts and does not read makes the write time out.
	stuck, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer stuck.Close()
	good := listen(t, "127.0.0.1:0")
	o, _ := newTestOutput(t, stuck.Addr().String()+","+good.Addr().String(),
		func(c *OutputConfig) { c.WriteTimeout = 100 * time.Millisecond })
	var l feedtest.Ledger
	lines := feedtest.Lines(strings.Repeat("x", 1000), 20000)
	w := l.Messages(lines...)
	if err := w.Send(t.Context(), o, false); err == nil || !strings.HasPrefix(err.Error(), "writing to "+stuck.Addr().String()) {
		t.Fatalf("to a server that does not read: %v", err)
	}
	if l.Delivered() != 0 {
		t.Errorf("delivered %d", l.Delivered())
	}
	o.config.WriteTimeout = feedtest.Patience // the good one may be slow
	must(t, w.Send(t.Context(), o, false))
	good.conn(t).want(t, lines...)
	if l.Delivered() != len(lines) {
		t.Errorf("delivered %d", l.Delivered())
	}
}

func TestTheEndOfTheContextEndsAWrite(t *testing.T) {
	stuck, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer stuck.Close()
	o, _ := newTestOutput(t, stuck.Addr().String(), nil)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var l feedtest.Ledger
	if err := l.Messages(feedtest.Lines(strings.Repeat("x", 1000), 20000)...).Send(ctx, o, false); err == nil {
		t.Error("the write succeeded")
	}
}

func TestTLSOutputFromALocalAddress(t *testing.T) {
	certFile, keyFile := netconftest.Certificate(t, t.TempDir(), "server", 1)
	in := start(t, new(feedtest.Feed), func(c *InputConfig) {
		c.UseTLS, c.TLS.CertFile, c.TLS.KeyFile = true, certFile, keyFile
	})
	o, _ := newTestOutput(t, in.ln.Addr().String(), func(c *OutputConfig) {
		c.UseTLS, c.TLS.RootCAFile, c.LocalAddress, c.KeepAlive = true, certFile, "127.0.0.2", true
	})
	var l feedtest.Ledger
	must(t, l.Messages("a", "b").Send(t.Context(), o, false))
	if got := in.feed.WaitFor(t, 2); got[0].Payload != "a" || got[1].Token != "127.0.0.2" {
		t.Errorf("got %+v", got)
	}
}

func TestSendDeliversOneMessage(t *testing.T) {
	s := listen(t, "127.0.0.1:0")
	o, _ := newTestOutput(t, s.Addr().String(), nil)
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetPayload("one")
	must(t, o.Send(t.Context(), p))
	s.conn(t).want(t, "one")
	p.Message.SetPayload("bad")
	if reason, ok := plugin.RefusedReason(o.Send(t.Context(), p)); !ok || reason != "encode" {
		t.Errorf("reason %q", reason)
	}
}

func TestOutputOptionsAreChecked(t *testing.T) {
	f := func(c OutputConfig, want string) {
		t.Helper()
		err := c.Check()
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f(OutputConfig{Address: "localhost:5565"}, "")
	f(OutputConfig{Address: "a:1,b:2", LocalAddress: "10.0.0.1"}, "")
	f(OutputConfig{Address: "a:1", LocalAddress: "10.0.0.1:0"}, "")
	f(OutputConfig{Address: "a:1", LocalAddress: "::1"}, "")
	f(OutputConfig{Address: "a:1, b"}, `address: address is "b"; it must be host:port`)
	f(OutputConfig{}, "address: address must name at least one server")
	f(OutputConfig{Address: "a:1", LocalAddress: "here"},
		`local_address: local_address is "here"; it must be an IP address or ip:port`)
	f(OutputConfig{Address: "a:1", UseTLS: true, TLS: netconf.TLSOptions{MinVersion: "x"}},
		"tls.min_version: Invalid MinVersion: x")
}

func TestOutputDefaults(t *testing.T) {
	p := feedtest.Find(t, Plugins(), "TcpOutput")
	c := p.Consumer
	if c.Encoder != "ProtobufEncoder" || !c.UseBuffering || c.Buffering.MaxFileSize != 134217728 ||
		c.Buffering.CursorUpdateCount != 50 || c.Buffering.FullAction != "shutdown" || !p.NoTicker || !p.FrameProtobuf {
		t.Errorf("defaults %+v", c)
	}
}

func TestConnectingTakesNoLongerThanItMay(t *testing.T) {
	o, _ := newTestOutput(t, netconftest.Mute(t), func(c *OutputConfig) { c.UseTLS, c.ConnectTimeout = true, time.Millisecond })
	if err := new(feedtest.Ledger).Messages("a").Send(t.Context(), o, false); err == nil || !strings.Contains(err.Error(), "TLS handshake") {
		t.Errorf("error %v", err)
	}
}
