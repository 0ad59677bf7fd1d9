// Package flood is the load generator behind heka flood.
//
//	config.go    a test: what to send, how fast, where to
//	messages.go  the messages of a test, and what is done to some of them
//	share.go     which of all messages are signed, too long or damaged
//	run.go       the senders of a test, and what they count
//	sender.go    one connection: pace, writing, reconnecting
//	latency.go   how long messages take until the receiver acknowledges them
//	result.go    what came of it
//
// A sender makes each message just before it is due, gathers messages until it
// would have to wait, and writes them at once. Latency counts from the moment at
// which a message was due, not from when there was room to send it, so that a
// receiver that stalls shows.
package flood
