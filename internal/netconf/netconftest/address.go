package netconftest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// Ports from which Address draws: below those that the kernel gives to whoever does
// not care, which a connection or another test could get at any moment.
const (
	lowestPort  = 20000
	highestPort = 31999
)

// keeper is the address of loopback where a port is held while a test may use it at
// 127.0.0.1, so that no other process draws it.
const keeper = "127.0.0.3"

// Address returns an address of loopback, host:port, where nobody listens by TCP or
// UDP and where until the end of the test nobody will but the test itself, also when
// it begins to listen late, or stops and begins anew.
func Address(t testing.TB) string {
	t.Helper()
	var err error
	for range 1000 {
		port := lowestPort + rand.IntN(highestPort-lowestPort+1)
		var held net.Listener
		if held, err = net.Listen("tcp", fmt.Sprintf("%s:%d", keeper, port)); err != nil {
			continue
		}
		address := fmt.Sprintf("127.0.0.1:%d", port)
		if err = isFree(address); err != nil {
			held.Close()
			continue
		}
		t.Cleanup(func() { held.Close() })
		return address
	}
	t.Fatalf("there is no free port from %d to %d: %v", lowestPort, highestPort, err)
	return ""
}

// isFree returns why an address cannot be listened on.
func isFree(address string) error {
	stream, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	defer stream.Close()
	packets, err := net.ListenPacket("udp", address)
	if err != nil {
		return err
	}
	return packets.Close()
}
