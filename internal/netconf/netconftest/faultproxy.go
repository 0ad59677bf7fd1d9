package netconftest

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for something that must happen.
const patience = 40 * time.Second

// FaultProxy stands between clients and a server and breaks connections as it is told;
// otherwise it passes them on.
type FaultProxy struct {
	net.Listener
	target string
	over   chan struct{}
	all    sync.WaitGroup

	mu     sync.Mutex // guards what follows
	fault  Fault
	left   int
	broken int
	more   chan struct{} // closed and made anew when broken grows
	conns  map[net.Conn]bool
}

// Fault is what happens to a connection instead of passing it on. It may use the
// server, and returns when the connection is over; over is closed at the end of the
// test.
type Fault func(client net.Conn, server func() net.Conn, over <-chan struct{})

// StartFaultProxy listens at address, where port 0 is a free one, until the end of the
// test. The first connections, so many as times says, are at fault.
func StartFaultProxy(t testing.TB, address, target string, fault Fault, times int) *FaultProxy {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	p := &FaultProxy{Listener: ln, target: target, over: make(chan struct{}), fault: fault, left: times, more: make(chan struct{}), conns: map[net.Conn]bool{}}
	p.all.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			p.all.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		close(p.over)
		p.mu.Lock()
		for c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		p.all.Wait()
	})
	return p
}

// Broken is the number of connections that were at fault so far, those included that
// still are.
func (p *FaultProxy) Broken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken
}

// WaitBroken waits until n connections were at fault.
func (p *FaultProxy) WaitBroken(t testing.TB, n int) {
	t.Helper()
	patience := time.After(patience)
	for {
		p.mu.Lock()
		broken, more := p.broken, p.more
		p.mu.Unlock()
		if broken >= n {
			return
		}
		select {
		case <-more:
		case <-patience:
			t.Errorf("%d connections came, waited for %d", broken, n)
			return
		}
	}
}

// Heal lets all further connections pass.
func (p *FaultProxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = 0
}

// next takes a connection in, and says whether it is at fault.
func (p *FaultProxy) next(c net.Conn) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
	if p.left <= 0 {
		return pass
	}
	p.left--
	p.broken++
	close(p.more)
	p.more = make(chan struct{})
	return p.fault
}

func (p *FaultProxy) serve(client net.Conn) {
	var server net.Conn
	p.next(client)(client, func() net.Conn {
		conn, err := net.Dial("tcp", p.target)
		if err != nil {
			conn, _ = net.Pipe() // as good as a server that is gone
			conn.Close()
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.conns[conn] = true
		server = conn
		return conn
	}, p.over)
	p.mu.Lock()
	defer p.mu.Unlock()
	client.Close()
	delete(p.conns, client)
	if server != nil {
		server.Close()
		delete(p.conns, server)
	}
}

// closeWrite tells the other side that nothing more comes.
func closeWrite(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}

// both runs two directions until they end.
func both(a, b func()) {
	var all sync.WaitGroup
	all.Go(a)
	b()
	all.Wait()
}

// pass is no fault.
func pass(client net.Conn, server func() net.Conn, _ <-chan struct{}) {
	s := server()
	both(func() { io.Copy(s, client); closeWrite(s) }, func() { io.Copy(client, s); closeWrite(client) })
}
