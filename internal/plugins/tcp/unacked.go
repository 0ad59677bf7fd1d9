package tcp

import (
	"sync"
	"time"

	"github.com/hekad/heka/plugin"
)

// Bounds of what is sent and not acknowledged. A receiver remembers more
// messages than this, so that it knows all of them when they come again.
const (
	maxUnackedBytes    = 8 << 20
	maxUnackedMessages = remembered / 2
)

// unacked is what was sent and is not known to be delivered, in order. Parts are
// added and sent by the output's goroutine and removed by the one that reads the
// connection.
type unacked struct {
	mu       sync.Mutex // guards everything below
	parts    []*part
	bytes    int
	messages int64
	sent     int64         // over the connection at hand
	changed  chan struct{} // has a token when something was removed
}

// part is the bytes of one write.
type part struct {
	data     []byte
	messages int64
	end      int64 // behind it on the connection at hand; 0 = not sent over it
	done     bool
	receipts []plugin.Receipt
}

func newUnacked() *unacked { return &unacked{changed: make(chan struct{}, 1)} }

// room reports whether more may be sent.
func (u *unacked) room() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.bytes < maxUnackedBytes && u.messages < maxUnackedMessages
}

// empty reports whether everything is delivered.
func (u *unacked) empty() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.parts) == 0
}

// waiting is the number of messages that are not acknowledged.
func (u *unacked) waiting() int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.messages
}

// add adds a part that is about to be written.
func (u *unacked) add(p *part) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.parts = append(u.parts, p)
	u.bytes += len(p.data)
	u.messages += p.messages
}

// writing notes that p is written next and returns its bytes.
func (u *unacked) writing(p *part) []byte {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sent += int64(len(p.data))
	p.end = u.sent
	return p.data
}

// restart begins a new connection, over which all that is returned has to be
// sent again.
func (u *unacked) restart() []*part {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sent = 0
	for _, p := range u.parts {
		p.end = 0
	}
	return append([]*part(nil), u.parts...)
}

// attach adds a receipt to p, or delivers it if p is delivered already.
func (u *unacked) attach(p *part, r plugin.Receipt) {
	u.mu.Lock()
	done := p.done
	if !done {
		p.receipts = append(p.receipts, r)
	}
	u.mu.Unlock()
	if done {
		r.Deliver()
	}
}

// acknowledge removes what ends within the first n bytes of the connection.
func (u *unacked) acknowledge(n int64) {
	u.mu.Lock()
	var done []*part
	for len(u.parts) > 0 && u.parts[0].end > 0 && u.parts[0].end <= n {
		p := u.parts[0]
		p.done = true
		u.bytes -= len(p.data)
		u.messages -= p.messages
		done = append(done, p)
		u.parts[0] = nil
		u.parts = u.parts[1:]
	}
	u.mu.Unlock()
	for _, p := range done {
		for _, r := range p.receipts {
			r.Deliver()
		}
	}
	if len(done) > 0 {
		select {
		case u.changed <- struct{}{}:
		default:
		}
	}
}

// follow reads counts from a connection until it ends or nothing comes for the
// time-out. Then it closes the connection, which ends a write that waits.
func (u *unacked) follow(p *peer, timeout time.Duration) {
	defer close(p.gone)
	defer p.conn.Close()
	for {
		p.conn.SetReadDeadline(time.Now().Add(timeout))
		n, err := ReadCount(p.conn)
		if err != nil {
			return
		}
		u.acknowledge(n)
	}
}
