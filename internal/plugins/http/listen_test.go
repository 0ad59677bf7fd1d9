package http

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// listening is a HttpListenInput at work.
type listening struct {
	*Listen
	feed   *feedtest.Feed
	log    *feedtest.Log
	url    string
	cancel context.CancelFunc
	ended  chan error
}

// listen builds an input with changed options and runs it on a free port.
func listen(t testing.TB, feed *feedtest.Feed, change func(*ListenConfig)) *listening {
	t.Helper()
	env, log := feedtest.Env(t, "hin")
	in := feedtest.Build[*Listen](t, Plugins(), "HttpListenInput", env, func(c *ListenConfig) { c.Address = "127.0.0.1:0" }, change)
	ctx, cancel := context.WithCancel(t.Context())
	must(t, in.Prepare(ctx))
	l := &listening{Listen: in, feed: feed, log: log, cancel: cancel, ended: make(chan error, 1), url: "http://" + in.ln.Addr().String()}
	go func() { l.ended <- in.Run(ctx, feed) }()
	t.Cleanup(func() {
		cancel()
		if err := l.end(t); err != nil {
			t.Error(err)
		}
		if n := feed.OpenStreams(); n != 0 {
			t.Errorf("%d streams are left open", n)
		}
	})
	return l
}

// end waits for the end of Run; it may be called more than once.
func (l *listening) end(t testing.TB) error {
	t.Helper()
	select {
	case err := <-l.ended:
		l.ended <- err
		return err
	case <-time.After(feedtest.Patience):
		t.Fatal("the input does not end")
		return nil
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask sends a request and returns the status; change may be nil.
func (l *listening) ask(t testing.TB, method, path string, body io.Reader, change func(*http.Request)) int {
	t.Helper()
	answer := l.do(t, http.DefaultClient, method, path, body, change)
	return answer.StatusCode
}

func (l *listening) do(t testing.TB, client *http.Client, method, path string, body io.Reader, change func(*http.Request)) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, l.url+path, body)
	must(t, err)
	if change != nil {
		change(req)
	}
	answer, err := client.Do(req)
	must(t, err)
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	return answer
}

// raw opens a connection for what http.Client would not send.
func (l *listening) raw(t testing.TB, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", l.ln.Addr().String())
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	_, err = io.WriteString(conn, text)
	must(t, err)
	return conn
}

// status reads the status of an answer; 0 is a connection that ended without.
func status(t testing.TB, conn net.Conn) int {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(feedtest.Patience))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			t.Fatal("no answer and no end")
		}
		return 0
	}
	return answer.StatusCode
}

func field(m *message.Message, name string) string {
	var all []string
	for i := range m.NumFields() {
		if f := m.Field(i); f.Name() == name {
			all = append(all, string(f.AppendValue(nil, 0)))
		}
	}
	return strings.Join(all, ",")
}

func TestARequestBecomesAMessage(t *testing.T) {
	l := listen(t, new(feedtest.Feed), func(c *ListenConfig) {
		c.RequestHeaders = []string{"X-Color", "X-Missing", "content-length"}
		c.Headers = map[string][]string{"X-Answer": {"one", "two"}}
	})
	answer := l.do(t, http.DefaultClient, "PURGE", "/a%20b/c?x=1&y=%C3%A9+z&x=2&bad=%zz&&flag", strings.NewReader("hello=%20"), func(r *http.Request) {
		r.Header.Set("X-Color", "blue")
		r.Header.Set("User-Agent", "tester")
		r.Header.Set("Content-Type", "text/plain")
	})
	if answer.StatusCode != 200 || answer.ContentLength != 0 || !slices.Equal(answer.Header["X-Answer"], []string{"one", "two"}) {
		t.Errorf("answer: %+v", answer)
	}
	m := l.feed.Messages()[0]
	if m.Type() != "heka.httpdata.request" || m.Hostname() != "this.host" || m.Pid() != 4711 || m.Severity() != 6 ||
		m.EnvVersion() != "1" || m.Payload() != "hello=%20" {
		t.Errorf("message: %s", message.AppendJSON(nil, m))
	}
	for name, want := range map[string]string{
		"Protocol": "HTTP/1.1", "UserAgent": "tester", "ContentType": "text/plain", "Path": "/a b/c", "Host": "127.0.0.1",
		"RemoteAddr": "127.0.0.1", "X-Color": "blue", "X-Missing": "", "content-length": "9", "x": "1,2", "y": "é z", "bad": "", "flag": "",
	} {
		if got := field(m, name); got != want {
			t.Errorf("field %s is %q, want %q", name, got, want)
		}
	}
	if n := m.NumFields(); n != 6+2+4 {
		t.Errorf("%d fields", n)
	}
}

