package plugins_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	messages "github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// door is an input that listens.
type door struct {
	typ  string
	half string // the beginning of a record
	// good sends a record and returns when it is taken, as far as the protocol says.
	good func(conn net.Conn, text string) error
}

var doors = []door{
	{"TcpInput", "unfinished", func(conn net.Conn, text string) error {
		_, err := io.WriteString(conn, text+"\n")
		return err
	}},
	{"HttpListenInput", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nunfinished", func(conn net.Conn, text string) error {
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
		conn.SetReadDeadline(time.Now().Add(feedtest.Patience))
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("the answer is %s", answer.Status)
		}
		return err
	}},
}

// badClients are the ways in which a client can be bad. Their connections stay open
// unless they end them themselves.
var badClients = map[string]func(conn net.Conn, d *door){
	"says nothing":        func(net.Conn, *door) {},
	"stops in the middle": func(conn net.Conn, d *door) { io.WriteString(conn, d.half) },
	"leaves in the middle": func(conn net.Conn, d *door) {
		io.WriteString(conn, d.half)
		conn.(*net.TCPConn).CloseWrite()
	},
	"resets in the middle": func(conn net.Conn, d *door) {
		io.WriteString(conn, d.half)
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	},
	"talks garbage":           func(conn net.Conn, _ *door) { io.WriteString(conn, strings.Repeat("\x00\xff\x80", 20<<10)) },
	"talks broken TLS":        func(conn net.Conn, _ *door) { io.WriteString(conn, "\x16\x03\x01\x02\x00\x01garbage\x00") },
	"stops in the handshake":  func(conn net.Conn, _ *door) { io.WriteString(conn, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") },
	"resets in the handshake": func(conn net.Conn, _ *door) { conn.(*net.TCPConn).SetLinger(0); conn.Close() },
}

// TestBadClientsHoldNobodyUp has bad clients of all kinds at the door, among them,
// with TLS, such without a certificate that is known. A good one is served, and
// nothing of what the others began is taken.
func TestBadClientsHoldNobodyUp(t *testing.T) {
	dir := t.TempDir()
	cert, key := netconftest.Certificate(t, dir, "server", 1)
	mine, mineKey := netconftest.Certificate(t, dir, "client", 2)
	theirs, theirsKey := netconftest.Certificate(t, dir, "other", 3)
	dialTLS := func(certFile, keyFile string) *tls.Config {
		c := &tls.Config{InsecureSkipVerify: true}
		if certFile != "" {
			pair, err := tls.LoadX509KeyPair(certFile, keyFile)
			if err != nil {
				t.Fatal(err)
			}
			c.Certificates = []tls.Certificate{pair}
		}
		return c
	}
	for i := range doors {
		d := &doors[i]
		for _, secure := range []bool{false, true} {
			name := fmt.Sprintf("%s, TLS: %t", d.typ, secure)
			address := netconftest.Address(t)
			text := fmt.Sprintf("[%s]\naddress = '%s'\n", d.typ, address)
			if secure {
				text += fmt.Sprintf("use_tls = true\n[%s.tls]\ncert_file = '%s'\nkey_file = '%s'\nclient_auth = 'RequireAndVerifyClientCert'\nclient_cafile = '%s'\n",
					d.typ, cert, key, mine)
			}
			feed := new(feedtest.Feed)
			end := run(t, text, feed)
			var conns []net.Conn
			dial := func() net.Conn {
				conn, err := net.Dial("tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				conns = append(conns, conn)
				return conn
			}
			for range 5 {
				for _, bad := range badClients {
					bad(dial(), d)
				}
				if secure {
					d.good(tls.Client(dial(), dialTLS("", "")), "uninvited\n")
					d.good(tls.Client(dial(), dialTLS(theirs, theirsKey)), "uninvited\n")
				}
			}
			conn := dial()
			if secure {
				conn = tls.Client(conn, dialTLS(mine, mineKey))
			}
			if err := d.good(conn, "welcome"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			welcome := func() (yes bool) {
				for _, text := range feed.Payloads() {
					yes = yes || text == "welcome"
				}
				return yes
			}
			feed.Until(t, welcome)
			for _, conn := range conns {
				conn.Close()
			}
			end()
			for _, text := range feed.Payloads() {
				if strings.Contains(text, "unfinished") || strings.Contains(text, "uninvited") {
					t.Errorf("%s: %.100q is taken", name, text)
				}
			}
			if n := feed.OpenStreams(); n != 0 {
				t.Errorf("%s: %d streams are left open", name, n)
			}
		}
	}
}

// run runs the input of a configuration until end, which waits for it.
func run(t *testing.T, text string, feed plugin.Feed) (end func()) {
	t.Helper()
	built, _ := instance(t, text)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- built.(plugin.Input).Run(ctx, feed) }()
	return func() {
		t.Helper()
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(2 * feedtest.Patience):
			t.Errorf("the input does not end:\n%s", text)
		}
		if c, ok := built.(plugin.Closer); ok {
			c.Close()
		}
	}
}

// TestPollingOutlastsBadServers polls servers that are bad in every way, all at a
// time, until they are good again.
func TestPollingOutlastsBadServers(t *testing.T) {
	type poll struct {
		name  string
		proxy *netconftest.FaultProxy
		feed  *feedtest.Feed
		end   func()
	}
	var all []poll
	over := make(chan struct{})
	for _, typ := range []string{"HttpInput", "PrometheusInput"} {
		for _, bad := range badServers {
			if bad.scheme == "tls" {
				continue
			}
			l := listen(t, nil)
			each(t, l, func(conn net.Conn) {
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\nalive 1\n")
				}
			})
			p := poll{name: typ + ", a server that " + bad.name, feed: &feedtest.Feed{Ticks: make(chan time.Time)}}
			p.proxy = netconftest.StartFaultProxy(t, "127.0.0.1:0", l.Addr().String(), bad.fault, 1<<30)
			p.end = run(t, fmt.Sprintf("[%s]\nurls = ['http://%s']\ntimeout = '300ms'\n", typ, p.proxy.Addr()), p.feed)
			go func() {
				tick := time.NewTicker(100 * time.Millisecond)
				defer tick.Stop()
				for now := range tick.C {
					select {
					case p.feed.Ticks <- now:
					case <-over:
						return
					}
				}
			}()
			all = append(all, p)
		}
	}
	alive := func(p poll) bool {
		for _, m := range p.feed.Messages() {
			if strings.Contains(string(messages.AppendJSON(nil, m)), "alive") {
				return true
			}
		}
		return false
	}
	for _, p := range all {
		p.proxy.WaitBroken(t, 2)
		if alive(p) {
			t.Errorf("%s: it is said to be alive", p.name)
		}
		p.proxy.Heal()
	}
	for _, p := range all {
		p.feed.Until(t, func() bool { return alive(p) })
	}
	close(over)
	for _, p := range all {
		p.end()
	}
}
