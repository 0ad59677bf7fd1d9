package tcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// running is an input at work.
type running struct {
	*Input
	feed   *feedtest.Feed
	log    *feedtest.Log
	cancel context.CancelFunc
	ended  chan error
}

// start builds an input with changed options and runs it. It listens on a free
// port unless change says otherwise.
func start(t *testing.T, feed *feedtest.Feed, change func(*InputConfig)) *running {
	t.Helper()
	env, log := feedtest.Env(t, "tin")
	in := feedtest.Build[*Input](t, Plugins(), "TcpInput", env, func(c *InputConfig) { c.Address = "127.0.0.1:0" }, change)
	ctx, cancel := context.WithCancel(t.Context())
	if err := in.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	r := &running{Input: in, feed: feed, log: log, cancel: cancel, ended: make(chan error, 1)}
	go func() { r.ended <- in.Run(ctx, feed) }()
	t.Cleanup(func() {
		cancel()
		if err := r.end(t); err != nil {
			t.Error(err)
		}
	})
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

func (r *running) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial(r.ln.Addr().Network(), r.ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func send(t *testing.T, conn io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

func TestEachConnectionIsAStream(t *testing.T) {
	in := start(t, new(feedtest.Feed), nil)
	one, two := in.dial(t), in.dial(t)
	send(t, one, "a1\na2\nhalf")
	in.feed.WaitFor(t, 2)
	send(t, two, "b1\n")
	in.feed.WaitFor(t, 3)
	send(t, one, " a3\n")
	records := in.feed.WaitFor(t, 4)
	want := []feedtest.Record{
		{Token: "127.0.0.1", Type: "tin", Hostname: one.LocalAddr().String(), Payload: "a1"},
		{Token: "127.0.0.1", Type: "tin", Hostname: one.LocalAddr().String(), Payload: "a2"},
		{Token: "127.0.0.1", Type: "tin", Hostname: two.LocalAddr().String(), Payload: "b1"},
		{Token: "127.0.0.1", Type: "tin", Hostname: one.LocalAddr().String(), Payload: "half a3"},
	}
	if !slices.Equal(records, want) {
		t.Errorf("got %+v, want %+v", records, want)
	}
	one.Close()
	in.feed.Until(t, func() bool { return in.feed.OpenStreams() == 1 })
	two.Close()
	in.feed.Until(t, func() bool { return in.feed.OpenStreams() == 0 })
}

func TestStopReadsWhatHasArrived(t *testing.T) {
	in := start(t, new(feedtest.Feed), nil)
	busy := in.dial(t)
	in.dial(t) // stays silent
	send(t, busy, "first\n")
	in.feed.WaitFor(t, 1)
	in.feed.Until(t, func() bool { return in.feed.OpenStreams() == 2 })
	const n = 20000
	send(t, busy, strings.Join(feedtest.Lines("", n), "\n")+"\nunfinished")
	in.cancel()
	if err := in.end(t); err != nil {
		t.Error(err)
	}
	if got := len(in.feed.Records()); got != n+1 {
		t.Errorf("%d records, want %d", got, n+1)
	}
	if in.feed.OpenStreams() != 0 {
		t.Error("streams are left open")
	}
}

func TestPortInUseIsAnErrorOfPrepare(t *testing.T) {
	in := start(t, new(feedtest.Feed), nil)
	env, _ := feedtest.Env(t, "second")
	second, err := newInput(&InputConfig{Net: "tcp", Address: in.ln.Addr().String()}, env)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.(plugin.Preparer).Prepare(t.Context()); err == nil {
		t.Error("two inputs listen on one port")
	}
}

func TestMaxConnectionsTurnsAway(t *testing.T) {
	in := start(t, new(feedtest.Feed), func(c *InputConfig) { c.MaxConnections = 1 })
	first := in.dial(t)
	send(t, first, "1\n")
	in.feed.WaitFor(t, 1)
	if _, err := in.dial(t).Read(make([]byte, 1)); err == nil {
		t.Error("a second connection was served")
	}
	send(t, first, "2\n")
	in.feed.WaitFor(t, 2)
	if c := feedtest.Counters(in); c["RejectedConnections"] != int64(1) || c["ServedConnections"] != int64(1) || c["Connections"] != int64(1) {
		t.Errorf("report: %v", c)
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	in := start(t, new(feedtest.Feed), func(c *InputConfig) { c.IdleTimeout = time.Second })
	conn := in.dial(t)
	send(t, conn, "1\n")
	in.feed.WaitFor(t, 1)
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection stays open")
	}
	in.feed.Until(t, func() bool { return in.feed.OpenStreams() == 0 })
}

func TestOnceEndsAfterTheLastConnection(t *testing.T) {
	in := start(t, &feedtest.Feed{RunOnce: true}, nil)
	one, two := in.dial(t), in.dial(t)
	send(t, one, "1\n")
	send(t, two, "2\n")
	in.feed.WaitFor(t, 2)
	one.Close()
	in.feed.Until(t, func() bool { return in.feed.OpenStreams() == 1 })
	select {
	case <-in.ended:
		t.Fatal("ended while a connection was open")
	default:
	}
	two.Close()
	if err := in.end(t); err != nil {
		t.Error(err)
	}
	if in.feed.Opened() != 2 {
		t.Errorf("%d streams", in.feed.Opened())
	}
}

func TestAbortedConnectionsDoNotEndTheInput(t *testing.T) {
	in := start(t, new(feedtest.Feed), func(c *InputConfig) { c.KeepAlive = true })
	conn := in.dial(t)
	send(t, conn, "1\n")
	in.feed.WaitFor(t, 1)
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
	in.feed.Until(t, func() bool { return in.feed.OpenStreams() == 0 })
	send(t, in.dial(t), "2\n")
	in.feed.WaitFor(t, 2)
	// The line is written after the stream has ended.
	for late := time.After(feedtest.Patience); !strings.Contains(in.log.String(), "reading from 127.0.0.1:"); {
		select {
		case <-late:
			t.Fatalf("log: %s", in.log)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestAStreamThatCannotBeOpenedClosesItsConnection(t *testing.T) {
	in := start(t, &feedtest.Feed{Refuse: errors.New("no decoder")}, nil)
	if _, err := in.dial(t).Read(make([]byte, 1)); err == nil {
		t.Error("the connection stays open")
	}
	in.cancel()
	in.end(t)
	if !strings.Contains(in.log.String(), "no decoder") {
		t.Errorf("log: %s", in.log)
	}
}

func TestLocalSockets(t *testing.T) {
	for _, network := range []string{"unix", "unixpacket"} {
		path := filepath.Join(t.TempDir(), "s")
		in := start(t, new(feedtest.Feed), func(c *InputConfig) { c.Net, c.Address = network, path })
		send(t, in.dial(t), "hello\n")
		want := feedtest.Record{Type: "tin", Hostname: "this.host", Payload: "hello"}
		if got := in.feed.WaitFor(t, 1)[0]; got != want {
			t.Errorf("%s: got %+v, want %+v", network, got, want)
		}
	}
}

func TestTLSInput(t *testing.T) {
	certFile, keyFile := netconftest.Certificate(t, t.TempDir(), "server", 1)
	in := start(t, new(feedtest.Feed), func(c *InputConfig) {
		c.UseTLS, c.KeepAlive, c.KeepAlivePeriod = true, true, 60
		c.TLS.CertFile, c.TLS.KeyFile = certFile, keyFile
	})
	plain := in.dial(t)
	send(t, plain, "not a handshake\n")
	if _, err := io.Copy(io.Discard, plain); err != nil {
		t.Log(err) // a reset is as good as an end
	}
	client, err := (&netconf.TLSOptions{RootCAFile: certFile}).ClientConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := netconf.Dialer{TLS: client, Timeout: feedtest.Patience}
	conn, err := d.DialContext(t.Context(), "tcp", in.ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	send(t, conn, "secret\n")
	if got := in.feed.WaitFor(t, 1); len(got) != 1 || got[0].Payload != "secret" || got[0].Hostname != conn.LocalAddr().String() {
		t.Errorf("got %+v", got)
	}
	// A line of any length arrives without another one behind it.
	want := []string{"secret"}
	for _, size := range []int{1, 254, 255, 256, 511, 16 << 10, 40_000} {
		want = append(want, strings.Repeat("x", size))
		send(t, conn, want[len(want)-1]+"\n")
		in.feed.WaitFor(t, len(want))
	}
	send(t, conn, "more\n")
	in.cancel()
	in.end(t)
	if got := in.feed.Payloads(); !slices.Equal(got, append(want, "more")) {
		t.Errorf("after the end: %q", got)
	}
}

// flaky is a listener whose Accept fails.
type flaky struct {
	netconf.StreamListener
	failures int
}

func (f *flaky) Accept() (net.Conn, error) {
	if f.failures > 0 {
		f.failures--
		return nil, fmt.Errorf("accept: too many open files")
	}
	return f.StreamListener.Accept()
}

func TestFailingAcceptIsTriedAgain(t *testing.T) {
	env, log := feedtest.Env(t, "tin")
	ln, err := netconf.Listen(t.Context(), "tcp", "127.0.0.1:0", net.KeepAliveConfig{})
	if err != nil {
		t.Fatal(err)
	}
	in := &Input{config: new(InputConfig), env: env, ln: &flaky{ln, 3}}
	r := &running{Input: in, feed: &feedtest.Feed{RunOnce: true}, ended: make(chan error, 1)}
	go func() { r.ended <- in.Run(t.Context(), r.feed) }()
	send(t, r.dial(t), "x\n")
	r.feed.WaitFor(t, 1)
	if got := strings.Count(log.String(), "TCP accept failed: accept: too many open files"); got != 3 {
		t.Errorf("%d failures in the log: %s", got, log)
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
	f(InputConfig{Net: "tcp", Address: ":5565"}, "")
	f(InputConfig{Net: "tcp", Address: "fd:3"}, "")
	f(InputConfig{Net: "unix", Address: "/run/heka.sock"}, "")
	f(InputConfig{Net: "tcp", Address: "5565"}, `address: address is "5565"; it must be host:port`)
	f(InputConfig{Net: "tcp", Address: ":5565", UseTLS: true},
		"tls.cert_file: TLS config requires both cert_file and key_file value.")
}

func TestInputDefaults(t *testing.T) {
	p := feedtest.Find(t, Plugins(), "TcpInput")
	if p.Input.Splitter != "HekaFramingSplitter" || p.Input.Decoder != "ProtobufDecoder" {
		t.Errorf("defaults %+v", p.Input)
	}
}
