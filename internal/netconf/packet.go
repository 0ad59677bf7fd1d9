package netconf

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
)

// PacketSocket is a datagram socket with access to its descriptor: a
// *net.UDPConn or *net.UnixConn.
type PacketSocket interface {
	net.PacketConn
	syscall.Conn
	SetReadBuffer(bytes int) error
}

// ListenPacket opens a socket that receives datagrams: network is udp, udp4, udp6
// or unixgram, address as in the package comment. Everybody may write to a new
// socket file (mode 0666); Close removes it.
func ListenPacket(ctx context.Context, network, address string) (PacketSocket, error) {
	if fd, ok, err := inherited(address); err != nil {
		return nil, err
	} else if ok {
		defer fd.Close()
		conn, err := net.FilePacketConn(fd)
		if err != nil {
			return nil, fmt.Errorf("listening on %s: %w", address, err)
		}
		return asPacket(conn)
	}
	sockets := socketsOf(ctx)
	if f := sockets.claim(network, address); f != nil {
		defer f.Close()
		conn, err := net.FilePacketConn(f)
		if err != nil {
			return nil, fmt.Errorf("taking over %s: %w", address, err)
		}
		socket, err := asPacket(conn)
		if err != nil {
			return nil, err
		}
		return sockets.packet(network, address, socket), nil
	}
	var config net.ListenConfig
	conn, err := config.ListenPacket(ctx, network, address)
	if errors.Is(err, syscall.EADDRINUSE) && removeStale(ctx, network, address) {
		conn, err = config.ListenPacket(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	socket, err := asPacket(conn)
	if err != nil {
		return nil, err
	}
	if network != "unixgram" || strings.HasPrefix(address, "@") {
		return sockets.packet(network, address, socket), nil
	}
	if err := os.Chmod(address, 0o666); err != nil {
		conn.Close()
		os.Remove(address)
		return nil, fmt.Errorf("Error changing unixgram socket permissions: %w", err)
	}
	return sockets.packet(network, address, socket), nil
}

// packet notes an open socket, whose file, if it has one, is removed by Close.
func (s *Sockets) packet(network, address string, socket PacketSocket) PacketSocket {
	if network != "unixgram" || strings.HasPrefix(address, "@") {
		s.note(openSocket{network: network, address: address, conn: socket})
		return socket
	}
	bound := &boundSocket{PacketSocket: socket, path: address}
	s.note(openSocket{network: network, address: address, conn: socket, file: address,
		abandon: func() { bound.abandoned.Store(true) }})
	return bound
}

func asPacket(conn net.PacketConn) (PacketSocket, error) {
	socket, ok := conn.(PacketSocket)
	if !ok {
		conn.Close()
		return nil, fmt.Errorf("listening on %s: not a datagram socket", conn.LocalAddr())
	}
	return socket, nil
}

// boundSocket removes its socket file when it is closed.
type boundSocket struct {
	PacketSocket
	path      string
	abandoned atomic.Bool // the file is somebody else's now
}

func (s *boundSocket) Close() error {
	err := s.PacketSocket.Close()
	if s.abandoned.Load() {
		return err
	}
	if rm := os.Remove(s.path); err == nil && !errors.Is(rm, os.ErrNotExist) {
		err = rm
	}
	return err
}
