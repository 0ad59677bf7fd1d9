// Package structured has decoders for lines that say themselves what their parts
// are called: JsonDecoder, LogfmtDecoder, and CsvDecoder, whose columns the
// configuration names.
//
//	naming.go  what becomes of a named value: a header, or a field of some type
//	json.go    JsonDecoder
//	logfmt.go  LogfmtDecoder
//	csv.go     CsvDecoder
//
// # Naming
//
// The names are those that ESJsonEncoder writes: a value that is called like a
// header (Timestamp, Type, Logger, Severity, Payload, EnvVersion, Pid, Hostname,
// Uuid) sets this header, everything else becomes a field of its name. The section
// headers says under which other names headers come. What is inside of objects has
// the names of both, joined by a dot.
package structured
