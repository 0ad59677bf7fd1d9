//go:build linux

package netconf

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// exchange sends text from a dialled to an accepted connection and returns what
// arrived.
func exchange(t *testing.T, ln net.Listener, network, address, text string) string {
	t.Helper()
	var d Dialer
	out, err := d.DialContext(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(out, text); err != nil {
		t.Fatal(err)
	}
	out.Close()
	in, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var got strings.Builder
	// Small pieces, as a splitter with a small buffer would read.
	if _, err := io.CopyBuffer(struct{ io.Writer }{&got}, struct{ io.Reader }{in}, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	return got.String()
}

func TestListenTakesStreamsOfEveryNetwork(t *testing.T) {
	dir := t.TempDir()
	f := func(network, address string) {
		t.Helper()
		ln, err := Listen(t.Context(), network, address, net.KeepAliveConfig{})
		if err != nil {
			t.Errorf("%s %s: %v", network, address, err)
			return
		}
		defer ln.Close()
		dial := address
		if strings.HasPrefix(network, "tcp") {
			dial = ln.Addr().String()
		}
		if got := exchange(t, ln, network, dial, "a whole packet"); got != "a whole packet" {
			t.Errorf("%s %s: got %q", network, address, got)
		}
	}
	f("tcp", "127.0.0.1:0")
	f("tcp4", "127.0.0.1:0")
	f("unix", filepath.Join(dir, "stream"))
	f("unixpacket", filepath.Join(dir, "packet"))
	f("unix", fmt.Sprintf("@netconf-test-%d", os.Getpid()))
}

func TestListenTakesAnInheritedDescriptor(t *testing.T) {
	original, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer original.Close()
	file, err := original.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, form := range []string{"fd:%d", "fd:0x%x", "fd:0%o"} {
		// More than once, as a restarted plugin does.
		ln, err := Listen(t.Context(), "tcp", fmt.Sprintf(form, file.Fd()), net.KeepAliveConfig{})
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		if got := exchange(t, ln, "tcp", original.Addr().String(), "x"); got != "x" {
			t.Errorf("%s: got %q", form, got)
		}
		ln.Close()
	}
	for _, bad := range []string{"fd:", "fd:x", "fd:-1", "fd:999999"} {
		if ln, err := Listen(t.Context(), "tcp", bad, net.KeepAliveConfig{}); err == nil {
			t.Errorf("%s was accepted", bad)
			ln.Close()
		}
	}
	if _, err := ListenPacket(t.Context(), "udp", fmt.Sprintf("fd:%d", file.Fd())); err == nil {
		t.Error("a stream socket was taken for datagrams")
	}
}

// leaveSocket makes a socket file that nobody serves, as a crash does.
func leaveSocket(t *testing.T, path string, kind int) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_UNIX, kind, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	unix.Close(fd)
}

func TestStaleSocketFilesAreReplaced(t *testing.T) {
	dir := t.TempDir()
	stream, packet, datagram := filepath.Join(dir, "s"), filepath.Join(dir, "p"), filepath.Join(dir, "d")
	leaveSocket(t, stream, unix.SOCK_STREAM)
	leaveSocket(t, packet, unix.SOCK_SEQPACKET)
	leaveSocket(t, datagram, unix.SOCK_DGRAM)
	for network, path := range map[string]string{"unix": stream, "unixpacket": packet} {
		ln, err := Listen(t.Context(), network, path, net.KeepAliveConfig{})
		if err != nil {
			t.Fatalf("%s: %v", network, err)
		}
		if second, err := Listen(t.Context(), network, path, net.KeepAliveConfig{}); err == nil {
			t.Errorf("%s: a served socket was taken over", network)
			second.Close()
		}
		ln.Close()
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Errorf("%s: socket file is left after Close: %v", network, err)
		}
	}
	conn, err := ListenPacket(t.Context(), "unixgram", datagram)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := ListenPacket(t.Context(), "unixgram", datagram); err == nil {
		t.Error("unixgram: a served socket was taken over")
		second.Close()
	}
	info, err := os.Lstat(datagram)
	if err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("mode %v, %v; want 0666", info.Mode(), err)
	}
	conn.Close()
	if _, err := os.Lstat(datagram); !os.IsNotExist(err) {
		t.Errorf("socket file is left after Close: %v", err)
	}
}

