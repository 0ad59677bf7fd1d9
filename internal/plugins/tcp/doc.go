// Package tcp has TcpInput, which takes streams of records from TCP and Unix
// socket connections, and TcpOutput, which sends encoded messages down one
// connection.
//
//	input.go      TcpInput: the listener and the life of each connection
//	conn.go       reading from one connection: idle time-out, draining at the end
//	conn_unix.go  looking whether a connection has bytes, whatever its deadline
//	output.go     TcpOutput: gathering bytes, delivering them once or more
//	peer.go       its connection: dialling, fail-over, noticing that the peer left
//	ack.go        what is said about acknowledgement
//	unacked.go    TcpOutput's side: what was sent and is not known to be delivered
//	receiving.go  TcpInput's side: telling what was delivered
//	origin.go     what an input knows of a sender over several connections
//	repeats.go    dropping messages that come a second time
//
// # Ending without loss
//
// What the kernel has taken from a client the client believes delivered. When
// heka stops, a connection is therefore read on for as long as bytes keep coming, at
// most three seconds, before it is closed.
//
// Without acknowledgement TcpOutput counts a message as delivered when the kernel
// has taken its bytes. It cannot know whether the peer got them; what it can do is
// not to write to a peer that has already closed its side, and to send everything
// again that was in a write that failed.
//
// # Acknowledgement
//
// A TcpOutput with acknowledge asks the server before it sends anything else:
//
//	bytes   sender to receiver
//	11      'heka-ack 1 '       protocol and version
//	1-64    name                of the sender, the same after its restart: letters,
//	                            digits and - . _ /
//	1       0A
//
// There is no record separator in it, so that to a receiver that does not know
// the question it is garbage in front of the first record, which stream framing
// steps over; and a sender that does not ask is read as ever. A receiver that
// knows it answers, and from then on says how much is delivered:
//
//	bytes   receiver to sender
//	11      'heka-ack 1' 0A
//	8       count               big endian; again and again
//
// The count is of bytes behind the question: all records within the first so many
// are delivered by all consumers of the receiver, stored on disk, or dropped for a
// counted reason. It is told when it grows, and twice a second anyway: a receiver
// that is silent for acknowledge_timeout is given up. Bytes are counted, not
// records, since the two sides need not agree on what is a record: one that is too
// long for the receiver counts too.
//
// The sender waits for the answer and then sends framed records. It keeps what
// was not acknowledged, at most 8 MiB or 32768 messages, and sends it again over
// the next connection. The receiver remembers the Uuid of at least the latest
// 65536 messages of a sender, told apart by address and name, and drops those
// that come again. Such a repeat is acknowledged no sooner than the first one.
//
// Messages come twice after a restart of the receiver, which forgets, and when
// another server takes over.
package tcp
