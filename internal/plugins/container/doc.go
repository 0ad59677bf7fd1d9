// Package container has the decoders for the log files that container runtimes
// write: CriDecoder and DockerJsonDecoder.
//
//	config.go    what the user sets
//	decoder.go   from a line to a message, and the decoder behind
//	join.go      parts of long lines, put together again
//	cri.go       lines of the Container Runtime Interface
//	docker.go    lines of Docker's json-file driver
//	object.go    the JSON objects that these are
//
// # The formats
//
// Kubernetes' runtimes write the time, the stream, tags and the text. The first
// tag is P for a part that the next line of the same stream continues, and F for
// a text, or the end of one, that is complete:
//
//	2016-10-06T00:17:09.669794202Z stdout P a long tex
//	2016-10-06T00:17:09.669794203Z stderr F something else
//	2016-10-06T00:17:09.669794204Z stdout F t
//
// Docker writes objects. A text is complete when it ends in a line feed:
//
//	{"log":"a long tex","stream":"stdout","time":"2016-10-06T00:17:09.669794202Z"}
//	{"log":"t\n","stream":"stdout","attrs":{"tag":"web"},"time":"2016-10-06T00:17:09.669794204Z"}
//
// # Parts and delivery
//
// A part belongs to no message until its text is complete, and an input's position
// stays before it until the message with the whole text is delivered: if heka is
// killed in between, all parts are read again, and lines of the other stream that
// came between them.
package container
