// Package message holds heka's one event type and its wire form.
//
// A Message has a fixed header (Uuid, Timestamp, Type, Logger, Severity,
// Payload, EnvVersion, Pid, Hostname) and an ordered list of Fields, each an
// array of values of one type. message.proto in this folder is the schema; the
// codec is written by hand (parse.go, append.go) because it runs for every
// message and must neither allocate nor copy.
//
// # Views
//
// Parse does not copy: the strings of a parsed message point into the buffer
// that was parsed. They are valid until the owner of that buffer reuses it,
// which for a message in the pipeline means until its Pack is released. Whoever
// keeps a string longer copies it (strings.Clone).
//
// # The encoded form is kept
//
// A parsed message remembers the bytes it came from. As long as nobody modifies
// it, AppendWire copies those bytes, so unknown protobuf fields and the sender's
// own encoding survive and forwarding costs a memory copy. Every setter forgets
// the bytes.
//
// # Other forms
//
// json.go has the JSON form of heka cat, text.go the two readable forms,
// template.go the message_fields templates of decoders, timestamp.go their
// forgiving time parser.
package message
