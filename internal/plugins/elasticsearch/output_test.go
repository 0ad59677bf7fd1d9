package elasticsearch

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// output is what the tests call.
type output interface {
	plugin.BatchOutput
	plugin.Flusher
	plugin.Closer
	plugin.Output
	plugin.Reporter
}

// newTestOutput builds an output. Its encoder makes an entry of each payload: the
// value of "do", "raw " with the entry as it is, or what feedtest.EncodeLine does.
func newTestOutput(t testing.TB, server string, change func(*OutputConfig)) (output, *feedtest.Log) {
	t.Helper()
	env, log := feedtest.Env(t, "esout")
	env.Encode = func(dst []byte, p *plugin.Pack) ([]byte, error) {
		text := p.Message.Payload()
		if raw, ok := strings.CutPrefix(text, "raw "); ok {
			return append(dst, raw...), nil
		}
		if _, err := feedtest.EncodeLine(nil, p); err != nil {
			return dst, err
		}
		do, n, _ := strings.Cut(text, " ")
		return fmt.Appendf(dst, "{\"index\":{\"_index\":\"i\"}}\n{\"do\":%q,\"n\":%q}\n", do, n), nil
	}
	o := feedtest.Build[output](t, Plugins(), "ElasticSearchOutput", env, func(c *OutputConfig) { c.Server = server }, change)
	t.Cleanup(func() { o.Close() })
	return o, log
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// push sends work as the host does: again after errors, and then a flush.
func push(t *testing.T, o output, w *feedtest.Work) (errs []string) {
	t.Helper()
	for _, f := range []func(context.Context) error{
		func(ctx context.Context) error { return w.Send(ctx, o, true) }, o.Flush,
	} {
		for err := f(t.Context()); err != nil; err = f(t.Context()) {
			errs = append(errs, err.Error())
			if len(errs) > 20 || t.Context().Err() != nil {
				t.Fatalf("does not come to an end: %q", errs)
			}
		}
	}
	return errs
}

func doc(do, n string) string { return fmt.Sprintf(`{"do":%q,"n":%q}`, do, n) }

func TestRequestsAreCutByCountAndBytes(t *testing.T) {
	f := func(change func(*OutputConfig), batches, want []int) {
		t.Helper()
		s := newStub(t)
		o, _ := newTestOutput(t, s.URL, change)
		var l feedtest.Ledger
		var all []string
		for _, n := range batches {
			var texts []string
			for i := range n {
				texts = append(texts, fmt.Sprintf("ok %d", i))
				all = append(all, doc("ok", fmt.Sprint(i)))
			}
			must(t, l.Messages(texts...).Send(t.Context(), o, true))
		}
		must(t, o.Flush(t.Context()))
		if got := s.sizes(); !slices.Equal(got, want) || !slices.Equal(s.indexed(), all) {
			t.Errorf("requests of %v messages, want %v; documents %q", got, want, s.indexed())
		}
		if l.Delivered() != len(all) || l.Held() != 0 {
			t.Errorf("delivered %d of %d, held %d", l.Delivered(), len(all), l.Held())
		}
	}
	f(nil, []int{25}, []int{10, 10, 5})
	f(nil, []int{3, 3, 3, 3}, []int{10, 2})
	f(func(c *OutputConfig) { c.FlushCount = 3 }, []int{100}, append(slices.Repeat([]int{3}, 33), 1))
	f(func(c *OutputConfig) { c.FlushCount, c.FlushBytes = 1000, 1024 }, []int{60}, []int{22, 22, 16})
	f(func(c *OutputConfig) { c.FlushCount, c.FlushInterval = 4, 0 }, []int{5, 4}, []int{4, 4, 1})
}

func TestRequestForm(t *testing.T) {
	s := newStub(t)
	o, _ := newTestOutput(t, strings.Replace(s.URL, "http://", "http://x:y@", 1)+"/prefix/?a=b", func(c *OutputConfig) {
		c.Username, c.Password = "me", "s3cret"
	})
	var l feedtest.Ledger
	push(t, o, l.Messages("ok 1", "skip", "bad", `raw {"delete":{"_index":"i","_id":"1"}}`, "raw {\"create\":{}}\n{}\n{\"index\":{}}\n{\"a\":1}"))
	r := s.requests[0]
	name, password, _ := r.BasicAuth()
	if r.URL.String() != "/prefix/_bulk" || r.Header.Get("Accept") != "application/json" || r.Header.Get("Content-Type") != "application/x-ndjson" ||
		name != "me" || password != "s3cret" || r.Header.Get("Content-Encoding") != "" {
		t.Errorf("request %+v", r)
	}
	if got, want := s.indexed(), []string{doc("ok", "1"), "{}", `{"a":1}`}; !slices.Equal(got, want) {
		t.Errorf("documents %q", got)
	}
	if l.Dropped("encode") != 1 || l.Delivered() != 4 {
		t.Errorf("dropped %d, delivered %d", l.Dropped("encode"), l.Delivered())
	}
	for header, change := range map[string]func(*OutputConfig){
		"ApiKey k3y": func(c *OutputConfig) { c.APIKey = "k3y" }, "Bearer t0ken": func(c *OutputConfig) { c.BearerToken = "t0ken" },
		"": func(c *OutputConfig) { c.Username = "me" },
	} {
		s := newStub(t)
		o, _ := newTestOutput(t, s.URL, func(c *OutputConfig) { c.Gzip = true; change(c) })
		push(t, o, new(feedtest.Ledger).Messages("ok 1"))
		if got := s.requests[0].Header; got.Get("Authorization") != header || got.Get("Content-Encoding") != "gzip" || len(s.indexed()) != 1 {
			t.Errorf("%s: %v", header, got)
		}
	}
}

func TestEachItemGetsItsVerdict(t *testing.T) {
	s := newStub(t)
	o, _ := newTestOutput(t, s.URL, nil)
	var l feedtest.Ledger
	errs := push(t, o, l.Messages("ok 1", "refuse 2", "busy 3", "ok 4", "broken 5", "exists 6", "ok 7"))
	want := []string{doc("ok", "1"), doc("ok", "4"), doc("ok", "7"), doc("busy", "3"), doc("broken", "5")}
	if got := s.indexed(); !slices.Equal(got, want) {
		t.Errorf("documents %q", got)
	}
	if got := s.sizes(); !slices.Equal(got, []int{7, 2}) {
		t.Errorf("requests of %v", got)
	}
	if l.Delivered() != 5 || l.Dropped("refused") != 2 || l.Held() != 0 {
		t.Errorf("delivered %d, refused %d, held %d", l.Delivered(), l.Dropped("refused"), l.Held())
	}
	if len(errs) != 1 || !strings.Contains(errs[0], "2 of 7 messages: can't index: status 503: unavailable_shards_exception: because of") {
		t.Errorf("errors %q", errs)
	}
	if c := feedtest.Counters(o); c["SentMessageCount"] != int64(5) || c["DropMessageCount"] != int64(2) || c["RetriedItems"] != int64(2) || c["RepeatedRequests"] != int64(1) {
		t.Errorf("report %v", c)
	}
}

func TestAConflictAfterARepetitionIsNone(t *testing.T) {
	s := newStub(t)
	s.before = func(n int, w http.ResponseWriter, _ []byte) bool {
		if n == 0 {
			panic(http.ErrAbortHandler) // the answer gets lost
		}
		return false
	}
	o, _ := newTestOutput(t, s.URL, nil)
	var l feedtest.Ledger
	if errs := push(t, o, l.Messages("exists 1", "ok 2")); len(errs) != 1 || !strings.HasPrefix(errs[0], "HTTP request failed: ") {
		t.Errorf("errors %q", errs)
	}
	if l.Delivered() != 2 || l.Dropped("refused") != 0 {
		t.Errorf("delivered %d, refused %d", l.Delivered(), l.Dropped("refused"))
	}
}

func TestARefusedRequestIsHalved(t *testing.T) {
	for _, status := range []int{400, 413} {
		s := newStub(t)
		s.before = func(_ int, w http.ResponseWriter, body []byte) bool {
			if strings.Contains(string(body), "poison") || status == 413 && strings.Count(string(body), "\n") > 4 {
				fail(w, status, "x", "no")
				return true
			}
			return false
		}
		o, _ := newTestOutput(t, s.URL, nil)
		var l feedtest.Ledger
		if errs := push(t, o, l.Messages("ok 1", "ok 2", "poison 3", "ok 4", "ok 5", "busy 6", "ok 7", "ok 8", "poison 9", "ok 0")); len(errs) != 1 {
			t.Errorf("errors %q", errs)
		}
		if l.Delivered() != 8 || l.Dropped("refused") != 2 || len(s.indexed()) != 8 {
			t.Errorf("%d: delivered %d, refused %d, documents %q", status, l.Delivered(), l.Dropped("refused"), s.indexed())
		}
	}
}

func TestWhatIsNoEntryDoesNotGetIntoARequest(t *testing.T) {
	s := newStub(t)
	o, _ := newTestOutput(t, s.URL, nil)
	var l feedtest.Ledger
	push(t, o, l.Messages("ok 1", "raw text", "raw {\"index\":{}}\n", "raw {\"index\":{}}\nno object\n", "raw {\"index\":{}}\n{}\n\n", "ok 2"))
	if l.Dropped("encode") != 4 || l.Delivered() != 2 || len(s.requests) != 1 {
		t.Errorf("dropped %d, delivered %d, %d requests", l.Dropped("encode"), l.Delivered(), len(s.requests))
	}
}

// TestBadServers holds that whatever a server answers, everything is delivered
// once it is well, and nothing counts as delivered before.
func TestBadServers(t *testing.T) {
	times := func(times int, name, want string, bad func(w http.ResponseWriter)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(t)
			var l feedtest.Ledger
			s.before = func(n int, w http.ResponseWriter, _ []byte) bool {
				if n >= times {
					return false
				}
				if l.Delivered() > 0 {
					t.Error("delivered too early")
				}
				bad(w)
				return true
			}
			o, _ := newTestOutput(t, s.URL, func(c *OutputConfig) {
				if name == "stuck" {
					c.HTTPTimeout = 300
				}
			})
			errs := push(t, o, l.Messages("ok 1", "ok 2"))
			if len(errs) != 1 || !strings.Contains(errs[0], want) || l.Delivered() != 2 || len(s.indexed()) != 2 {
				t.Errorf("errors %q, delivered %d, documents %q", errs, l.Delivered(), s.indexed())
			}
		})
	}
	f := func(name, want string, bad func(w http.ResponseWriter)) { times(1, name, want, bad) }
	text := func(status int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.WriteHeader(status); fmt.Fprint(w, body) }
	}
	f("empty 503", "HTTP response error. Status: 503 Service Unavailable. Body: ", text(503, ""))
	f("429", "Status: 429", text(429, `{"error":"busy","status":429}`))
	f("502", "Status: 502", text(502, "<html>"))
	f("not set up", "Status: 401 Unauthorized. Body: who", text(401, "who"))
	f("not there", "Status: 404", text(404, `{"error":"x"}`))
	f("no JSON", "HTTP response didn't contain valid JSON. Status: 200 OK. Body: fine", text(200, "fine"))
	f("half JSON", "didn't contain valid JSON", text(200, `{"errors":false,"items":[`))
	f("empty", "didn't contain valid JSON", text(200, ""))
	f("too few items", "reported error within JSON for 1 of 2 entries", text(200, `{"errors":true,"items":[{"index":{"status":400,"error":"x"}}]}`))
	f("item without status", "can't index: status 0: x", text(200, `{"errors":true,"items":[{"index":{"error":"x"}},{"index":{"error":"x"}}]}`))
	f("reset", "HTTP request failed: ", func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		must(t, err)
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	})
	f("half an answer", "Can't read HTTP response body. Status: 200 OK. Error: unexpected EOF", func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, `{"errors":false`)
	})
	f("stuck", "HTTP request was interrupted after timeout. It lasted ", func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		must(t, err)
		t.Cleanup(func() { conn.Close() })
	})
	f("redirect elsewhere", "Status: 302 Found, to http://elsewhere.invalid/. Body: ", func(w http.ResponseWriter) {
		w.Header().Set("Location", "http://elsewhere.invalid/")
		w.WriteHeader(302)
	})
	times(maxRedirects+1, "redirect loop", "too many redirects", func(w http.ResponseWriter) {
		w.Header().Set("Location", "/loop/_bulk")
		w.WriteHeader(308)
	})
	f("garbage", "HTTP request failed: ", func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		must(t, err)
		fmt.Fprint(conn, "\x00\x01garbage\r\n\r\n")
		conn.Close()
	})
	f("large head", "HTTP request failed: ", func(w http.ResponseWriter) { w.Header().Set("X", strings.Repeat("x", 1<<20)) })
}

