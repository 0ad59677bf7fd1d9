// Package cuckoo is the Lua library cuckoo_filter: a set that answers "surely not
// seen" or "probably seen" and that can forget a key again.
//
//	cuckoo_filter.new(items)
//	f:add(key)      true if the key went in, false if it was probably there
//	f:query(key)    true if the key was probably added
//	f:delete(key)   true if it was there; delete only what was added
//	f:count()
//	f:clear()
//	f:fromstring(count, data)
//
// A key is a string, or a number, which is its 8 bytes in IEEE 754, little endian.
//
// # Data
//
// A power of two of buckets, the least that is not below ⌊items/4⌋, each of four
// slots of 2 bytes, little endian. A slot holds a fingerprint, or 0 if it is free.
//
//	h = xxHash64(key, seed 1)
//	fingerprint = the top 16 bits of h, but 1 for 0
//	one bucket  = h mod buckets
//	the other   = it XOR the top bits of xxHash64(fingerprint as 2 bytes, seed 1),
//	              as many as number a bucket
//
// A fingerprint lies in one of its two buckets. When both are full, one that is
// there moves to its other bucket, and so on up to 512 times; then the filter is
// full, and is left as it was.
//
// # Preservation
//
//	if K == nil then K = cuckoo_filter.new(1024) end
//	K:fromstring(12, "…")
//
// The bytes stand in the string as they are, NUL included, but for newline, carriage
// return, quote and backslash, which are \n, \r, \" and \\.
//
// The Go value of the userdata is a *Filter, with Size and AppendPreserved for its
// host.
package cuckoo