func TestPlainFilesAreNotReplacedBySockets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if ln, err := Listen(t.Context(), "unix", path, net.KeepAliveConfig{}); err == nil {
		ln.Close()
		t.Error("listened on a plain file")
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "precious" {
		t.Errorf("file holds %q, %v", b, err)
	}
}

func TestListenPacketReceives(t *testing.T) {
	dir := t.TempDir()
	f := func(network, address, local string) {
		t.Helper()
		in, err := ListenPacket(t.Context(), network, address)
		if err != nil {
			t.Errorf("%s %s: %v", network, address, err)
			return
		}
		defer in.Close()
		if network != "unixgram" {
			address = in.LocalAddr().String()
		}
		d := Dialer{LocalAddress: local}
		out, err := d.DialContext(t.Context(), network, address)
		if err != nil {
			t.Errorf("%s %s: %v", network, address, err)
			return
		}
		if _, err := io.WriteString(out, "one"); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Errorf("%s %s: %v", network, address, err)
		}
		b := make([]byte, 10)
		n, _, err := in.ReadFrom(b)
		if err != nil || string(b[:n]) != "one" {
			t.Errorf("%s %s: %q, %v", network, address, b[:n], err)
		}
	}
	f("udp", "127.0.0.1:0", "")
	f("udp4", "127.0.0.1:0", "127.0.0.1")
	f("udp4", "127.0.0.1:0", "127.0.0.1:0")
	local := filepath.Join(dir, "out")
	leaveSocket(t, local, unix.SOCK_DGRAM)
	f("unixgram", filepath.Join(dir, "in"), local)
	if _, err := os.Lstat(local); !os.IsNotExist(err) {
		t.Errorf("the local socket file is left: %v", err)
	}
	f("unixgram", fmt.Sprintf("@netconf-gram-%d", os.Getpid()), "")
}

func TestDialUsesTheLocalAddress(t *testing.T) {
	ln, err := Listen(t.Context(), "tcp", "127.0.0.1:0", KeepAlive(true, time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	f := func(local, want string) {
		t.Helper()
		d := Dialer{LocalAddress: local, KeepAlive: KeepAlive(true, 0)}
		conn, err := d.DialContext(t.Context(), "tcp", ln.Addr().String())
		if err != nil {
			t.Errorf("%q: %v", local, err)
			return
		}
		defer conn.Close()
		if host, _, _ := net.SplitHostPort(conn.LocalAddr().String()); host != want {
			t.Errorf("%q: dialled from %s", local, conn.LocalAddr())
		}
	}
	f("", "127.0.0.1")
	f("127.0.0.2", "127.0.0.2")
	f("127.0.0.3:0", "127.0.0.3")
	for _, bad := range []string{"nonsense", "1.2.3.4:x"} {
		if _, err := LocalAddr("tcp", bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	if a, err := LocalAddr("tcp", "[::1]"); err != nil || a.String() != "[::1]:0" {
		t.Errorf("bare IPv6 address: %v, %v", a, err)
	}
}

func TestKeepAliveReachesTheSocket(t *testing.T) {
	ln, err := Listen(t.Context(), "tcp", "127.0.0.1:0", net.KeepAliveConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	f := func(config net.KeepAliveConfig, on, idle int) {
		t.Helper()
		d := Dialer{KeepAlive: config}
		conn, err := d.DialContext(t.Context(), "tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		raw, err := conn.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		if err := raw.Control(func(fd uintptr) {
			if v, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE); err != nil || v != on {
				t.Errorf("SO_KEEPALIVE %d, %v; want %d", v, err, on)
			}
			if v, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPIDLE); idle > 0 && (err != nil || v != idle) {
				t.Errorf("TCP_KEEPIDLE %d, %v; want %d", v, err, idle)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	f(KeepAlive(false, time.Minute), 0, 0)
	f(KeepAlive(true, 0), 1, 0)
	f(KeepAlive(true, 42*time.Second), 1, 42)
}

func TestDialTimesOutInTheHandshake(t *testing.T) {
	// A server that accepts and says nothing.
	ln, err := Listen(t.Context(), "tcp", "127.0.0.1:0", net.KeepAliveConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	config, err := (&TLSOptions{}).ClientConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := Dialer{Timeout: 50 * time.Millisecond, TLS: config}
	if conn, err := d.DialContext(context.Background(), "tcp", ln.Addr().String()); err == nil {
		conn.Close()
		t.Error("connected")
	}
}
