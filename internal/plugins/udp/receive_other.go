//go:build !unix

package udp

import (
	"net"
	"time"
)

// lastWait is how long the end waits for a datagram.
const lastWait = 20 * time.Millisecond

// receive hands datagrams in until over says so. It also ends at the socket's read
// deadline and at an error. idle is called after each datagram, since there is no
// telling whether another one is there.
func (in *Input) receive(idle, over func() bool) error {
	for !over() {
		n, sender, err := in.socket.ReadFrom(in.buf)
		if err != nil {
			return err
		}
		if a, ok := sender.(*net.UDPAddr); ok && in.config.SetHostname {
			in.from(a.AddrPort().Addr())
		}
		in.datagram(in.buf[:n])
		if idle() {
			in.stream.Flush()
		}
	}
	return nil
}