func TestTheServersWishForAPauseIsKept(t *testing.T) {
	s := newStub(t)
	var first, second time.Time
	s.before = func(n int, w http.ResponseWriter, _ []byte) bool {
		if n > 0 {
			second = time.Now()
			return false
		}
		first = time.Now()
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(429)
		return true
	}
	o, _ := newTestOutput(t, s.URL, nil)
	push(t, o, new(feedtest.Ledger).Messages("ok 1"))
	if pause := second.Sub(first); pause < time.Second {
		t.Errorf("paused %v", pause)
	}
}

func TestFailOver(t *testing.T) {
	s := newStub(t)
	o, _ := newTestOutput(t, "http://"+netconftest.Address(t)+", "+s.URL, nil)
	var l feedtest.Ledger
	if errs := push(t, o, l.Messages("ok 1")); len(errs) != 1 || !strings.Contains(errs[0], "connection refused") || l.Delivered() != 1 {
		t.Errorf("errors %q, delivered %d", errs, l.Delivered())
	}
}

func TestNothingMoreIsTakenWhileTheServerIsDown(t *testing.T) {
	o, _ := newTestOutput(t, "http://"+netconftest.Address(t), nil)
	var l feedtest.Ledger
	w := l.Messages(slices.Repeat([]string{"ok"}, 30)...)
	for range 3 {
		if w.Send(t.Context(), o, true) == nil {
			t.Fatal("sent")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := w.Send(ctx, o, true); err == nil {
		t.Error("the end of the context does not end an attempt")
	}
	if l.Delivered() != 0 {
		t.Errorf("delivered %d", l.Delivered())
	}
}

func TestTLS(t *testing.T) {
	certFile, keyFile := netconftest.Certificate(t, t.TempDir(), "server", 1)
	config, err := (&netconf.TLSOptions{CertFile: certFile, KeyFile: keyFile}).ServerConfig(nil)
	must(t, err)
	s := &stub{seen: map[string]int{}}
	s.Server = httptest.NewUnstartedServer(s)
	s.Listener = tls.NewListener(s.Listener, config)
	s.Start()
	defer s.Close()
	url := strings.Replace(s.URL, "http:", "https:", 1)
	o, _ := newTestOutput(t, url, func(c *OutputConfig) { c.TLS.RootCAFile = certFile })
	push(t, o, new(feedtest.Ledger).Messages("ok 1"))
	if len(s.indexed()) != 1 {
		t.Error("nothing arrived")
	}
	o, _ = newTestOutput(t, url, nil)
	var l feedtest.Ledger
	must(t, l.Messages("ok 1").Send(t.Context(), o, true))
	if err := o.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") || l.Delivered() != 0 {
		t.Errorf("an unknown authority: %v", err)
	}
}

func TestSendOne(t *testing.T) {
	s := newStub(t)
	o, _ := newTestOutput(t, s.URL, nil)
	send := func(text string) error {
		p := new(plugin.Pack)
		p.Message.SetPayload(text)
		return o.Send(t.Context(), p)
	}
	must(t, send("ok 1"))
	must(t, send("skip"))
	for text, want := range map[string]string{"refuse 1": "refused", "bad": "encode"} {
		if reason, _ := plugin.RefusedReason(send(text)); reason != want {
			t.Errorf("%s: reason %q", text, reason)
		}
	}
	if err := send("busy 1"); err == nil {
		t.Error("busy was delivered")
	}
}

func TestBulkOverUDP(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	defer conn.Close()
	o, _ := newTestOutput(t, "udp://"+conn.LocalAddr().String(), func(c *OutputConfig) { c.FlushCount = 3 })
	var l feedtest.Ledger
	long := strings.Repeat("x", 30000)
	push(t, o, l.Messages("ok 1", "ok 2", "ok 3", "ok "+long, "ok "+long, "ok "+long, "ok "+strings.Repeat("x", 66000)))
	want := []int{3, 2, 1}
	b := make([]byte, 1<<17)
	for _, n := range want {
		conn.SetReadDeadline(time.Now().Add(feedtest.Patience))
		size, _, err := conn.ReadFrom(b)
		must(t, err)
		if got := strings.Count(string(b[:size]), "\n") / 2; got != n || size > datagram {
			t.Errorf("a datagram of %d messages and %d bytes, want %d", got, size, n)
		}
	}
	if l.Delivered() != 6 || l.Dropped("too_big") != 1 {
		t.Errorf("delivered %d, dropped %d", l.Delivered(), l.Dropped("too_big"))
	}
}

func TestOptionsAreChecked(t *testing.T) {
	f := func(server, want string) {
		t.Helper()
		err := (&OutputConfig{Server: server}).Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) || err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %s", server, err, want)
		}
	}
	scheme := "server: Server URL must specify one of `udp`, `http`, or `https`."
	f("http://a:9200", "")
	f("https://a/b/,http://c", "")
	f("udp://a:9700", "")
	f("udp://a", scheme)
	f("ftp://a", scheme)
	f("localhost:9200", scheme)
	f("", scheme)
	f("http://a,udp://b:1", scheme)
	f("udp://a:1,udp://b:1", "only one udp server")
	f("http://me:s3cret@a:b", "Unable to parse ElasticSearch server URL")
	if err := (&OutputConfig{Server: "http://a", APIKey: "a", BearerToken: "b"}).Check(); err == nil {
		t.Error("two ways of authentication")
	}
	p := feedtest.Find(t, Plugins(), "ElasticSearchOutput")
	if !p.Consumer.UseBuffering || !p.NoTicker || !p.NeedsEncoder {
		t.Errorf("defaults %+v", p)
	}
}