func TestEmptyBodies(t *testing.T) {
	l := listen(t, new(feedtest.Feed), func(c *ListenConfig) { c.Acknowledge = true })
	if got := l.ask(t, "GET", "/none", nil, nil); got != 200 {
		t.Errorf("status %d", got)
	}
	if got := l.ask(t, "GET", "/query?a=b", nil, nil); got != 200 {
		t.Errorf("status %d", got)
	}
	all := l.feed.Messages()
	if len(all) != 1 || all[0].Payload() != "" || field(all[0], "a") != "b" || field(all[0], "Path") != "/query" {
		t.Errorf("messages: %v", all)
	}
}

func TestAuthentication(t *testing.T) {
	f := func(change func(*ListenConfig), name, password, key string, want int) {
		t.Helper()
		l := listen(t, new(feedtest.Feed), change)
		answer := l.do(t, http.DefaultClient, "POST", "/", strings.NewReader("x"), func(r *http.Request) {
			if name != "" {
				r.SetBasicAuth(name, password)
			}
			if key != "" {
				r.Header.Set("X-API-Key", key)
			}
		})
		if answer.StatusCode != want {
			t.Errorf("status %d, want %d", answer.StatusCode, want)
		}
		if basic := answer.Header.Get("WWW-Authenticate") != ""; basic != (want == 401 && l.config.AuthType == "Basic") {
			t.Errorf("headers %v", answer.Header)
		}
		if n := len(l.feed.Records()); (n == 1) != (want == 200) {
			t.Errorf("%d records with status %d", n, want)
		}
		if want == 401 && !strings.Contains(l.log.String(), l.config.AuthType+" Auth Failed") {
			t.Errorf("log: %s", l.log)
		}
		for _, secret := range []string{"s3cret", "k3y"} {
			if strings.Contains(l.log.String(), secret) {
				t.Errorf("the log tells a secret: %s", l.log)
			}
		}
	}
	basic := func(c *ListenConfig) { c.AuthType, c.Username, c.Password = "Basic", "me", "s3cret" }
	api := func(c *ListenConfig) { c.AuthType, c.APIKey = "API", "k3y" }
	f(basic, "me", "s3cret", "", 200)
	f(basic, "me", "s3cre", "", 401)
	f(basic, "m", "es3cret", "", 401)
	f(basic, "", "", "k3y", 401)
	f(api, "", "", "k3y", 200)
	f(api, "", "", "k3", 401)
	f(api, "me", "s3cret", "", 401)
	f(func(c *ListenConfig) { c.AuthType, c.APIKey = "api", "k3y" }, "", "", "", 200)
	f(func(c *ListenConfig) { c.AuthType, c.Username = "Basic", "me" }, "", "", "", 200)
}

func TestABodyIsOneRecord(t *testing.T) {
	feed := &feedtest.Feed{}
	l := listen(t, feed, nil)
	l.ask(t, "POST", "/", strings.NewReader(strings.Repeat("x", 1<<20)), nil)
	if got := feed.Records()[0].Payload; len(got) != 1<<20 {
		t.Errorf("%d bytes", len(got))
	}
}

func pack(t testing.TB, coding string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&out)
	case "zstd":
		var err error
		w, err = zstd.NewWriter(&out)
		must(t, err)
	case "deflate":
		w = zlib.NewWriter(&out)
	case "bare":
		var err error
		w, err = flate.NewWriter(&out, 6)
		must(t, err)
	}
	_, err := w.Write(b)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

func coding(name string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Content-Encoding", name) }
}

