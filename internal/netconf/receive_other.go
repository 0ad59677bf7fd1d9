//go:build !linux

package netconf

// SetReceiveBuffer asks for a receive buffer; what the system granted is not known.
func SetReceiveBuffer(s PacketSocket, want int) (got int, err error) {
	return 0, s.SetReadBuffer(want)
}

// KernelDrops is the number of datagrams that were lost because the receive buffer
// was full; it is not known here.
func KernelDrops(PacketSocket) (n uint32, ok bool) { return 0, false }

// vector is empty where the system receives one datagram at a time.
type vector struct{}

func (*Datagrams) init(int) {}

// receive waits for one datagram.
func (d *Datagrams) receive() error {
	n, _, err := d.socket.ReadFrom(d.bufs[:d.size])
	if err == nil {
		d.keep(0, n)
	}
	return err
}
