package hll

// murmur64 is the MurmurHash64A of a key with the seed of the format.
//
// hot: once per key; allocates nothing.
func murmur64(key string) uint64 {
	const (
		seed  = 0xadc83b19
		prime = 0xc6a4a7935bd1e995
	)
	size := uint64(len(key))
	h := seed ^ size*prime
	for ; len(key) >= 8; key = key[8:] {
		k := word(key) * prime
		k ^= k >> 47
		h = (h ^ k*prime) * prime
	}
	if len(key) > 0 {
		var k uint64
		for i := range len(key) {
			k |= uint64(key[i]) << (8 * i)
		}
		h = (h ^ k) * prime
	}
	h = (h ^ h>>47) * prime
	return h ^ h>>47
}

// word is the first 8 bytes of s, little endian.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
