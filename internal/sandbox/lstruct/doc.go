// Package lstruct is the Lua library struct: values to bytes and back, by formats
// in the manner of C's structs.
//
//	struct.pack(format, v, …)            the bytes
//	struct.unpack(format, data [, pos])  the values, and the position behind them
//	struct.size(format)                  bytes of a format without s and c0
//
// # Formats
//
//	< >      little endian (the default), big endian, from here on
//	![n]     alignment up to n bytes from here on, a power of 2; alone 8; at first 1
//	x        a zero byte, skipped by unpack
//	b B      integer of 1 byte, signed and unsigned, and so on:
//	h H      2 bytes
//	l L T    8 bytes; T is unsigned
//	i[n] I[n]  n bytes, 1 to 32; alone 4
//	f d      IEEE 754 of 4 and 8 bytes
//	s        bytes up to a zero byte
//	c[n]     n bytes, alone 1; c0 is all of the string, and for unpack as many bytes
//	         as the value before says, which it takes the place of
//	blank    nothing
//
// Every option with a size, other than c, is aligned: zero bytes go before it until
// the position is a multiple of its size or of the alignment, whichever is less.
//
//	struct.pack(">!4BHi4", 1, 2, 3)    01 00 00 02 00 00 00 03
//	                                   B  -- H---- i4---------
//
// Numbers lose their fraction and what does not fit into the bytes. Integers wider
// than 8 bytes are extended by their sign.
package lstruct
