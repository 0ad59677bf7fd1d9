package netconf

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHTTPClientRedirects(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := map[string]string{"/keep": "/end", "/change": "/end", "/away": "http://elsewhere.invalid/", "/loop": "/loop"}[r.URL.Path]
		status := http.StatusPermanentRedirect
		if r.URL.Path == "/change" {
			status = http.StatusFound
		}
		if to != "" {
			http.Redirect(w, r, to, status)
		}
	}))
	defer s.Close()
	f := func(h HTTPClient, method, path string, want int, failure string) {
		t.Helper()
		c, err := h.New()
		if err != nil {
			t.Fatal(err)
		}
		defer c.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := c.Do(req)
		if err != nil {
			if failure == "" || !strings.Contains(err.Error(), failure) {
				t.Errorf("%s %s: %v, want %s", method, path, err, failure)
			}
			return
		}
		answer.Body.Close()
		if failure != "" || answer.StatusCode != want {
			t.Errorf("%s %s: %d, want %d %s", method, path, answer.StatusCode, want, failure)
		}
	}
	posting := HTTPClient{Redirects: 3, Posting: true}
	f(HTTPClient{}, "GET", "/keep", 308, "")
	f(HTTPClient{Redirects: 3}, "GET", "/change", 200, "")
	f(HTTPClient{Redirects: 3}, "GET", "/loop", 0, "too many redirects")
	f(posting, "POST", "/keep", 200, "")
	f(posting, "POST", "/change", 302, "")
	f(posting, "POST", "/away", 308, "")
	f(posting, "POST", "/loop", 0, "too many redirects")
}

func TestHTTPClientUsesAProxy(t *testing.T) {
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	defer proxy.Close()
	c, err := (&HTTPClient{Proxy: proxy.URL}).New()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Get("http://some.invalid/path")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got := <-asked; got != "http://some.invalid/path" {
		t.Errorf("asked for %s", got)
	}
	if _, err := (&HTTPClient{Proxy: "no proxy"}).New(); err == nil {
		t.Error("a proxy that is no URL was taken")
	}
}

func TestLimitClosesFurtherConnections(t *testing.T) {
	ln, err := Listen(t.Context(), "tcp", "127.0.0.1:0", net.KeepAliveConfig{})
	if err != nil {
		t.Fatal(err)
	}
	refused := make(chan net.Addr, 10)
	limited := Limit(ln, 1, func(peer net.Addr) { refused <- peer })
	defer limited.Close()
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	dial()
	first, err := limited.Accept()
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := limited.Accept()
		if err == nil {
			accepted <- conn
		}
	}()
	second := dial()
	if got := <-refused; got.String() != second.LocalAddr().String() {
		t.Errorf("refused %s", got)
	}
	if _, err := second.Read(make([]byte, 1)); err == nil {
		t.Error("the second connection stays open")
	}
	first.Close()
	first.Close() // a place is given back once
	third := dial()
	if conn := <-accepted; conn.RemoteAddr().String() != third.LocalAddr().String() {
		t.Errorf("accepted %s", conn.RemoteAddr())
	}
	dial()
	go limited.Accept()
	<-refused
	if Limit(ln, 0, nil) != ln {
		t.Error("no limit is a limit")
	}
}
