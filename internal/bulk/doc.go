// Package bulk is the common part of outputs that send several messages in one
// request and learn from the answer what became of each: Elasticsearch, Loki, HTTP.
//
//	output.go   Output: gathers messages, cuts requests, acknowledges
//	request.go  Request and Item: messages on their way
//	flight.go   one request: sent in the background, halved if it is refused
//	post.go     posting a body: packing, authentication, the classes of answers
//
// # How messages move
//
// While one request is under way the next one fills. A request is closed when it
// has enough messages or bytes, or by the time of the interval. What an answer says
// is looked at when the host calls next, on the goroutine of the output.
//
//	delivered  the batch of the message is acknowledged when all of it is
//	refused    dropped under the sender's reason, as a dead letter where wanted
//	again      sent again, alone, after a pause that doubles from 250 ms to 5 s, or
//	           that the server asked for; nothing new is taken meanwhile
//
// When a server refuses a request as such, its halves are tried, down to the
// messages that it does not want.
//
// This package knows plugins' contracts and no pipeline.
package bulk
