// Package tcp has TcpInput, which takes streams of records from TCP and Unix
// socket connections, and TcpOutput, which sends encoded messages down one
// connection.
//
//	input.go      TcpInput: the listener and the life of each connection
//	conn.go       reading from one connection: idle time-out, draining at the end
//	conn_unix.go  looking whether a connection has bytes, whatever its deadline
//	output.go     TcpOutput: gathering bytes, delivering them once or more
//	peer.go       its connection: dialling, fail-over, noticing that the peer left
//
// # Ending without loss
//
// What the kernel has taken from a client the client believes delivered. When
// heka stops, a connection is therefore read on for as long as bytes keep coming, at
// most three seconds, before it is closed.
//
// TcpOutput counts a message as delivered when the kernel has taken its bytes. It
// cannot know whether the peer got them; what it can do is not to write to a peer
// that has already closed its side, and to send everything again that was in a
// write that failed.
package tcp
