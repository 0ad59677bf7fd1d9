//go:build !linux

package udp

import "github.com/hekad/heka/internal/netconf"

// setReceiveBuffer asks for a receive buffer; what the system granted is not known.
func setReceiveBuffer(s netconf.PacketSocket, want int) (got int, err error) {
	return 0, s.SetReadBuffer(want)
}

// kernelDrops is the number of datagrams that were lost because the receive buffer
// was full; it is not known here.
func kernelDrops(netconf.PacketSocket) (n uint32, ok bool) { return 0, false }
