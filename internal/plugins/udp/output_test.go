//go:build linux

package udp

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
)

func newTestOutput(t *testing.T, network, address string, change func(*OutputConfig)) *Output {
	t.Helper()
	env, _ := feedtest.Env(t, "uout")
	o := feedtest.Build[*Output](t, Plugins(), "UdpOutput", env, func(c *OutputConfig) { c.Net, c.Address = network, address }, change)
	t.Cleanup(func() { o.Close() })
	return o
}

func listen(t *testing.T, network, address string) net.PacketConn {
	t.Helper()
	conn, err := netconf.ListenPacket(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// wants receives one datagram after the other.
func wants(t *testing.T, conn net.PacketConn, datagrams ...string) (sender net.Addr) {
	t.Helper()
	b := make([]byte, 70000)
	for _, want := range datagrams {
		conn.SetReadDeadline(time.Now().Add(feedtest.Patience))
		n, addr, err := conn.ReadFrom(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(b[:n]); got != want {
			t.Errorf("got %.100q, want %.100q", got, want)
		}
		sender = addr
	}
	return sender
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAMessageIsADatagram(t *testing.T) {
	dir := t.TempDir()
	f := func(network, address, local string) {
		t.Helper()
		conn := listen(t, network, address)
		o := newTestOutput(t, network, conn.LocalAddr().String(), func(c *OutputConfig) { c.LocalAddress = local })
		var l feedtest.Ledger
		must(t, l.Messages("a", "skip", "bad", strings.Repeat("x", 65507), "b").Send(t.Context(), o, false))
		sender := wants(t, conn, "a\n", "b\n")
		if local != "" && !strings.HasPrefix(sender.String(), local) {
			t.Errorf("sent from %v", sender)
		}
		if l.Delivered() != 3 || l.Dropped("encode") != 1 || l.Dropped("too_big") != 1 {
			t.Errorf("delivered %d, encode %d, too big %d", l.Delivered(), l.Dropped("encode"), l.Dropped("too_big"))
		}
		if c := feedtest.Counters(o); c["SentDatagrams"] != int64(2) {
			t.Errorf("report %v", c)
		}
		must(t, o.Close())
	}
	f("udp", "127.0.0.1:0", "")
	f("udp4", "127.0.0.1:0", "127.0.0.2")
	f("unixgram", filepath.Join(dir, "in"), filepath.Join(dir, "out"))
	if _, err := os.Lstat(filepath.Join(dir, "out")); !os.IsNotExist(err) {
		t.Errorf("the local socket is left: %v", err)
	}
}

func TestNobodyListeningOnUDPStopsNothing(t *testing.T) {
	address := netconftest.Address(t)
	o := newTestOutput(t, "udp", address, nil)
	var l feedtest.Ledger
	must(t, l.Messages(feedtest.Lines("", 50)...).Send(t.Context(), o, false))
	conn := listen(t, "udp", address)
	must(t, l.Messages("a", "b").Send(t.Context(), o, false))
	wants(t, conn, "a\n", "b\n")
}

func TestALocalSocketIsWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	o := newTestOutput(t, "unixgram", path, nil)
	var l feedtest.Ledger
	w := l.Messages("a", "b")
	for range 3 {
		if err := w.Send(t.Context(), o, false); err == nil || !strings.HasPrefix(err.Error(), "Can't connect to '"+path+"': ") {
			t.Fatalf("error %v", err)
		}
	}
	conn := listen(t, "unixgram", path)
	must(t, w.Send(t.Context(), o, false))
	wants(t, conn, "a\n", "b\n")
	conn.Close()
	w = l.Messages("bad", "c", "d")
	if err := w.Send(t.Context(), o, false); err == nil {
		t.Fatal("sent to a socket that is closed")
	}
	conn = listen(t, "unixgram", path)
	must(t, w.Send(t.Context(), o, false))
	wants(t, conn, "c\n", "d\n")
	if l.Delivered() != 4 || l.Dropped("encode") != 1 {
		t.Errorf("delivered %d, dropped %d", l.Delivered(), l.Dropped("encode"))
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
	f(OutputConfig{Net: "udp", Address: "h:1", MaxMessageSize: 512, LocalAddress: "1.2.3.4"}, "")
	f(OutputConfig{Net: "unixgram", Address: "/s", MaxMessageSize: 65507, LocalAddress: "/t"}, "")
	f(OutputConfig{Net: "udp", Address: "h:1", MaxMessageSize: 511},
		"max_message_size: Maximum message size can't be smaller than 512 bytes.")
	f(OutputConfig{Net: "udp", Address: "h", MaxMessageSize: 512}, `address: address is "h"; it must be host:port`)
	f(OutputConfig{Net: "udp", Address: "h:1", MaxMessageSize: 512, LocalAddress: "x"},
		`local_address: local_address is "x"; it must be host:port`)
}
