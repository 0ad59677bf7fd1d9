// Package http has HttpListenInput, a server that takes what is posted to it,
// HttpInput, which asks servers again and again, and HttpOutput, which posts
// messages.
//
//	listen.go   HttpListenInput: the server, its limits, its end
//	request.go  one request: who may, what it carries, how it is answered
//	body.go     bodies with time-outs, unpacked, with a limit
//	lane.go     streams into the pipeline, used by one request after the other
//	poll.go     HttpInput
//	output.go   HttpOutput, whose messages package bulk gathers
//
// # Requests and streams
//
// A stream with its splitter and decoder is too dear for a request of some hundred
// bytes, and a connection may be idle for long. Streams are therefore kept in a
// pool, a last-in-first-out list, and each is lent to one request at a time. A body
// begins and ends with its request: what is left of it without being a record is
// given up.
//
// With acknowledge, a request keeps its stream until everything that it brought is
// delivered. The stream counts bytes; a request is delivered when the count has come
// to its end.
//
// # Limits
//
// A peer controls the size of heads and bodies, how slowly they come, how much a
// packed body unpacks to, and how many connections it opens. Each has an option. A
// body may be of any length where the splitter makes small records of it.
package http
