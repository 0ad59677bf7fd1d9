package accesslog

import "strings"

// hot: everything in this file runs once per address and line and allocates
// nothing, but for lists of upstream addresses that grow.

// host makes a matcher for an IPv4 address, an IPv6 address or a host name,
// whichever comes first that the piece of the format behind it can follow.
func host(_, after edge) matcher {
	return func(_ *Format, s string, i int, v *value) int {
		v.lo = i
		if end := ipv4(s, i); end >= 0 && after.fits(s, end) {
			v.kind, v.hi = isIPv4, end
			return end
		}
		if end := ipv6(s, i); end >= 0 && after.fits(s, end) {
			v.kind, v.hi = isIPv6, end
			return end
		}
		v.kind, v.hi = isHostname, hostname(s, i, &after)
		return v.hi
	}
}

// hostname reads one or more of the characters that RFC 3986 allows in a
// registered name. It takes all of them, unless only fewer leave room for the
// literal that follows.
func hostname(s string, i int, after *edge) int {
	end := i
	for n := nameChar(s, end); n > 0; n = nameChar(s, end) {
		end += n
	}
	if end == i {
		return -1
	}
	if after.fits(s, end) {
		return end
	}
	for i += nameChar(s, i); i < end; i += nameChar(s, i) {
		if after.fits(s, i) {
			return i
		}
	}
	return -1
}

// nameChar is the length of the character of a host name at s[i], or 0.
func nameChar(s string, i int) int {
	if i == len(s) {
		return 0
	}
	switch c := s[i]; {
	case c|0x20 >= 'a' && c|0x20 <= 'z', isDigit(c):
		return 1
	case c == '%':
		if len(s)-i >= 3 && isHex(s[i+1]) && isHex(s[i+2]) {
			return 3
		}
	default:
		if strings.IndexByte("-._~!$&'()*+,;=", c) >= 0 {
			return 1
		}
	}
	return 0
}

// ipv4 returns where the dotted quad at s[i] ends, or -1.
func ipv4(s string, i int) int {
	for k := range 4 {
		if k > 0 {
			if i == len(s) || s[i] != '.' {
				return -1
			}
			i++
		}
		n := octet(s, i)
		if n == 0 {
			return -1
		}
		i += n
	}
	return i
}

// octet is the length of the longest number up to 255 without leading zeros
// that starts at s[i], or 0.
func octet(s string, i int) int {
	if i == len(s) || !isDigit(s[i]) {
		return 0
	}
	if s[i] == '0' || i+1 == len(s) || !isDigit(s[i+1]) {
		return 1
	}
	if i+2 < len(s) && isDigit(s[i+2]) && int(s[i]-'0')*100+int(s[i+1]-'0')*10+int(s[i+2]-'0') <= 255 {
		return 3
	}
	return 2
}

// ipv6 returns where the longest form of an IPv6 address that starts at s[i]
// ends, or -1.
func ipv6(s string, i int) int {
	var head [9]int
	n := groups(s, i, head[:])
	if n >= 6 {
		if end := last32(s, head[6]); end >= 0 {
			return end
		}
	}
	// From here on there has to be a "::"; the first of its colons closes the
	// last group when there is one.
	if n > 7 {
		return -1
	}
	at := head[n]
	if n == 0 {
		if i == len(s) || s[i] != ':' {
			return -1
		}
		at++
	}
	if at == len(s) || s[at] != ':' {
		return -1
	}
	at++
	var tail [7]int
	for k := min(5-n, groups(s, at, tail[:])); k >= 0; k-- {
		if end := last32(s, tail[k]); end >= 0 {
			return end
		}
	}
	if n <= 6 {
		if end := hextet(s, at); end >= 0 {
			return end
		}
	}
	return at
}

// groups counts the hexadecimal groups with a colon behind them from s[i] on,
// up to len(ends)-1, and sets ends[k] to where k of them end.
func groups(s string, i int, ends []int) int {
	ends[0] = i
	for k := 1; k < len(ends); k++ {
		if i = hextet(s, i); i < 0 || i == len(s) || s[i] != ':' {
			return k - 1
		}
		i++
		ends[k] = i
	}
	return len(ends) - 1
}

// hextet reads one to four hexadecimal digits.
func hextet(s string, i int) int {
	end := i
	for end < len(s) && end-i < 4 && isHex(s[end]) {
		end++
	}
	if end == i {
		return -1
	}
	return end
}

// last32 reads the last 32 bits of an IPv6 address: two groups or an IPv4
// address.
func last32(s string, i int) int {
	if end := hextet(s, i); end >= 0 && end < len(s) && s[end] == ':' {
		if end = hextet(s, end+1); end >= 0 {
			return end
		}
	}
	return ipv4(s, i)
}

// upstreams makes a matcher for the list of $upstream_addr. An address goes up
// to a comma, white space or the literal that follows the list.
func upstreams(_, after edge) matcher {
	return func(f *Format, s string, i int, v *value) int {
		v.kind, v.lo = isTexts, len(f.spans)
		end := -1
		for i >= 0 {
			next := upstream(s, i, &after)
			if next == i {
				break
			}
			f.spans = append(f.spans, span{i, next})
			end = next
			i = skipSeparator(s, next)
		}
		v.hi = len(f.spans)
		return end
	}
}

func upstream(s string, i int, after *edge) int {
	start := i
	for ; i < len(s) && s[i] != ',' && !isSpace(s[i]); i++ {
		if i > start && after.kind == literalEdge && after.fits(s, i) {
			break
		}
	}
	return i
}

// fourBytes reads an address in network order.
func fourBytes(_ *Format, s string, i int, v *value) int {
	if len(s)-i < 4 {
		return -1
	}
	v.kind, v.lo, v.hi = isText, i, i+4
	return v.hi
}
