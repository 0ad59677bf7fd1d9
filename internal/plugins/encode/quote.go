package encode

import (
	"math/bits"
	"slices"
	"unicode/utf8"
)

// appendQuoted appends s as a JSON string to dst: control characters, " and \ as
// \u00xx, invalid UTF-8 as U+FFFD, one for each byte, everything else as it is.
func appendQuoted(dst []byte, s string) []byte { return appendMember(dst, nil, s) }

// appendMember appends key, which is complete, and s as a JSON string to dst.
//
// hot: once per text.
func appendMember(dst, key []byte, s string) []byte {
	if !plain(s) {
		dst = append(append(dst, key...), '"')
		return append(appendEscaped(dst, s), '"')
	}
	n := len(dst)
	size := len(key) + len(s) + 2
	if cap(dst)-n < size {
		dst = slices.Grow(dst, size)
	}
	dst = dst[:n+size]
	room := dst[n:]
	copy(room, key)
	room = room[len(key):]
	room[0] = '"'
	copy(room[1:], s)
	room[len(room)-1] = '"'
	return dst
}

// plain reports whether nothing in s needs escaping. It looks at eight bytes at
// a time, the last time at some of them again.
//
// hot: once per text.
func plain(s string) bool {
	if len(s) >= 8 {
		for i := 0; i+8 < len(s); i += 8 {
			if special(load64(s[i:])) != 0 {
				return false
			}
		}
		return special(load64(s[len(s)-8:])) == 0
	}
	if len(s) >= 4 {
		return special(uint64(load32(s))|uint64(load32(s[len(s)-4:]))<<32) == 0
	}
	for i := range len(s) {
		if specials[s[i]] {
			return false
		}
	}
	return true
}

// appendEscaped appends s without quotes around it.
func appendEscaped(dst []byte, s string) []byte {
	done := 0 // bytes of s that are in dst
	for i := 0; i < len(s); {
		if len(s)-i >= 8 {
			m := special(load64(s[i:]))
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) / 8
		} else if !specials[s[i]] {
			i++
			continue
		}
		if s[i] >= utf8.RuneSelf {
			// Such runes seldom stand alone.
			for i < len(s) && s[i] >= utf8.RuneSelf {
				r, size := utf8.DecodeRuneInString(s[i:])
				if r == utf8.RuneError && size == 1 {
					dst = append(append(dst, s[done:i]...), "\uFFFD"...)
					done = i + 1
				}
				i += size
			}
			continue
		}
		dst = append(dst, s[done:i]...)
		dst = append(dst, '\\', 'u', '0', '0', hexDigits[s[i]>>4], hexDigits[s[i]&15])
		i++
		done = i
	}
	return append(dst, s[done:]...)
}

const hexDigits = "0123456789abcdef"

// load64 reads 8 bytes, the first one lowest.
func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// load32 is load64 for 4 bytes.
func load32(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// special looks at 8 bytes at once. It returns 0 when none of them is a control
// character, ", \ or beyond ASCII; otherwise its lowest bit set is in the first
// byte that is.
func special(w uint64) uint64 {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	// Flipping bit 1 swaps " with the space and leaves the control characters
	// below both, so that one comparison finds them all.
	low := w ^ 0x02*ones
	low = (low - '!'*ones) &^ low
	backslash := w ^ '\\'*ones
	backslash = (backslash - ones) &^ backslash
	return (low | backslash | w) & highs
}

// specials is special for one byte.
var specials = func() (t [256]bool) {
	for c := range t {
		t[c] = c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf
	}
	return t
}()
