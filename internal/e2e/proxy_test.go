package e2e

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy passes TCP connections on to an address and breaks them at random
// places: it cuts them orderly, resets them, or lets them stall.
type proxy struct {
	net.Listener
	target string
	left   atomic.Int64 // breaks to come
	broken atomic.Int64
	reach  int // most bytes that a connection lives for

	mu    sync.Mutex // guards what follows
	r     *rand.Rand
	conns map[net.Conn]bool
}

// startProxy listens on a free port.
func startProxy(t *testing.T, target string, breaks, reach int) *proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: ln, target: target, reach: reach, r: rand.New(rand.NewPCG(3, 9)), conns: map[net.Conn]bool{}}
	p.left.Store(int64(breaks))
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		for c := range p.conns {
			c.Close()
		}
	})
	return p
}

func (p *proxy) keep(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
}

func (p *proxy) intN(n int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.r.IntN(n)
}

// serve passes one connection on, up to the place where it breaks.
func (p *proxy) serve(client net.Conn) {
	p.keep(client)
	server, err := net.DialTimeout("tcp", p.target, 5*time.Second)
	if err != nil {
		client.Close()
		return
	}
	p.keep(server)
	if p.left.Add(-1) < 0 {
		go func() { io.Copy(client, server); client.Close() }()
		io.Copy(server, client)
		server.Close()
		return
	}
	limit := int64(p.intN(p.reach))
	if p.intN(4) == 0 { // break on the way back
		go io.Copy(server, client)
		io.CopyN(client, server, limit%100)
	} else {
		go io.Copy(client, server)
		io.CopyN(server, client, limit)
	}
	p.broken.Add(1)
	switch p.intN(20) {
	case 0: // from here on nothing moves and nobody hears of it
		p.stall(client, server)
	case 1, 2, 3, 4, 5, 6:
		client.(*net.TCPConn).SetLinger(0)
		server.(*net.TCPConn).SetLinger(0)
		fallthrough
	default:
		client.Close()
		server.Close()
	}
}

// stall keeps both sides open without passing anything on. The goroutine of the
// other direction ends with the deadline.
func (p *proxy) stall(conns ...net.Conn) {
	for _, c := range conns {
		c.SetDeadline(time.Unix(1, 0))
	}
}
