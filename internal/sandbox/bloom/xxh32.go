package bloom

import "math/bits"

// The primes of xxHash32.
const (
	prime1 = 2654435761
	prime2 = 2246822519
	prime3 = 3266489917
	prime4 = 668265263
	prime5 = 374761393
)

// sum32 is the xxHash32 of a key with a seed.
//
// hot: once for each hash of a key; allocates nothing.
func sum32(key string, seed uint32) uint32 {
	n := uint32(len(key))
	var h uint32
	if len(key) < 16 {
		h = seed + prime5
	} else {
		p1 := uint32(prime1) // an addition of constants would not wrap
		lanes := [4]uint32{seed + p1 + prime2, seed + prime2, seed, seed - p1}
		for ; len(key) >= 16; key = key[16:] {
			for i := range lanes {
				lanes[i] = bits.RotateLeft32(lanes[i]+word(key[4*i:])*prime2, 13) * prime1
			}
		}
		h = bits.RotateLeft32(lanes[0], 1) + bits.RotateLeft32(lanes[1], 7) +
			bits.RotateLeft32(lanes[2], 12) + bits.RotateLeft32(lanes[3], 18)
	}
	h += n
	for ; len(key) >= 4; key = key[4:] {
		h = bits.RotateLeft32(h+word(key)*prime3, 17) * prime4
	}
	for i := range len(key) {
		h = bits.RotateLeft32(h+uint32(key[i])*prime5, 11) * prime1
	}
	h ^= h >> 15
	h *= prime2
	h ^= h >> 13
	h *= prime3
	return h ^ h>>16
}

// word is the first 4 bytes of s, little endian.
func word(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}
