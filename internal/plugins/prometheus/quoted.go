package prometheus

import "strings"

// unquote reads a text in double quotes at the front of s, with the escapes \\, \"
// and \n. Its result is a part of s if there are none.
func unquote(s string) (text, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	s = s[1:]
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			text, rest = s[:i], s[i+1:]
			if strings.IndexByte(text, '\\') >= 0 {
				text = unescape(text)
			}
			return text, rest, true
		case '\\':
			i++
		}
	}
	return "", s, false
}

// unescape resolves escapes; a backslash in front of anything else stands for
// itself.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			switch s[i+1] {
			case '\\', '"':
				i++
			case 'n':
				b.WriteByte('\n')
				i++
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
