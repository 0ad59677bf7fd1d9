// Package statsd has StatsdInput, which takes the measurements of statsd clients
// from UDP datagrams and hands them to a StatAccumInput.
//
//	input.go     the socket's life, datagrams in batches
//	line.go      the grammar of a line
//	extended.go  what clients send beyond it: several values, tags, other sections
//
// # Losing little
//
// A datagram that finds the socket's receive buffer full is lost, and only the
// kernel knows. The input asks for a large buffer, takes many datagrams with one
// call of the system, hands their measurements over together, and reports how many
// datagrams the kernel had to drop.
package statsd
