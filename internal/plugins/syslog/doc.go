// Package syslog has what is needed to receive from syslog daemons: SyslogSplitter
// finds the messages in a stream, SyslogDecoder takes them apart.
//
//	splitter.go  SyslogSplitter: both ways of framing (RFC 6587)
//	decoder.go   SyslogDecoder: the priority, and which form it is
//	modern.go    the form of RFC 5424, with structured data
//	legacy.go    the form of RFC 3164, and what is sent in its name
//
// Over UDP and unix sockets each datagram is a message, so that NullSplitter does.
package syslog
