// Package udp has UdpInput, which takes datagrams from UDP and Unix sockets, and
// UdpOutput, which sends one datagram for each message.
//
//	input.go           UdpInput: the socket's life, one datagram as a block
//	receive_unix.go    many datagrams for one wake-up
//	receive_other.go   one at a time, for other systems
//	output.go          UdpOutput
//
// # Losing little
//
// A datagram that finds the socket's receive buffer full is lost, and only the
// kernel knows. The input therefore asks for a large buffer, empties it as far as
// it goes at each wake-up before it hands messages over, and reports how many
// datagrams the kernel had to drop. Each datagram is cut into records by itself:
// what is left over of one is never joined with the next, which may come from
// anybody.
package udp
