package netconftest

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Mute returns an address of loopback, host:port, where connections are accepted and
// nothing is ever said, so that whoever wants a TLS handshake or an answer waits.
func Mute(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex // guards conns
	var conns []net.Conn
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, c := range conns {
			c.Close()
		}
	})
	return ln.Addr().String()
}

// Proxy starts an HTTP proxy that answers every request itself, by handler, and sends
// the name of the host that was asked for on asked.
func Proxy(t testing.TB, handler http.HandlerFunc) (url string, asked <-chan string) {
	t.Helper()
	hosts := make(chan string, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hosts <- r.URL.Host
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, hosts
}
