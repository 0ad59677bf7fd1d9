package matcher

import "strings"

// unquote returns the content of a string literal between quotes: a backslash in
// front of the quote stands for the quote, every other pair for itself.
func unquote(body string, quote byte) string {
	if strings.IndexByte(body, '\\') < 0 {
		return body
	}
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c == '\\' && i+1 < len(body) {
			i++
			if body[i] != quote {
				b.WriteByte('\\')
			}
			c = body[i]
		}
		b.WriteByte(c)
	}
	return b.String()
}

// quote writes a string literal, with single quotes where the content allows it. A
// content that came from a literal can always be written with one of the quotes.
func quote(content string) string {
	if s := quoteWith(content, '\''); unquote(s[1:len(s)-1], '\'') == content {
		return s
	}
	return quoteWith(content, '"')
}

// quoteWith escapes unescaped occurrences of the delimiter. It also writes regular
// expressions, whose delimiter is the slash.
func quoteWith(content string, delimiter byte) string {
	b := make([]byte, 0, len(content)+2)
	b = append(b, delimiter)
	for i := 0; i < len(content); i++ {
		switch c := content[i]; {
		case c == '\\' && i+1 < len(content):
			b = append(b, c, content[i+1])
			i++
		case c == delimiter:
			b = append(b, '\\', c)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, delimiter))
}
