// Package client sends framed messages to another heka, for the tools that do:
// heka flood, inject, sbmgr and buffer replay.
//
//	options.go  where to and how: what their configurations and flags have in common
//	conn.go     a connection, and the end of it without loss
//
// A connection ends in one of two ways. Without acknowledgement Close shuts the
// sending half and waits until the receiver, which reads everything first, closes
// its own. With acknowledgement the receiver tells how many bytes are delivered;
// see package tcp for what is said.
package client
