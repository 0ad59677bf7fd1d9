//go:build linux

package udp

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/plugins/feedtest"
)

// whole is the splitter that makes one record of a datagram.
func whole(data []byte, _ bool) (int, []byte) { return len(data), data }

// running is an input at work.
type running struct {
	*Input
	feed   *feedtest.Feed
	log    *feedtest.Log
	run    func()
	cancel context.CancelFunc
	ended  chan error
}

// prepare builds an input with changed options; it listens on a free port unless
// change says otherwise, and reads once run was called.
func prepare(t *testing.T, feed *feedtest.Feed, change func(*InputConfig)) *running {
	t.Helper()
	env, log := feedtest.Env(t, "uin")
	in := feedtest.Build[*Input](t, Plugins(), "UdpInput", env, func(c *InputConfig) { c.Address = "127.0.0.1:0" }, change)
	ctx, cancel := context.WithCancel(t.Context())
	if err := in.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	r := &running{Input: in, feed: feed, log: log, cancel: cancel, ended: make(chan error, 1)}
	r.run = func() {
		go func() { r.ended <- in.Run(ctx, feed) }()
		t.Cleanup(func() {
			cancel()
			if err := r.end(t); err != nil {
				t.Error(err)
			}
		})
	}
	return r
}

func start(t *testing.T, feed *feedtest.Feed, change func(*InputConfig)) *running {
	t.Helper()
	r := prepare(t, feed, change)
	r.run()
	return r
}

// end waits for the end of Run; it may be called more than once.
func (r *running) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.ended:
		r.ended <- err
		return err
	case <-time.After(feedtest.Patience):
		t.Fatal("the input does not end")
		return nil
	}
}

