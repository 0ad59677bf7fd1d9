package netconf

import (
	"context"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
)

// Sockets are the listening sockets that somebody has opened, so that a successor can
// take them over: what arrives while one ends and the other begins waits in them. The
// zero value is ready for use; its methods may be called from any goroutine.
type Sockets struct {
	mu     sync.Mutex
	open   []openSocket
	offers []offer
}

// openSocket is one that was opened with a network and an address.
type openSocket struct {
	network, address string
	conn             syscall.Conn
	file             string // of the socket, if it has one
	abandon          func() // leaves the file to the successor; nil without one
}

// offer is a descriptor of a predecessor's socket.
type offer struct {
	network, address string
	fd               int
	file             string
}

// socketsKey is the key of Sockets in a context.
type socketsKey struct{}

// WithSockets lets Listen and ListenPacket note what they open in s, and take from it
// what a predecessor has left there for their network and address.
func WithSockets(ctx context.Context, s *Sockets) context.Context {
	return context.WithValue(ctx, socketsKey{}, s)
}

func socketsOf(ctx context.Context) *Sockets {
	s, _ := ctx.Value(socketsKey{}).(*Sockets)
	return s
}

// Inherit offers the open sockets of a predecessor, which may go on using them until
// it closes them, and what that one was offered and has not taken. What is not taken
// must be closed with Release.
func (s *Sockets) Inherit(from *Sockets) {
	from.mu.Lock()
	defer from.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offers = append(s.offers, from.offers...)
	from.offers = nil
	for _, o := range from.open {
		raw, err := o.conn.SyscallConn()
		if err != nil {
			continue
		}
		fd := -1
		if raw.Control(func(own uintptr) { fd, err = duplicate(int(own)) }) != nil || err != nil {
			continue // it is closed, or the system cannot do it: the successor opens its own
		}
		if o.abandon != nil {
			o.abandon()
		}
		s.offers = append(s.offers, offer{o.network, o.address, fd, o.file})
	}
}

// Release closes what was offered and not taken, and removes its socket files.
func (s *Sockets) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.offers {
		os.NewFile(uintptr(o.fd), o.address).Close()
		if o.file != "" {
			os.Remove(o.file)
		}
	}
	s.offers = nil
}

// Forget forgets what was opened, for one that begins anew.
func (s *Sockets) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = nil
}

// claim takes the socket of a network and address; nil if there is none. The caller
// closes the file.
func (s *Sockets) claim(network, address string) *os.File {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.offers, func(o offer) bool { return o.network == network && o.address == address })
	if i < 0 {
		return nil
	}
	o := s.offers[i]
	s.offers = slices.Delete(s.offers, i, i+1)
	return os.NewFile(uintptr(o.fd), address)
}

// note remembers an open socket.
func (s *Sockets) note(o openSocket) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, o)
}

// keepsAlive is a listener made from a descriptor, whose connections do not get the
// timing of keep-alive by themselves.
type keepsAlive struct {
	*net.TCPListener
	alive net.KeepAliveConfig
}

// Accept implements net.Listener.
func (l keepsAlive) Accept() (net.Conn, error) {
	conn, err := l.AcceptTCP()
	if err != nil {
		return nil, err
	}
	conn.SetKeepAliveConfig(l.alive)
	return conn, nil
}
