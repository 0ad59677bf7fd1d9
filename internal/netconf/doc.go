// Package netconf holds what all network plugins share: the tls options, opening
// listening sockets, and dialling.
//
//	tls.go      TLSOptions, the [<plugin>.tls] section as users write it
//	suites.go   the words of that section: versions, cipher suites, client_auth
//	config.go   from options to *tls.Config, for servers and for clients
//	keypair.go  a certificate that is read again when its files change
//	listen.go   stream listeners: tcp, unix, unixpacket, fd:N
//	packet.go   datagram sockets: udp, unixgram, abstract names, fd:N
//	handover.go  sockets that one leaves to its successor
//	limit.go    a bound for the connections of a listener
//	receive.go  receive buffers, dropped datagrams, many datagrams at a time
//	dial.go     outgoing connections with time-outs, a source address and TLS
//	httpclient.go  clients for HTTP servers
//	httpbody.go    bodies of requests in buffers that are used again
//
// # Addresses
//
//	host:port     tcp, tcp4, tcp6, udp, udp4, udp6; an empty host is every
//	              interface
//	/run/x.sock   unix, unixpacket, unixgram: a path
//	@name         unix, unixpacket, unixgram: a name in Linux's abstract space
//	fd:3          any network: a socket that was inherited, for example from
//	              systemd; the number may be decimal, 0x hexadecimal or 0 octal
//
// A socket file that a crashed process left behind is removed before listening,
// but only after a connection to it was refused: a socket that somebody serves
// stays.
//
// This is a leaf: it knows neither plugins nor messages. Option problems are made
// with the function that the caller hands in, such as plugin.BadOption.
package netconf
