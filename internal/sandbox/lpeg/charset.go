package lpeg

import "math/bits"

// charset is a set of byte values, one bit each.
type charset [4]uint64

// fullSet holds every byte.
var fullSet = charset{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

func byteSet(c byte) (s charset) {
	s.add(c)
	return s
}

// has reports whether c is in the set. The index needs no bounds check.
func (s *charset) has(c byte) bool { return s[c>>6]>>(c&63)&1 != 0 }

func (s *charset) add(c byte) { s[c>>6] |= 1 << (c & 63) }

// addRange adds the bytes from lo to hi; nothing when the range is inverted.
func (s *charset) addRange(lo, hi byte) {
	for c := int(lo); c <= int(hi); c++ {
		s.add(byte(c))
	}
}

func (s charset) union(t charset) charset {
	return charset{s[0] | t[0], s[1] | t[1], s[2] | t[2], s[3] | t[3]}
}

func (s charset) intersect(t charset) charset {
	return charset{s[0] & t[0], s[1] & t[1], s[2] & t[2], s[3] & t[3]}
}

func (s charset) minus(t charset) charset {
	return charset{s[0] &^ t[0], s[1] &^ t[1], s[2] &^ t[2], s[3] &^ t[3]}
}

func (s charset) complement() charset { return fullSet.minus(s) }

func (s charset) disjoint(t charset) bool { return s.intersect(t) == charset{} }

// within reports whether every byte of s is in t.
func (s charset) within(t charset) bool { return s.minus(t) == charset{} }

func (s charset) empty() bool { return s == charset{} }

// single returns the only byte of a set of one.
func (s charset) single() (byte, bool) {
	if list := s.bytes(2); len(list) == 1 {
		return list[0], true
	}
	return 0, false
}

// bytes lists the members of the set, at most limit of them.
func (s charset) bytes(limit int) []byte {
	var list []byte
	for i, w := range s {
		for ; w != 0 && len(list) < limit; w &= w - 1 {
			list = append(list, byte(i<<6+bits.TrailingZeros64(w)))
		}
	}
	return list
}
