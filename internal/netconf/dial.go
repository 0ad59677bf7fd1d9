package netconf

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"
)

// Dialer opens outgoing connections. The zero value dials like net.Dialer, but
// without TCP keep-alive.
type Dialer struct {
	// Timeout bounds connecting and the TLS handshake together; 0 is no bound.
	Timeout time.Duration
	// LocalAddress is where to dial from: "ip:port", a bare IP address, for
	// unixgram a socket path, which is removed at the end, or empty.
	LocalAddress string
	// KeepAlive turns TCP keep-alive on, see KeepAlive.
	KeepAlive net.KeepAliveConfig
	// TLS, if not nil, is spoken on the connection. When it has no ServerName
	// the dialled host is used.
	TLS *tls.Config
}

// DialContext connects to address; the signature is that of net.Dialer, so that
// it serves in an http.Transport.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	local, err := LocalAddr(network, d.LocalAddress)
	if err != nil {
		return nil, err
	}
	if d.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d.Timeout)
		defer cancel()
	}
	plain := net.Dialer{LocalAddr: local, KeepAlive: -1, KeepAliveConfig: d.KeepAlive}
	conn, err := plain.DialContext(ctx, network, address)
	if errors.Is(err, syscall.EADDRINUSE) && removeStale(ctx, network, d.LocalAddress) {
		conn, err = plain.DialContext(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	if network == "unixgram" && d.LocalAddress != "" && d.LocalAddress[0] != '@' {
		return &boundConn{conn, d.LocalAddress}, nil
	}
	if d.TLS == nil {
		return conn, nil
	}
	config := d.TLS
	if config.ServerName == "" {
		config = config.Clone()
		config.ServerName = hostOf(address)
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("TLS handshake with %s: %w", address, err)
	}
	return secure, nil
}

// boundConn removes the socket file that it is bound to when it is closed.
type boundConn struct {
	net.Conn
	path string
}

func (c *boundConn) Close() error { return errors.Join(c.Conn.Close(), os.Remove(c.path)) }

// LocalAddr resolves the address to dial from; empty is nil.
func LocalAddr(network, address string) (net.Addr, error) {
	if address == "" {
		return nil, nil
	}
	if strings.HasPrefix(network, "unix") {
		return &net.UnixAddr{Name: address, Net: network}, nil
	}
	if ip, err := netip.ParseAddr(strings.Trim(address, "[]")); err == nil {
		address = netip.AddrPortFrom(ip, 0).String()
	}
	var addr net.Addr
	var err error
	if strings.HasPrefix(network, "udp") {
		addr, err = net.ResolveUDPAddr(network, address)
	} else {
		addr, err = net.ResolveTCPAddr(network, address)
	}
	if err != nil {
		return nil, fmt.Errorf("local address %q: %w", address, err)
	}
	return addr, nil
}

// KeepAlive says how TCP keep-alive is set by the options keep_alive and
// keep_alive_period; a period of 0 leaves the system's timing.
func KeepAlive(on bool, period time.Duration) net.KeepAliveConfig {
	if !on {
		return net.KeepAliveConfig{}
	}
	if period <= 0 {
		period = -1
	}
	return net.KeepAliveConfig{Enable: true, Idle: period, Interval: period, Count: -1}
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
