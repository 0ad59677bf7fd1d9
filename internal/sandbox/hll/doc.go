// Package hll is the Lua library hyperloglog: how many different keys there were,
// to about 1 %, in 12 KiB.
//
//	hyperloglog.new()
//	hyperloglog.count(h, …)   different keys of all of them together; of several, a
//	                          little less exact than after merge, as 0.10 had it
//	h:add(key)                true if the estimate may have changed
//	h:count()
//	h:merge(other)            h becomes the union; returns h
//	h:clear()
//	h:fromstring(data)
//	tostring(h)               the data
//
// A key is a string, or a number, which is its 8 bytes in IEEE 754, little endian.
//
// # Data
//
// 12304 bytes, which are preserved and which are the form in messages and payloads:
//
//	48 59 4c 4c               "HYLL"
//	00                        encoding: dense
//	00 00 00
//	xx xx xx xx xx xx xx xx   the last count, little endian; the top bit says that
//	                          it is out of date
//	12288 bytes               16384 registers of 6 bits, the lowest bit first
//
// A key belongs to the register that the low 14 bits of its MurmurHash64A (seed
// 0xadc83b19) name. The register is the largest number of a key's: one more than
// the zero bits from bit 14 upward, where bit 63 counts as set.
//
// # Preservation
//
//	if K == nil then K = hyperloglog.new() end
//	K:fromstring("…")
//
// The bytes stand in the string as they are, NUL included, but for newline, carriage
// return, quote and backslash, which are \n, \r, \" and \\.
//
// The Go value of the userdata is a *Set, with Size, AppendOutput and
// AppendPreserved for its host.
package hll