func TestPackedBodies(t *testing.T) {
	text := []byte(strings.Repeat("a line of text ", 10000))
	l := listen(t, new(feedtest.Feed), nil)
	for range 2 { // unpackers are used again
		for _, c := range []struct{ header, packed string }{{"gzip", "gzip"}, {"X-GZIP", "gzip"}, {"zstd", "zstd"}, {"deflate", "deflate"}, {"deflate", "bare"}} {
			before := len(l.feed.Records())
			if got := l.ask(t, "POST", "/", bytes.NewReader(pack(t, c.packed, text)), coding(c.header)); got != 200 {
				t.Fatalf("%s: status %d\n%s", c.packed, got, l.log)
			}
			if r := l.feed.Records(); len(r) != before+1 || r[before].Payload != string(text) {
				t.Errorf("%s: other text", c.packed)
			}
			// Garbage and half a body are no records.
			for _, bad := range [][]byte{[]byte("garbage that is not packed"), pack(t, c.packed, text)[:40]} {
				if got := l.ask(t, "POST", "/", bytes.NewReader(bad), coding(c.header)); got != 400 {
					t.Errorf("%s: status %d for a bad body", c.packed, got)
				}
			}
		}
	}
	if n := len(l.feed.Records()); n != 10 {
		t.Errorf("%d records", n)
	}
	if got := l.ask(t, "POST", "/", strings.NewReader("x"), coding("br")); got != 415 {
		t.Errorf("unknown coding: status %d", got)
	}
	if got := l.ask(t, "POST", "/", strings.NewReader("plain"), coding("identity")); got != 200 {
		t.Errorf("identity: status %d", got)
	}
	raw := listen(t, new(feedtest.Feed), func(c *ListenConfig) { c.Decompress = false })
	raw.ask(t, "POST", "/", strings.NewReader("as it is"), coding("gzip"))
	if got := raw.feed.Payloads(); !slices.Equal(got, []string{"as it is"}) {
		t.Errorf("got %q", got)
	}
}

func TestBodiesBeyondTheLimitAreRefused(t *testing.T) {
	const limit = 100000
	l := listen(t, new(feedtest.Feed), func(c *ListenConfig) { c.MaxBodySize = limit })
	bomb := bytes.Repeat([]byte{0}, 50<<20)
	for name, body := range map[string][]byte{"": bomb[:limit+1], "gzip": pack(t, "gzip", bomb), "zstd": pack(t, "zstd", bomb), "deflate": pack(t, "deflate", bomb)} {
		if got := l.ask(t, "POST", "/", bytes.NewReader(body), coding(name)); got != 413 {
			t.Errorf("%q: status %d", name, got)
		}
	}
	chunked := struct{ io.Reader }{bytes.NewReader(bomb[:limit+1])}
	if got := l.ask(t, "POST", "/", chunked, nil); got != 413 {
		t.Errorf("chunked: status %d", got)
	}
	if n := len(l.feed.Records()); n != 0 {
		t.Errorf("%d records", n)
	}
	if got := l.ask(t, "POST", "/", struct{ io.Reader }{bytes.NewReader(bomb[:limit])}, nil); got != 200 {
		t.Errorf("at the limit: status %d", got)
	}
	if c := feedtest.Counters(l); c["FailedRequests"] != int64(5) || c["Requests"] != int64(6) {
		t.Errorf("report: %v", c)
	}
}

func TestTheAnswerWaitsForDelivery(t *testing.T) {
	feed := &feedtest.Feed{Manual: true}
	l := listen(t, feed, func(c *ListenConfig) { c.Acknowledge = true })
	answered := make(chan int, 2)
	go func() { answered <- l.ask(t, "POST", "/", strings.NewReader("one"), nil) }()
	go func() { answered <- l.ask(t, "POST", "/?two=2", nil, nil) }()
	feed.WaitFor(t, 2)
	select {
	case got := <-answered:
		t.Fatalf("answered with %d before the delivery", got)
	default:
	}
	feed.DeliverAll()
	for range 2 {
		select {
		case got := <-answered:
			if got != 200 {
				t.Errorf("status %d", got)
			}
		case <-time.After(feedtest.Patience):
			t.Fatal("no answer")
		}
	}
}

func TestWhatIsNotDeliveredIsNotAcknowledged(t *testing.T) {
	feed := &feedtest.Feed{Manual: true}
	l := listen(t, feed, func(c *ListenConfig) { c.Acknowledge, c.AcknowledgeTimeout = true, 50*time.Millisecond })
	for _, path := range []string{"/", "/?a=b"} {
		var body io.Reader
		if path == "/" {
			body = strings.NewReader("x")
		}
		answer := l.do(t, http.DefaultClient, "POST", path, body, nil)
		if answer.StatusCode != 503 || answer.Header.Get("Retry-After") == "" {
			t.Errorf("status %d, %v", answer.StatusCode, answer.Header)
		}
	}
	feed.DeliverAll() // too late
	if feed.OpenStreams() != 1 {
		t.Errorf("%d streams", feed.OpenStreams())
	}
}

func TestStreamsAreUsedAgain(t *testing.T) {
	l := listen(t, new(feedtest.Feed), nil)
	for i := range 50 {
		l.ask(t, "POST", "/", strings.NewReader(fmt.Sprint(i)), nil)
	}
	if n := l.feed.Opened(); n != 1 {
		t.Errorf("%d streams for one request after the other", n)
	}
}

