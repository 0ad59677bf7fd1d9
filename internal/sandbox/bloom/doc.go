// Package bloom is the Lua library bloom_filter: a set that answers "surely not
// seen" or "probably seen", in little memory.
//
//	bloom_filter.new(items, probability)   sized so that with so many items a query
//	                                       for another is wrong with this probability
//	f:add(key)      true if the key was surely new
//	f:query(key)    true if the key was probably added
//	f:count()       adds that returned true
//	f:clear()
//	f:fromstring(count, data)
//
// A key is a string, or a number, which is its 8 bytes in IEEE 754, little endian.
//
// # Data
//
// bits = ⌈items · ln(probability) / ln(1/2^ln 2)⌉, in ⌈bits/8⌉ bytes; hashes =
// ln 2 · bits / items, rounded, at least 1. A key sets the bits
//
//	xxHash32(key, seed i) mod bits      i = 0 … hashes−1
//
// where bit b is 1<<(b mod 8) in byte b/8.
//
// # Preservation
//
//	if K == nil then K = bloom_filter.new(1000, 0.01) end
//	K:fromstring(12, "…")
//
// The bytes stand in the string as they are, NUL included, but for newline, carriage
// return, quote and backslash, which are \n, \r, \" and \\. The form of older files,
// fromstring(data), tells no count; it is then estimated by the bits that are set.
//
// The Go value of the userdata is a *Filter, with Size and AppendPreserved for its
// host.
package bloom
