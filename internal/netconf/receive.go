package netconf

// Datagrams receives datagrams, many with one system call where the system can.
type Datagrams struct {
	socket PacketSocket
	size   int
	bufs   []byte // room for the datagrams of one call, size bytes each
	got    [][]byte
	cut    int
	vector
}

// NewDatagrams makes a receiver of up to n datagrams at a time, each of at most
// size bytes; of longer ones the rest is lost. It serves one goroutine.
func NewDatagrams(s PacketSocket, n, size int) *Datagrams {
	size++ // a datagram that fills its room was cut
	d := &Datagrams{socket: s, size: size, bufs: make([]byte, n*size), got: make([][]byte, 0, n)}
	d.init(n)
	return d
}

// Read waits for datagrams and returns those that are there. They are valid until
// the next call. cut is how many of them were longer than their room. Its errors
// are those of the socket, that of a read deadline among them.
//
// hot: once per call of the system.
func (d *Datagrams) Read() (got [][]byte, cut int, err error) {
	d.got, d.cut = d.got[:0], 0
	err = d.receive()
	return d.got, d.cut, err
}

// keep notes that datagram i has n bytes.
func (d *Datagrams) keep(i, n int) {
	if n >= d.size {
		d.cut++
		n = d.size - 1
	}
	d.got = append(d.got, d.bufs[i*d.size:i*d.size+n])
}