// dial connects to the input from a local address.
func (r *running) dial(t *testing.T, local string) net.Conn {
	t.Helper()
	d := netconf.Dialer{LocalAddress: local}
	addr := r.socket.LocalAddr()
	conn, err := d.DialContext(t.Context(), addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func send(t *testing.T, conn io.Writer, datagrams ...string) {
	t.Helper()
	for _, d := range datagrams {
		if _, err := io.WriteString(conn, d); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADatagramIsAMessage(t *testing.T) {
	dir := t.TempDir()
	inherited, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inherited.Close()
	file, err := inherited.(*net.UDPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f := func(network, address string) {
		t.Helper()
		in := start(t, &feedtest.Feed{Cut: whole}, func(c *InputConfig) { c.Net, c.Address = network, address })
		long := strings.Repeat("x", 60000)
		send(t, in.dial(t, ""), "one", "two\n", long)
		want := []feedtest.Record{{Type: "uin", Payload: "one"}, {Type: "uin", Payload: "two\n"}, {Type: "uin", Payload: long}}
		if got := in.feed.WaitFor(t, 3); !slices.Equal(got, want) {
			t.Errorf("%s %s: got %.200v", network, address, got)
		}
		if c := feedtest.Counters(in); c["ReceivedDatagrams"] != int64(3) || c["KernelDroppedDatagrams"] != uint32(0) {
			t.Errorf("report %v", c)
		}
	}
	f("udp", "127.0.0.1:0")
	f("udp4", "127.0.0.1:0")
	f("udp", "localhost:0")
	f("unixgram", filepath.Join(dir, "sock"))
	f("unixgram", fmt.Sprintf("@udp-test-%d", os.Getpid()))
	f("udp", fmt.Sprintf("fd:%d", file.Fd()))
}

func TestDatagramsAreNotJoined(t *testing.T) {
	in := start(t, new(feedtest.Feed), nil)
	conn := in.dial(t, "")
	send(t, conn, "a\nb\nrest", "of another\nc\n", "", "no delimiter", "d\n")
	in.feed.WaitFor(t, 5)
	if got := in.feed.Payloads(); !slices.Equal(got, []string{"a", "b", "of another", "c", "d"}) {
		t.Errorf("got %q", got)
	}
	if c := feedtest.Counters(in); c["DatagramsWithoutRecord"] != int64(2) {
		t.Errorf("report %v", c)
	}
	if got := strings.Count(in.log.String(), "no records"); got != 1 {
		t.Errorf("log: %s", in.log)
	}
}

func TestSetHostname(t *testing.T) {
	in := start(t, &feedtest.Feed{Cut: whole}, func(c *InputConfig) { c.SetHostname = true })
	one, two := in.dial(t, "127.0.0.1"), in.dial(t, "127.0.0.2")
	send(t, one, "a")
	in.feed.WaitFor(t, 1)
	send(t, two, "b")
	in.feed.WaitFor(t, 2)
	send(t, one, "c")
	var hosts []string
	for _, r := range in.feed.WaitFor(t, 3) {
		hosts = append(hosts, r.Payload+" from "+r.Hostname)
	}
	if !slices.Equal(hosts, []string{"a from 127.0.0.1", "b from 127.0.0.2", "c from 127.0.0.1"}) {
		t.Errorf("got %q", hosts)
	}
}

func TestStopReadsWhatHasArrived(t *testing.T) {
	in := prepare(t, &feedtest.Feed{Cut: whole}, nil)
	lines := feedtest.Lines("", 100)
	send(t, in.dial(t, ""), lines...)
	in.cancel()
	in.run()
	if err := in.end(t); err != nil {
		t.Error(err)
	}
	if got := in.feed.Payloads(); !slices.Equal(got, lines) {
		t.Errorf("%d datagrams, want %d", len(got), len(lines))
	}
}

func TestOnceEndsWhenNothingComes(t *testing.T) {
	in := prepare(t, &feedtest.Feed{Cut: whole, RunOnce: true}, nil)
	send(t, in.dial(t, ""), "a", "b")
	in.run()
	in.feed.WaitFor(t, 2)
	if err := in.end(t); err != nil {
		t.Error(err)
	}
}

func TestKernelDropsAreReported(t *testing.T) {
	in := prepare(t, &feedtest.Feed{Cut: whole}, func(c *InputConfig) { c.ReceiveBuffer = 4096 })
	send(t, in.dial(t, ""), feedtest.Lines(strings.Repeat("x", 500), 1000)...)
	in.run()
	in.feed.WaitFor(t, 1)
	in.cancel()
	dropped := feedtest.Counters(in)["KernelDroppedDatagrams"].(uint32)
	in.end(t)
	got := feedtest.Counters(in)["ReceivedDatagrams"].(int64)
	if dropped == 0 || got+int64(dropped) != 1000 {
		t.Errorf("%d received, %d dropped", got, dropped)
	}
}

func TestASocketFileGoesWithItsInput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	in := start(t, new(feedtest.Feed), func(c *InputConfig) { c.Net, c.Address = "unixgram", path })
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	in.cancel()
	in.end(t)
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the file is left: %v", err)
	}
}

func TestSocketInUseIsAnErrorOfPrepare(t *testing.T) {
	in := start(t, new(feedtest.Feed), nil)
	env, _ := feedtest.Env(t, "second")
	second, err := newInput(&InputConfig{Net: "udp", Address: in.socket.LocalAddr().String()}, env)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.(*Input).Prepare(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "ListenUDP failed: ") {
		t.Errorf("error %v", err)
	}
}

func TestInputOptionsAreChecked(t *testing.T) {
	f := func(c InputConfig, want string) {
		t.Helper()
		err := c.Check()
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f(InputConfig{Net: "udp", Address: ":514", SetHostname: true}, "")
	f(InputConfig{Net: "unixgram", Address: "/dev/log"}, "")
	f(InputConfig{Net: "unixgram", Address: "@log"}, "")
	f(InputConfig{Net: "udp", Address: "fd:3"}, "")
	f(InputConfig{Net: "udp", Address: "fd:3", SetHostname: true}, "set_hostname: Can't set Hostname from file descriptor.")
	f(InputConfig{Net: "unixgram", Address: "/s", SetHostname: true}, "set_hostname: Can't set Hostname from Unix datagram.")
	f(InputConfig{Net: "udp", Address: "514"}, `address: address is "514"; it must be host:port`)
}
