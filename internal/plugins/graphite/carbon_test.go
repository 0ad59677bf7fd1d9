package graphite

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

func newTestCarbon(t *testing.T, address string, change func(*CarbonConfig)) (*Carbon, *feedtest.Log) {
	t.Helper()
	env, log := feedtest.Env(t, "carbon")
	o := feedtest.Build[*Carbon](t, Plugins(), "CarbonOutput", env, func(c *CarbonConfig) { c.Address = address }, change)
	t.Cleanup(func() { o.Close() })
	return o, log
}

// server accepts connections and passes their lines on.
type server struct {
	net.Listener
	lines chan string
	conns chan net.Conn
}

func serve(t *testing.T, address string) *server {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{ln, make(chan string, 1000), make(chan net.Conn, 100)}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			s.conns <- conn
			go func() {
				defer conn.Close()
				for sc := bufio.NewScanner(conn); sc.Scan(); {
					s.lines <- sc.Text()
				}
			}()
		}
	}()
	t.Cleanup(func() { ln.Close() })
	return s
}

func (s *server) wants(t *testing.T, lines ...string) {
	t.Helper()
	for _, want := range lines {
		select {
		case got := <-s.lines:
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		case <-time.After(feedtest.Patience):
			t.Fatalf("waited in vain for %q", want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestGoodLinesAreSent(t *testing.T) {
	for _, keep := range []bool{false, true} {
		s := serve(t, "127.0.0.1:0")
		o, log := newTestCarbon(t, s.Addr().String(), func(c *CarbonConfig) { c.TCPKeepAlive = keep })
		var l feedtest.Ledger
		must(t, l.Messages("\n a.b  1.50\t1380047333 \nx\nc nan 5\nd 1 y\n", "", "e inf 1", "f 1 0x10").Send(t.Context(), o, false))
		s.wants(t, "a.b  1.50\t1380047333 ", "f 1 0x10")
		must(t, l.Messages("g 1 1", "h 1 1").Send(t.Context(), o, true))
		s.wants(t, "g 1 1", "h 1 1")
		must(t, l.Messages("bad").Send(t.Context(), o, false))
		if l.Delivered() != 4 || l.Dropped("malformed") != 3 {
			t.Errorf("delivered %d, dropped %d", l.Delivered(), l.Dropped("malformed"))
		}
		c := feedtest.Counters(o)
		connections := map[bool]int64{false: 2, true: 1}[keep]
		if c["SentLines"] != int64(4) || c["BadLines"] != int64(6) || c["Connections"] != connections {
			t.Errorf("keep %t: report %v", keep, c)
		}
		for _, want := range []string{"malformed statmetric line: 'x'", "c is NaN", "parsing time: ", "malformed statmetric line: ''"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, log)
			}
		}
		must(t, o.Close())
	}
}

func TestARefusedConnectionIsTriedAgain(t *testing.T) {
	address := netconftest.Address(t)
	for _, keep := range []bool{false, true} {
		o, _ := newTestCarbon(t, address, func(c *CarbonConfig) { c.TCPKeepAlive = keep })
		var l feedtest.Ledger
		w := l.Messages("bad", "a 1 1")
		for range 3 {
			if err := w.Send(t.Context(), o, false); err == nil || !strings.Contains(err.Error(), "Dial failed: ") {
				t.Fatalf("error %v", err)
			}
		}
		s := serve(t, address)
		must(t, w.Send(t.Context(), o, false))
		s.wants(t, "a 1 1")
		if l.Delivered() != 1 || l.Dropped("malformed") != 1 || feedtest.Counters(o)["BadLines"] != int64(1) {
			t.Errorf("delivered %d, dropped %d, %v", l.Delivered(), l.Dropped("malformed"), feedtest.Counters(o))
		}
		must(t, o.Close())
		s.Close()
	}
}

func TestAKeptConnectionIsReplacedWhenTheServerLeaves(t *testing.T) {
	s := serve(t, "127.0.0.1:0")
	o, _ := newTestCarbon(t, s.Addr().String(), func(c *CarbonConfig) { c.TCPKeepAlive = true })
	var l feedtest.Ledger
	for _, line := range []string{"a 1 1", "b 1 1"} {
		must(t, l.Messages(line).Send(t.Context(), o, false))
		s.wants(t, line)
		(<-s.conns).Close()
		<-o.wire.gone
	}
	if c := feedtest.Counters(o); c["Connections"] != int64(2) {
		t.Errorf("report %v", c)
	}
}

func TestNothingIsWrittenToAServerThatIsJustLeaving(t *testing.T) {
	s := serve(t, "127.0.0.1:0")
	o, _ := newTestCarbon(t, s.Addr().String(), func(c *CarbonConfig) { c.TCPKeepAlive = true })
	var l feedtest.Ledger
	for range 100 {
		must(t, l.Messages("a 1 1").Send(t.Context(), o, false))
		s.wants(t, "a 1 1")
		must(t, (<-s.conns).(*net.TCPConn).CloseWrite())
	}
}

// TestAServerThatDoesNotReadIsGivenUp bounds how long a stuck server can hold the
// output up.
func TestAServerThatDoesNotReadIsGivenUp(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	o, _ := newTestCarbon(t, ln.Addr().String(), func(c *CarbonConfig) { c.WriteTimeout = 50 * time.Millisecond })
	var l feedtest.Ledger
	huge := strings.Repeat("a.long.name.of.something 1 1\n", 1<<20)
	if err := l.Messages(huge).Send(t.Context(), o, false); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	o.config.WriteTimeout = 0
	if err := l.Messages(huge).Send(ctx, o, false); err == nil {
		t.Error("sent")
	}
}

func TestDatagramsHoldWholeLines(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	defer conn.Close()
	o, _ := newTestCarbon(t, conn.LocalAddr().String(), func(c *CarbonConfig) { c.Protocol, c.MaxDatagramSize = "udp", 512 })
	var l feedtest.Ledger
	var want strings.Builder
	var messages []string
	for _, line := range feedtest.Lines("stats.counters.requests.", 100) {
		messages = append(messages, line+" 1 1")
		want.WriteString(line + " 1 1\n")
	}
	must(t, l.Messages(messages...).Send(t.Context(), o, false))
	var got strings.Builder
	buf := make([]byte, 64<<10)
	for got.Len() < want.Len() {
		conn.SetReadDeadline(time.Now().Add(feedtest.Patience))
		n, _, err := conn.ReadFrom(buf)
		must(t, err)
		if n > 512 || buf[n-1] != '\n' {
			t.Errorf("a datagram of %d bytes", n)
		}
		got.Write(buf[:n])
	}
	if got.String() != want.String() {
		t.Errorf("got %s", got.String())
	}
	must(t, l.Messages("bad").Send(t.Context(), o, false))
	must(t, o.Send(t.Context(), pack("one 1 1")))
	n, _, err := conn.ReadFrom(buf)
	if err != nil || string(buf[:n]) != "one 1 1\n" {
		t.Errorf("got %q, %v", buf[:n], err)
	}
	if c := feedtest.Counters(o); c["Connections"] != int64(1) {
		t.Errorf("report %v", c)
	}
}

// TestAServerThatResetsLosesNothing has a server that closes without reading.
func TestAServerThatResetsLosesNothing(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	got := make(chan string, 1)
	go func() {
		first, err := ln.Accept()
		if err != nil {
			return
		}
		first.(*net.TCPConn).SetLinger(0)
		first.Close()
		second, err := ln.Accept()
		if err != nil {
			return
		}
		b, _ := io.ReadAll(second)
		second.Close()
		got <- string(b)
	}()
	o, _ := newTestCarbon(t, ln.Addr().String(), nil)
	var l feedtest.Ledger
	w := l.Messages("a 1 1")
	for w.Send(t.Context(), o, false) != nil {
	}
	if text := <-got; text != "a 1 1\n" || l.Delivered() != 1 {
		t.Errorf("got %q, delivered %d", text, l.Delivered())
	}
}

func pack(payload string) *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetPayload(payload)
	return p
}

func TestCarbonOptionsAreChecked(t *testing.T) {
	f := func(protocol, address, want string) {
		t.Helper()
		err := (&CarbonConfig{Protocol: protocol, Address: address}).Check()
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f("", "h:1", "")
	f("udp", "h:1", "")
	f("icmp", "h:1", `protocol: CarbonOutput: "icmp" is not a supported protocol, must be "tcp" or "udp"`)
	f("tcp", "h", `address: address is "h"; it must be host:port`)
}

func TestConnectingTakesNoLongerThanItMay(t *testing.T) {
	s := serve(t, "127.0.0.1:0")
	o, _ := newTestCarbon(t, s.Addr().String(), func(c *CarbonConfig) { c.ConnectTimeout = 1 }) // a nanosecond
	err := new(feedtest.Ledger).Messages("a 1 1").Send(t.Context(), o, false)
	if err == nil || !strings.Contains(err.Error(), "timeout") && !strings.Contains(err.Error(), "deadline exceeded") {
		t.Errorf("error %v", err)
	}
}
