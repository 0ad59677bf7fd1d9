// Package queue keeps records on disk until all of their readers are done with
// them. It is the disk buffer in front of filters and outputs. It knows records,
// byte strings with a little beside them, and nothing of messages.
//
// # What is in a directory
//
//	<n>.log                 segment n, records one after the other; n counts from
//	                        0, decimal, without padding
//	checkpoint.txt          "<n> <offset>" of the reader without a name: the
//	                        position behind the last record it is done with
//	checkpoint-<name>.txt   the same for a reader with a name
//	lock                    locked while a process uses the directory; its number
//	*.tmp                   a checkpoint, or a segment of Rewrite, being written
//	<n>.damaged             a segment in which no record could be found
//
// Segments and checkpoint.txt are those of Heka 0.10: a directory that it left is
// read and drained, and it reads one of ours.
//
// # What is in a segment
//
// A record is a frame as in package framing. Its header begins with a checksum
// and has further fields of the queue's own, which other readers skip:
//
//	offset   bytes     meaning
//	0        1E        record separator
//	1        H         length of the header
//	2        75        field 14, fixed32: checksum
//	3        4 bytes   checksum of all bytes behind it, little endian
//	7        08        field 1, varint: message_length
//	8        1-5       length of the body
//	         50 ...    field 10, varint: loop count, if not 0
//	         5A ...    field 11, bytes: verified signer, if any
//	         60 ...    field 12, varint: time of the write, ms since the epoch
//	         68 ...    field 13, varint: number of the record, from 1
//	H+2      1F        unit separator
//	H+3      body
//
// Fields 12 and 13 are only in the first record of each write; the records behind
// it have the same time and the numbers that follow. A body of 400 bytes thus
// becomes a record of 411 bytes.
//
// The checksum is CRC-32C XOR a hash of the offset at which the record stands in
// its file:
//
//	uint32((offset+1) * 0x9E3779B97F4A7C15 >> 32)      with offset as uint64
//
// Therefore a frame inside a body never passes for a record, not even when the
// record around it is damaged: nobody who sends messages can forge one. A segment
// may be renamed or copied as a whole, but records cannot be moved by hand.
//
// Heka 0.10 wrote frames without a checksum. They are accepted in segments that
// begin with one, and only there.
//
// # Writing
//
// Append writes a batch of records with one write and the readers see them at
// once. One goroutine per queue (keep) syncs files, as often as Options.Fsync
// says, and then tells those who asked with Notify: group commit. A new run never
// appends to a file of an earlier one, and every file but the newest is wholly
// on disk before the next is begun, so a crash can only tear the end of the
// newest. Open looks at that file alone, from the first record that is needed.
//
// When a write fails, the file is cut back to whole records and the error
// returned; the next Append tries again. When a sync fails, nobody knows what is
// on disk, and the kernel tells only once: the queue refuses everything until it
// is opened again.
//
// # Reading
//
// The newest records stay in memory, in the very bytes that were written, so a
// reader that keeps up never reads the disk. One that lags reads files through a
// window of 256 KiB. Whatever the backlog, memory is bounded.
//
// Damage is skipped and counted: behind it the next good record is searched byte
// by byte. Gaps in the numbers tell how many records are gone.
//
// # Deleting
//
// Only bytes that wait for the slowest reader count against MaxBufferSize. A file
// is deleted when the checkpoints of all readers have passed it, or a while later
// (KeepDelivered). A file of 16 MiB whose records are all delivered is closed
// early, so that it can go. The newest file always stays, as the numbers of new
// ones go by it.
//
// A checkpoint is written to a temporary file, synced, renamed, and the directory
// synced. It never points to records that a crash may still undo.
package queue
