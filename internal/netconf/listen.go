package netconf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// StreamListener is a listener whose Accept can be given a deadline. All that
// Listen returns are.
type StreamListener interface {
	net.Listener
	SetDeadline(t time.Time) error
}

// Listen opens a listening socket: network is tcp, tcp4, tcp6, unix or
// unixpacket, address as in the package comment. Accepted TCP connections have
// the given keep-alive. The socket file of a unix listener is removed by Close.
func Listen(ctx context.Context, network, address string, alive net.KeepAliveConfig) (StreamListener, error) {
	if fd, ok, err := inherited(address); err != nil {
		return nil, err
	} else if ok {
		defer fd.Close()
		ln, err := net.FileListener(fd)
		if err != nil {
			return nil, fmt.Errorf("listening on %s: %w", address, err)
		}
		return asStream(ln, network)
	}
	sockets := socketsOf(ctx)
	ln, err := takeOver(sockets, network, address, alive)
	if ln == nil && err == nil {
		ln, err = listen(ctx, network, address, alive)
	}
	if err != nil {
		return nil, err
	}
	if conn, ok := ln.(syscall.Conn); ok {
		open := openSocket{network: network, address: address, conn: conn}
		if unix, ok := ln.(*net.UnixListener); ok && !strings.HasPrefix(address, "@") {
			open.file, open.abandon = address, func() { unix.SetUnlinkOnClose(false) }
		}
		sockets.note(open)
	}
	return asStream(ln, network)
}

func listen(ctx context.Context, network, address string, alive net.KeepAliveConfig) (net.Listener, error) {
	config := net.ListenConfig{KeepAlive: -1, KeepAliveConfig: alive}
	ln, err := config.Listen(ctx, network, address)
	if errors.Is(err, syscall.EADDRINUSE) && removeStale(ctx, network, address) {
		ln, err = config.Listen(ctx, network, address)
	}
	return ln, err
}

// takeOver makes a listener of what a predecessor has left; nil if there is nothing.
func takeOver(s *Sockets, network, address string, alive net.KeepAliveConfig) (net.Listener, error) {
	f := s.claim(network, address)
	if f == nil {
		return nil, nil
	}
	defer f.Close()
	ln, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("taking over %s: %w", address, err)
	}
	switch ln := ln.(type) {
	case *net.UnixListener:
		ln.SetUnlinkOnClose(true)
	case *net.TCPListener:
		return keepsAlive{ln, alive}, nil
	}
	return ln, nil
}

func asStream(ln net.Listener, network string) (StreamListener, error) {
	stream, ok := ln.(StreamListener)
	if !ok {
		ln.Close()
		return nil, fmt.Errorf("listening on %s: not a stream socket", ln.Addr())
	}
	if network == "unixpacket" {
		return packetListener{stream}, nil
	}
	return stream, nil
}

// inherited opens a copy of the descriptor that an address of the form fd:N
// names; the original stays open for the next time. The caller closes the file.
func inherited(address string) (f *os.File, ok bool, err error) {
	text, ok := strings.CutPrefix(address, "fd:")
	if !ok {
		return nil, false, nil
	}
	n, err := strconv.ParseUint(text, 0, 31)
	if err != nil {
		return nil, false, fmt.Errorf("Error parsing file descriptor '%s': %w", address, err)
	}
	fd, err := duplicate(int(n))
	if err != nil {
		return nil, false, fmt.Errorf("opening %s: %w", address, err)
	}
	return os.NewFile(uintptr(fd), address), true, nil
}

// removeStale removes a socket file that nobody serves and reports whether it
// did. Only a refused connection counts as proof.
func removeStale(ctx context.Context, network, address string) bool {
	if !strings.HasPrefix(network, "unix") || strings.HasPrefix(address, "@") {
		return false
	}
	info, err := os.Lstat(address)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return false
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, network, address)
	if err == nil {
		conn.Close()
		return false
	}
	return errors.Is(err, syscall.ECONNREFUSED) && os.Remove(address) == nil
}

// packetSize is the room for one packet of a unixpacket connection; the kernel
// cuts off what does not fit, and its default send buffer is smaller.
const packetSize = 256 << 10

// packetListener makes connections of a unixpacket listener readable in pieces of
// any size.
type packetListener struct{ StreamListener }

func (l packetListener) Accept() (net.Conn, error) {
	conn, err := l.StreamListener.Accept()
	if err != nil {
		return nil, err
	}
	return &packetConn{Conn: conn, buf: make([]byte, packetSize)}, nil
}

// packetConn reads whole packets and hands them on in pieces.
type packetConn struct {
	net.Conn
	buf  []byte
	rest []byte // unread part of buf
}

func (c *packetConn) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		n, err := c.Conn.Read(c.buf)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, io.EOF
		}
		c.rest = c.buf[:n]
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}
