// Package message holds heka's one event type, its wire form and its readable
// forms.
//
// A Message has a fixed header (Uuid, Timestamp, Type, Logger, Severity,
// Payload, EnvVersion, Pid, Hostname) and an ordered list of Fields, each an
// array of values of one type. message.proto in this folder is the schema; the
// codec is written by hand (parse.go, append.go) because it runs for every
// message and must neither allocate nor copy.
//
// # The wire form
//
// A message on the wire is a row of elements, each a tag (number << 3 | wire
// type) and a value. Wire type 0 is a varint, 1 are 8 bytes, 2 a length and so
// many bytes, 5 are 4 bytes. A message with a time, a type and one field:
//
//	10 80c48c9491a9e8d413            2 timestamp    varint 1416840893000000000
//	1a 04 "TEST"                     3 type         length 4
//	52 10                           10 fields       length 16
//	   0a 03 "int"                      1 name
//	   10 02                            2 value_type   INTEGER
//	   1a 00                            3 representation ""
//	   32 05 e707 8008 01               6 value_integer  packed: 999, 1024, 1
//
// Negative numbers are varints of ten bytes; five for a severity or pid are
// understood too. Of a repeated scalar the last one counts, of a field's arrays
// only the one of its value_type, wherever that stands. Refused are known
// elements with the wrong wire type, value types that the schema does not have,
// and lengths beyond the end. Not checked are UTF-8 and the presence of uuid and
// timestamp.
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
//	json.go               AppendJSON, the JSON form of heka cat
//	json_parse.go         ParseJSON, which reads it (json_reader.go is its scanner)
//	text.go               AppendRST of RstEncoder, AppendText of heka cat
//
// # Messages from text
//
//	template.go           Template, the message_fields of decoders
//	pattern.go            Pattern, a text with %name% placeholders
//	timestamp.go          TimeParser, the forgiving time parser of decoders
//	timestamp_layout.go   how it completes dates without a year
//	severity.go           SeverityMap, the severity_map of decoders
package message
