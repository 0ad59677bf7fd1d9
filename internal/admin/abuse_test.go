package admin_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/httpguard"
)

// exposed serves the API of a live heka over TCP, with a token, as heka run does.
func exposed(l *live, token string) string {
	l.t.Helper()
	e := admin.Endpoint{Address: "127.0.0.1:0", Token: token}
	ln, err := e.Listen(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.api.Serve(ctx, ln, e) }()
	l.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			l.t.Error(err)
		}
	})
	return ln.Addr().String()
}

// raw sends bytes and returns what comes back until the peer closes, or for as long
// as it takes to be sure that it does not hang.
func raw(t *testing.T, addr string, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	// Who is refused early does not read the rest.
	io.WriteString(conn, text)
	conn.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(conn)
	if late, ok := err.(net.Error); ok && late.Timeout() {
		t.Errorf("%.80q hangs", text)
	}
	return string(answer)
}

func TestHostileRequestsAreAnswered(t *testing.T) {
	t.Parallel() // it waits
	l := start(t, managed)
	addr := exposed(l, "s3cret")
	const auth = "Host: localhost\r\nAuthorization: Bearer s3cret\r\n"
	for _, c := range []struct {
		name, text, want string // want is how the answer begins
	}{
		{"garbage", "\x00\x01\x02\r\n\r\n", "HTTP/1.1 400 "},
		{"nothing", "", ""},
		{"half a line", "GET /api", ""},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "HTTP/1.1 400 "},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 421 "},
		{"HTTP/0.9", "GET /\r\n\r\n", "HTTP/1.1 400 "},
		{"no host", "GET /healthz HTTP/1.1\r\nAuthorization: Bearer s3cret\r\n\r\n", "HTTP/1.1 400 "},
		{"two hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400 "},
		{"another host", "GET /healthz HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer s3cret\r\n\r\n", "HTTP/1.1 421 "},
		{"another host in the line", "GET http://evil.example/healthz HTTP/1.1\r\n" + auth + "\r\n", "HTTP/1.1 421 "},
		{"a host like ours", "GET /healthz HTTP/1.1\r\nHost: localhost.evil.example\r\nAuthorization: Bearer s3cret\r\n\r\n", "HTTP/1.1 421 "},
		{"another origin", "GET /healthz HTTP/1.1\r\n" + auth + "Origin: http://evil.example\r\n\r\n", "HTTP/1.1 403 "},
		{"no token", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 401 "},
		{"a part of the token", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cre\r\n\r\n", "HTTP/1.1 401 "},
		{"more than the token", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret2\r\n\r\n", "HTTP/1.1 401 "},
		{"a token twice", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nAuthorization: x\r\nAuthorization: Bearer s3cret\r\n\r\n", "HTTP/1.1 401 "},
		{"no token for what is not there", "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 401 "},
		{"long header", "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", "HTTP/1.1 431 "},
		{"long query", "GET /api/v1/match?match=" + strings.Repeat("x", 64<<10) + " HTTP/1.1\r\n" + auth + "\r\n", "HTTP/1.1 431 "},
		{"long body", "POST /api/v1/sandboxes HTTP/1.1\r\n" + auth + "Content-Length: 9999999999\r\n\r\nx", "HTTP/1.1 413 "},
		{"endless body", "POST /api/v1/sandboxes HTTP/1.1\r\n" + auth + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("8000\r\n"+strings.Repeat(" ", 0x8000)+"\r\n", 40), "HTTP/1.1 413 "},
		{"half a body", "POST /api/v1/sandboxes HTTP/1.1\r\n" + auth + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"config\":", "HTTP/1.1 400 "},
		{"deep JSON", "POST /api/v1/sandboxes HTTP/1.1\r\n" + auth + "Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n" + strings.Repeat("[", 200000), "HTTP/1.1 400 "},
		{"two lengths", "POST / HTTP/1.1\r\n" + auth + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "HTTP/1.1 400 "},
		{"an unknown coding", "POST / HTTP/1.1\r\n" + auth + "Transfer-Encoding: gzip\r\n\r\nxx", "HTTP/1.1 501 "},
		{"CONNECT", "CONNECT localhost:1 HTTP/1.1\r\n" + auth + "\r\n", "HTTP/1.1 4"},
		{"TRACE", "TRACE / HTTP/1.1\r\n" + auth + "\r\n", "HTTP/1.1 404 "},
		{"a method of one's own", "X-Y / HTTP/1.1\r\n" + auth + "\r\n", "HTTP/1.1 404 "},
		{"HEAD of a stream", "HEAD /api/v1/stream HTTP/1.1\r\n" + auth + "Connection: close\r\n\r\n", "HTTP/1.1 200 "},
		{"HEAD of a tap", "HEAD /api/v1/tap HTTP/1.1\r\n" + auth + "Connection: close\r\n\r\n", "HTTP/1.1 200 "},
		{"a way out", "GET /api/v1/sandboxes/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\n" + auth + "Connection: close\r\n\r\n", "HTTP/1.1 404 "},
		{"a bad escape", "GET /%zz HTTP/1.1\r\n" + auth + "\r\n", "HTTP/1.1 400 "},
		{"deep parentheses", "GET /api/v1/match?match=" + strings.Repeat("(", 8000) + " HTTP/1.1\r\n" + auth + "Connection: close\r\n\r\n", "HTTP/1.1 200 "},
		{"a regular expression of great size", "GET /api/v1/match?match=Payload%3D~/((a%7B1000%7D)%7B1000%7D)%7B1000%7D/ HTTP/1.1\r\n" + auth + "Connection: close\r\n\r\n", "HTTP/1.1 200 "},
		{"lines in a path", "DELETE /api/v1/sandboxes/a%0aINFO%20forged HTTP/1.1\r\n" + auth + "Connection: close\r\n\r\n", "HTTP/1.1 404 "},
	} {
		if answer := raw(t, addr, c.text); !strings.HasPrefix(answer, c.want) || c.want == "" && answer != "" && !strings.HasPrefix(answer, "HTTP/1.1 400 ") {
			t.Errorf("%s: %.200q, want %q", c.name, answer, c.want)
		}
	}
	pipelined := raw(t, addr, strings.Repeat("GET /healthz HTTP/1.1\r\n"+auth+"\r\n", 50)+"GET /readyz HTTP/1.1\r\n"+auth+"Connection: close\r\n\r\n")
	if n := strings.Count(pipelined, "HTTP/1.1 200 OK"); n != 51 {
		t.Errorf("%d of 51 pipelined requests were answered", n)
	}
	for _, line := range l.log.Lines(0, "", false, 1000) {
		if strings.Contains(line.Text, "\n") || strings.HasPrefix(line.Text, "INFO forged") {
			t.Errorf("a forged line: %q", line.Text)
		}
	}
}

// Peers that vanish, read nothing or say nothing leave nothing behind, and nobody
// else notices them.
func TestBadPeersLeaveNothingBehind(t *testing.T) {
	l := start(t, simple)
	addr := exposed(l, "")
	good := client(t, addr, "")
	ask := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := good.Get(ctx, "/api/v1/report", nil, new(admin.Report)); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	in := l.dial("in.sock")
	l.send(in, "one")
	l.until("the input reads", func() bool { return l.host.Books().Received == 1 })
	before := runtime.NumGoroutine()
	requests := []string{
		"GET /api/v1/tap?rate=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /api/v1/re",
		"POST /api/v1/sandboxes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
		"",
	}
	var peers []net.Conn
	for i := range 60 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		peers = append(peers, conn)
		if _, err := io.WriteString(conn, requests[i%len(requests)]); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		l.send(in, strings.Repeat("x", 1000))
		ask()
	}
	for i, conn := range peers {
		if i%2 == 0 {
			conn.(*net.TCPConn).SetLinger(0) // a reset in the place of an end
		}
		conn.Close()
	}
	l.until("all goroutines are gone", func() bool { return runtime.NumGoroutine() <= before })
	ask()
}

// randomRequest makes a request that is nearly right.
func randomRequest(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	junk := func() string {
		b := make([]byte, r.IntN(40))
		for i := range b {
			b[i] = byte(33 + r.IntN(94))
		}
		return string(b)
	}
	path := pick("/api/v1/", "/", "//", "/api/v1/../", "/api/v1/plugins/") +
		pick("report", "plugins/inputs/in", "books", "topology", "events", "logs", "config", "match", "history", "sandboxes", "sandboxes/x", "recent", "healthz", "readyz", "metrics", "tap", junk())
	if r.IntN(2) == 0 {
		path += "?" + pick("match", "after", "limit", "rate", "from", "explain", "plugin", "purge", "manager", junk()) + "=" +
			pick("TRUE", "-1", "99999999999999999999", "1", "%00", "%ff", junk(), "Type%3D%3D'x'", "Payload%3D~%2F(a*)*%2F")
	}
	body := pick("", "{}", `{"config":"[x]"}`, junk())
	return pick("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get") + " " + path + " HTTP/1." + pick("0", "1") + "\r\nHost: " +
		pick("localhost", "127.0.0.1", "[::1]:99", "evil.example", junk()) + "\r\n" +
		pick("", "Origin: http://localhost\r\n", "Origin: null\r\n", "Content-Type: application/json\r\n", "Content-Type: multipart/form-data; boundary=x\r\n", "Accept-Encoding: gzip\r\n", "Expect: 100-continue\r\n", "Upgrade: websocket\r\nConnection: Upgrade\r\n", "Range: bytes=0-\r\n", "Authorization: Basic !\r\n") +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body
}

// respond puts the bytes of a request through the guard and the API, if they are
// one, and returns the answer.
func respond(api http.Handler, text []byte) *httptest.ResponseRecorder {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // streams end at once
	w := httptest.NewRecorder()
	httpguard.Guard{Loopback: true}.Wrap(api).ServeHTTP(w, r.WithContext(ctx))
	return w
}

func TestRandomRequests(t *testing.T) {
	l := start(t, managed)
	r := rand.New(rand.NewPCG(1, 2))
	seen := map[int]int{}
	for range 3000 {
		text := randomRequest(r)
		w := respond(l.server.Config.Handler, []byte(text))
		if w == nil {
			continue
		}
		seen[w.Code]++
		if w.Code >= 500 || w.Code >= 400 && !strings.HasPrefix(w.Body.String(), `{"`) {
			t.Errorf("%q: %d %.200q", text, w.Code, w.Body)
		}
	}
	for _, code := range []int{200, 400, 403, 404, 421} {
		if seen[code] == 0 {
			t.Errorf("no answer %d among %v", code, seen)
		}
	}
	l.get("/api/v1/report", new(admin.Report))
}

func FuzzRequest(f *testing.F) {
	l := start(f, managed)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		f.Add([]byte(randomRequest(r)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if w := respond(l.server.Config.Handler, text); w != nil && w.Code >= 500 {
			t.Errorf("%d %.200q", w.Code, w.Body)
		}
	})
}