func TestHTTPOptions(t *testing.T) {
	stub := newStub(t)
	proxy, asked := netconftest.Proxy(t, stub.ServeHTTP)
	var l feedtest.Ledger
	o, _ := newTestOutput(t, "http://far.away.invalid", func(c *OutputConfig) { c.Proxy = proxy })
	push(t, o, l.Messages("ok 1"))
	if host := <-asked; host != "far.away.invalid" || l.Delivered() != 1 {
		t.Errorf("asked for %s, delivered %d", host, l.Delivered())
	}

	var conns atomic.Int64
	s := httptest.NewUnstartedServer(stub)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			conns.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	for i, fresh := range []bool{false, true} {
		o, _ := newTestOutput(t, s.URL, func(c *OutputConfig) { c.HTTPDisableKeepalives, c.FlushCount = fresh, 1 })
		push(t, o, l.Messages("ok 1", "ok 2", "ok 3"))
		if n := conns.Swap(0); n != []int64{1, 3}[i] {
			t.Errorf("%d connections with http_disable_keepalives = %t", n, fresh)
		}
	}

	mute := netconftest.Mute(t)
	for _, c := range []struct {
		server string
		change func(*OutputConfig)
	}{
		{"http://" + mute, func(c *OutputConfig) { c.HTTPTimeout = 1 }},
		{"https://" + mute, func(c *OutputConfig) { c.HTTPTimeout, c.ConnectTimeout = 0, 1 }},
	} {
		o, _ := newTestOutput(t, c.server, c.change)
		err := l.Messages("ok 1").Send(t.Context(), o, false)
		if err == nil {
			err = o.Flush(t.Context())
		}
		if err == nil {
			t.Errorf("%s: no error", c.server)
		}
	}
}
