// Package file has FileOutput, which appends encoded messages to a file.
//
//	output.go    gathering, the flush rules, what is told about each message
//	target.go    the open file: opening, writing, where to go on after an error
//	torn.go      what a run that was killed left unfinished
//	syncer.go    fsync in the background
//	schedule.go  names and times of rotated files
//
// # From message to disk
//
//	encode ──▶ buffer ──write──▶ page cache ──fsync──▶ disk ──▶ receipts
//	         256 KiB or a flush            in the background
//
// Batches are encoded into one buffer on the caller's goroutine. It is written
// when it holds 256 KiB, when the flush rules say so, and at every flush interval.
// A flush also hands the receipts of all written batches to the syncer, which
// delivers them when the fsync that covers them is done; encoding goes on
// meanwhile. At most one fsync is under way; what comes in the meantime shares the
// next.
//
// # Errors
//
// A write that fails leaves the rest of the buffer where it is; the next attempt
// opens the file again and goes on behind the last byte that was written. Should
// the name lead to another file by then, the message that was cut is written there
// whole.
//
// After a failed fsync nobody knows what is on disk: the system may have thrown the
// pages away. The receipts are not delivered and the instance ends.
package file
