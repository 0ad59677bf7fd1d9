// Package logstreamer has LogstreamerInput, which follows log files. Finding,
// ordering and reading them is the business of internal/logstream; this package
// hands the bytes to the pipeline and remembers how far it got.
//
//	input.go      the life of the input: streams found, readers made and ended
//	schedule.go   which reader works when
//	reader.go     one stream: from the files into the pipeline
//	progress.go   what has been delivered, as an offset of the stream
//	keeper.go     positions written down
//	owners.go     which input keeps the position of which stream
//
// # Goroutines
//
//	Run ─┬─ the schedule       wakes readers when they are due, until the input ends
//	     ├─ its workers        a few, while there is something to read
//	     ├─ the catalog's scans  until the input ends
//	     └─ the keeper         writes positions down, until the input ends
//
// Run waits for all of them. Close, which comes after everything was delivered or
// given up, saves the last positions.
//
// A stream at rest has no goroutine, no buffer, and, if there are many, no open
// file. It is looked at again after check_data_interval, or later if there are so
// many that this would cost noticeable time; hints of the system, where it has
// them, wake it at once. Streams with data take turns of 1 MiB. A worker that is
// held up by a consumer is made up for by another, so that a stream whose messages
// go elsewhere is not held up with it.
//
// # Positions
//
// A position moves only over bytes whose records have been delivered. It is noted
// within milliseconds, so that no more comes again after a kill than was on its
// way, and saved durably once a second and whenever the stream is in another file.
// No two inputs of a heka keep the position of a stream in the same file. A stream of
// files is normally one stream of the pipeline. Where bytes of two files must not
// be joined, as after a file was emptied, and a record is unfinished, the
// pipeline's stream is closed and a new one opened behind the gap; progress adds
// their offsets up.
package logstreamer