func TestARequestThatCannotBeServed(t *testing.T) {
	l := listen(t, &feedtest.Feed{Refuse: errors.New("no decoder")}, nil)
	if got := l.ask(t, "POST", "/", strings.NewReader("x"), nil); got != 500 {
		t.Errorf("status %d", got)
	}
	if !strings.Contains(l.log.String(), "no decoder") {
		t.Errorf("log: %s", l.log)
	}
}

// TestBadClients holds that whatever a client does, it costs only itself.
func TestBadClients(t *testing.T) {
	l := listen(t, new(feedtest.Feed), func(c *ListenConfig) { c.MaxHeaderSize = 4096 })
	impatient := listen(t, new(feedtest.Feed), func(c *ListenConfig) { c.ReadTimeout = 300 * time.Millisecond })
	head := "POST / HTTP/1.1\r\nHost: x\r\n"
	f := func(what, text string, want int) {
		t.Helper()
		in := l
		if strings.HasPrefix(what, "slow ") {
			in = impatient
		}
		if got := status(t, in.raw(t, text)); got != want {
			t.Errorf("%s: status %d, want %d", what, got, want)
		}
	}
	f("no HTTP", "\x16\x03\x01\x02\x00garbage\r\n\r\n", 400)
	f("slow head", "POST / HT", 400)
	f("slow headers", head+"X-A: ", 0)
	f("slow body", head+"Content-Length: 10\r\n\r\nabc", 408)
	f("slow chunk", head+"Transfer-Encoding: chunked\r\n\r\n5\r\nab", 408)
	f("large head", head+"X-Big: "+strings.Repeat("x", 10000)+"\r\n\r\n", 431)
	f("bad chunk", head+"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400)
	f("both lengths", head+"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400)
	f("no host", "POST / HTTP/1.1\r\n\r\n", 400)

	half := l.raw(t, head+"Content-Length: 10\r\n\r\nabc")
	half.(*net.TCPConn).CloseWrite()
	if got := status(t, half); got != 400 {
		t.Errorf("half-closed in the body: status %d", got)
	}
	closed := l.raw(t, head+"Content-Length: 3\r\n\r\nabc")
	closed.(*net.TCPConn).CloseWrite()
	if got := status(t, closed); got != 200 {
		t.Errorf("half-closed behind the body: status %d", got)
	}
	reset := l.raw(t, head+"Content-Length: 10\r\n\r\nabc")
	reset.(*net.TCPConn).SetLinger(0)
	reset.Close()

	if got := l.ask(t, "POST", "/", strings.NewReader("good"), nil); got != 200 {
		t.Errorf("status %d", got)
	}
	if got := l.feed.Payloads(); !slices.Equal(got, []string{"abc", "good"}) {
		t.Errorf("records %q", got)
	}
	if got := impatient.feed.Payloads(); len(got) != 0 {
		t.Errorf("records %q of slow clients", got)
	}
}

func TestConnectionsAreLimited(t *testing.T) {
	l := listen(t, new(feedtest.Feed), func(c *ListenConfig) { c.MaxConnections = 1 })
	first := l.raw(t, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
	if got := status(t, first); got != 200 {
		t.Fatalf("status %d", got)
	}
	if got := status(t, l.raw(t, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")); got != 0 {
		t.Errorf("the second connection got status %d", got)
	}
	first.Close()
	for status(t, l.raw(t, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) != 200 {
		if t.Context().Err() != nil {
			t.Fatal("no connection after the first has ended")
		}
	}
	if c := feedtest.Counters(l); c["RejectedConnections"] == int64(0) {
		t.Errorf("report: %v", c)
	}
}

func TestTheEndWaitsForRequests(t *testing.T) {
	l := listen(t, new(feedtest.Feed), nil)
	l.raw(t, "") // says nothing
	idle := l.raw(t, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if got := status(t, idle); got != 200 {
		t.Fatal(got)
	}
	reads, writes := io.Pipe()
	answered := make(chan int, 1)
	go func() { answered <- l.ask(t, "POST", "/", reads, nil) }()
	_, err := writes.Write([]byte("first "))
	must(t, err)
	l.feed.Until(t, func() bool { return l.feed.Opened() >= 1 })
	l.feed.Until(t, func() bool { return l.requests.Load() >= 2 })
	l.cancel()
	_, err = writes.Write([]byte("second"))
	must(t, err)
	must(t, writes.Close())
	if got := <-answered; got != 200 {
		t.Errorf("status %d", got)
	}
	must(t, l.end(t))
	if strings.Contains(l.log.String(), "cutting off") {
		t.Error("the end waits for connections without a request")
	}
	if got := l.feed.Payloads(); !slices.Equal(got, []string{"first second"}) {
		t.Errorf("records %q", got)
	}
}

func TestARequestThatDoesNotEndIsCutOff(t *testing.T) {
	l := listen(t, new(feedtest.Feed), nil)
	l.raw(t, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
	l.feed.Until(t, func() bool { return l.feed.Opened() == 1 })
	l.cancel()
	must(t, l.end(t))
	if n := len(l.feed.Records()); n != 0 {
		t.Errorf("%d records", n)
	}
	if !strings.Contains(l.log.String(), "cutting off") {
		t.Errorf("log: %s", l.log)
	}
}

func TestOnceEndsAfterTheLastConnection(t *testing.T) {
	l := listen(t, &feedtest.Feed{RunOnce: true}, nil)
	l.raw(t, "").Close() // without a request
	l.ask(t, "POST", "/", strings.NewReader("x"), func(r *http.Request) { r.Close = true })
	must(t, l.end(t))
	if got := l.feed.Payloads(); !slices.Equal(got, []string{"x"}) {
		t.Errorf("records %q", got)
	}
}

func TestTLS(t *testing.T) {
	certFile, keyFile := netconftest.Certificate(t, t.TempDir(), "server", 1)
	l := listen(t, new(feedtest.Feed), func(c *ListenConfig) {
		c.UseTLS, c.TLS.CertFile, c.TLS.KeyFile = true, certFile, keyFile
		c.TLS.ClientAuth, c.TLS.ClientCAFile = "RequireAndVerifyClientCert", certFile
	})
	garbage := l.raw(t, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if got := status(t, garbage); got != 400 { // net/http says it in plain text
		t.Errorf("plain HTTP: status %d", got)
	}
	l.url = strings.Replace(l.url, "http:", "https:", 1)
	client := func(o netconf.TLSOptions) *http.Client {
		config, err := o.ClientConfig(nil)
		must(t, err)
		c, err := (&netconf.HTTPClient{TLS: config}).New()
		must(t, err)
		t.Cleanup(c.CloseIdleConnections)
		return c
	}
	good := client(netconf.TLSOptions{RootCAFile: certFile, CertFile: certFile, KeyFile: keyFile})
	answer := l.do(t, good, "POST", "/", strings.NewReader("secret"), nil)
	if answer.StatusCode != 200 || answer.TLS == nil {
		t.Errorf("answer %+v", answer)
	}
	for name, o := range map[string]netconf.TLSOptions{
		"unknown authority": {CertFile: certFile, KeyFile: keyFile}, "no certificate": {RootCAFile: certFile},
		"old version": {RootCAFile: certFile, CertFile: certFile, KeyFile: keyFile, MinVersion: "TLS10", MaxVersion: "TLS11"},
	} {
		if answer, err := client(o).Post(l.url, "", strings.NewReader("x")); err == nil {
			answer.Body.Close()
			t.Errorf("%s: status %d", name, answer.StatusCode)
		}
	}
	if got := l.feed.Messages(); len(got) != 1 || field(got[0], "Protocol") != answer.Proto {
		t.Errorf("messages %v", got)
	}
}

func TestBrokenTLSIsAConfigurationError(t *testing.T) {
	env, _ := feedtest.Env(t, "hin")
	c := &ListenConfig{Address: "127.0.0.1:0", UseTLS: true}
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "TLS config requires both cert_file and key_file value.") {
		t.Error(err)
	}
	c.TLS.CertFile, c.TLS.KeyFile = "missing", "missing"
	if _, err := newListen(c, env); err == nil {
		t.Error("built")
	}
}

func TestTheAddressMayBeTaken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	env, _ := feedtest.Env(t, "hin")
	in, err := newListen(&ListenConfig{Address: ln.Addr().String()}, env)
	must(t, err)
	err = in.(plugin.Preparer).Prepare(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "Listener ["+ln.Addr().String()+"] start fail: ") {
		t.Error(err)
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	l := listen(t, new(feedtest.Feed), func(c *ListenConfig) { c.IdleTimeout = time.Millisecond })
	conn := l.raw(t, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na")
	conn.SetReadDeadline(time.Now().Add(feedtest.Patience))
	if answer, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 OK") {
		t.Errorf("%q, %v", answer, err)
	}
}
