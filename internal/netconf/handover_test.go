//go:build unix

package netconf

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What arrives after the one has ended and before the other begins waits in the
// socket.
func TestStreamSocketsAreHandedOver(t *testing.T) {
	for _, network := range []string{"tcp", "unix", "unixpacket"} {
		address := "127.0.0.1:0"
		if network != "tcp" {
			address = filepath.Join(t.TempDir(), "s")
		}
		var one, two Sockets
		first, err := Listen(WithSockets(t.Context(), &one), network, address, KeepAlive(true, 0))
		if err != nil {
			t.Fatal(err)
		}
		at := first.Addr().String()
		two.Inherit(&one)
		first.Close()
		conn, err := net.Dial(network, at)
		if err != nil {
			t.Fatalf("%s: %v", network, err)
		}
		defer conn.Close()
		io.WriteString(conn, "hello")
		second, err := Listen(WithSockets(t.Context(), &two), network, address, KeepAlive(true, time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if second.Addr().String() != at {
			t.Errorf("%s: listens on %s, not %s", network, second.Addr(), at)
		}
		two.Release() // which has nothing left
		in, err := second.Accept()
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 5)
		if _, err := io.ReadFull(in, b); err != nil || string(b) != "hello" {
			t.Errorf("%s: %q, %v", network, b, err)
		}
		in.Close()
		second.Close()
		if _, err := os.Stat(address); network != "tcp" && !os.IsNotExist(err) {
			t.Errorf("%s: the file is still there: %v", network, err)
		}
	}
}

func TestPacketSocketsAreHandedOver(t *testing.T) {
	for _, network := range []string{"udp", "unixgram"} {
		address := "127.0.0.1:0"
		if network != "udp" {
			address = filepath.Join(t.TempDir(), "s")
		}
		var one, between, three Sockets
		first, err := ListenPacket(WithSockets(t.Context(), &one), network, address)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial(network, first.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, "a")
		between.Inherit(&one)
		first.Close()
		io.WriteString(conn, "b")
		three.Inherit(&between) // which has never begun
		between.Release()
		last, err := ListenPacket(WithSockets(t.Context(), &three), network, address)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"a", "b"} {
			b := make([]byte, 10)
			last.SetReadDeadline(time.Now().Add(20 * time.Second))
			if n, _, err := last.ReadFrom(b); err != nil || string(b[:n]) != want {
				t.Errorf("%s: %q, %v", network, b[:n], err)
			}
		}
		last.Close()
		if _, err := os.Stat(address); network != "udp" && !os.IsNotExist(err) {
			t.Errorf("%s: the file is still there: %v", network, err)
		}
	}
}

// A socket that nobody takes over is closed in the end, its file removed; those that
// are closed already are not offered.
func TestSocketsThatAreNotTakenAreReleased(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	var one, two Sockets
	ctx := WithSockets(t.Context(), &one)
	closed, err := Listen(ctx, "tcp", "127.0.0.1:0", net.KeepAliveConfig{})
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	ln, err := Listen(ctx, "unix", path, net.KeepAliveConfig{})
	if err != nil {
		t.Fatal(err)
	}
	two.Inherit(&one)
	if len(two.offers) != 1 {
		t.Errorf("offers %+v", two.offers)
	}
	ln.Close()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the successor's file is gone: %v", err)
	}
	other, err := Listen(WithSockets(t.Context(), &two), "unix", path+"2", net.KeepAliveConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	two.Release()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
	one.Forget()
	var three Sockets
	three.Inherit(&one)
	if len(three.offers) != 0 {
		t.Errorf("offers %+v", three.offers)
	}
}
