package netconf

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
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
	var config net.ListenConfig
	conn, err := config.ListenPacket(ctx, network, address)
	if errors.Is(err, syscall.EADDRINUSE) && removeStale(ctx, network, address) {
		conn, err = config.ListenPacket(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	socket, err := asPacket(conn)
	if err != nil || network != "unixgram" || strings.HasPrefix(address, "@") {
		return socket, err
	}
	if err := os.Chmod(address, 0o666); err != nil {
		conn.Close()
		os.Remove(address)
		return nil, fmt.Errorf("Error changing unixgram socket permissions: %w", err)
	}
	return &boundSocket{PacketSocket: socket, path: address}, nil
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
	path string
}

func (s *boundSocket) Close() error {
	err := s.PacketSocket.Close()
	if rm := os.Remove(s.path); err == nil && !errors.Is(rm, os.ErrNotExist) {
		err = rm
	}
	return err
}
