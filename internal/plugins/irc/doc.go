// Package irc has IrcOutput, which says messages in channels of Internet Relay Chat.
//
//	config.go   what the user sets
//	output.go   IrcOutput: the queue, and the life from connection to connection
//	session.go  one connection: registering, joining, sending at the given pace
//	confirm.go  which lines the server has got
//	channel.go  the state and the backlog of one channel
//	line.go     the lines of the protocol
//
// A message counts as delivered when the server has got all its lines for all channels
// that it is meant for. Until then it stays in a backlog, over lost connections too; when
// the backlogs are full, further messages wait in front of the output.
package irc
