// Package graphite has what speaks Graphite's languages: CarbonOutput sends lines to
// a carbon server, WhisperOutput writes them into database files itself, and
// StatsToFieldsDecoder turns them into fields.
//
//	line.go      lines of the form "name value time"
//	carbon.go    CarbonOutput
//	wire.go      its connections: TCP for each batch or kept, UDP
//	whisper.go   WhisperOutput
//	files.go     its open files, and what new ones look like
//	tofields.go  StatsToFieldsDecoder
//
// The outputs take the payloads of messages such as those of StatAccumInput; they
// have no encoder. A line that makes no sense is logged, counted and left out; a
// message without any good line is dropped for the reason "malformed".
package graphite
