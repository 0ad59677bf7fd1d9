// Package logstreamer has LogstreamerInput, which follows log files. Finding,
// ordering and reading them is the business of internal/logstream; this package
// hands the bytes to the pipeline and remembers how far it got.
//
//	input.go      the life of the input: streams found, goroutines, positions saved
//	reader.go     one stream: from the files into the pipeline
//	progress.go   what has been delivered, as an offset of the stream
//
// # Goroutines
//
//	Run ─┬─ one reader per stream    until the stream or the input ends
//	     ├─ the catalog's scans      until the input ends
//	     └─ the keeper               saves positions once a second
//
// Run waits for all of them. Close, which comes after everything was delivered or
// given up, saves the last positions.
//
// # Positions
//
// A position moves only over bytes whose records have been delivered. A stream of
// files is normally one stream of the pipeline. Where bytes of two files must not
// be joined, as after a file was emptied, and a record is unfinished, the
// pipeline's stream is closed and a new one opened behind the gap; progress adds
// their offsets up.
package logstreamer
