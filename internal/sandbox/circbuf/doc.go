// Package circbuf is the Lua library circular_buffer: a matrix of numbers whose
// rows are consecutive slots of time and whose columns are series. It is what
// filters count into and what the dashboard draws.
//
// # Time
//
// A row covers seconds_per_row seconds, a divisor of time since 1970: row number =
// seconds / seconds_per_row. The buffer holds the newest row and the rows-1 before
// it. Writing to a later row moves this window and empties what it uncovers;
// writing to an earlier one does nothing. A cell without a value is NaN.
//
//	row number        7    8    9   10   (newest)
//	slot = row mod 4  3    0    1    2
//
// # Output
//
// AppendOutput gives one of two texts, in the format that the script chose. cbuf
// is a header line and one line for each row, the oldest first, values separated by
// tabs:
//
//	{"time":7,"rows":4,"columns":1,"seconds_per_row":1,"column_info":[{"name":"n","unit":"count","aggregation":"sum"}]}
//	nan
//	3
//	nan
//	4.5
//
// cbufd is the same header and a line for each row that changed since the last
// cbufd: its time in seconds and the change of each column, nan where there was
// none. Without changes it is empty, header and all.
//
// # Preservation
//
// AppendPreserved writes Lua code that makes the buffer again in a variable:
//
//	if K == nil then K = circular_buffer.new(4, 1, 1, true) end
//	K:set_header(1, "n", "count", "sum")
//	K:fromstring("10 2 3 nan 4.5 nan 10 4.5")
//
// The text of fromstring is the newest time in seconds, its slot, the cells slot
// after slot, and then, for each row that changed, its time and its changes. A
// column without change is written 0, as 0.10 did; a change of zero is written -0,
// which 0.10 reads as well.
//
// # For the host
//
// The Go value of the userdata is a *Buffer. A host finds what it needs by small
// interfaces, the same in all libraries beside this one:
//
//	Size() int                                      bytes for memory accounting
//	AppendOutput(dst []byte, limit int) []byte      what add_to_payload writes
//	AppendPreserved(dst []byte, variable string) []byte
package circbuf
