package influx

// appendName appends a measurement, whose equal signs stand as they are.
func appendName(dst []byte, s string) []byte { return appendEscaped(dst, s, false) }

// appendKey appends a tag, the value of one, or the key of a value.
func appendKey(dst []byte, s string) []byte { return appendEscaped(dst, s, true) }

// appendEscaped escapes what separates the parts of a line.
//
// hot: once per name and tag.
func appendEscaped(dst []byte, s string, equals bool) []byte {
	for len(s) > 0 && s[len(s)-1] == '\\' { // it would escape what follows
		s = s[:len(s)-1]
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n' || c == '\r':
			dst = append(dst, '\\', ' ')
		case c == ',' || c == ' ' || c == '=' && equals:
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// appendText appends a text value in quotes.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}
