package message

// Pattern is a text with placeholders of the form %name%, name being one or more
// of 0-9, A-Z, a-z and _. It is split once; filling it in is a few copies. A
// percent sign that is not part of a placeholder stands for itself, and there is
// no escape.
type Pattern struct {
	parts []part
	tail  string // text behind the last placeholder
}

// part is a placeholder and the text in front of it.
type part struct {
	literal string
	name    string
}

// NewPattern splits text, from left to right.
func NewPattern(text string) Pattern {
	var p Pattern
	from := 0
	for i := 0; i < len(text); {
		if text[i] != '%' {
			i++
			continue
		}
		end := i + 1
		for end < len(text) && isWordByte(text[end]) {
			end++
		}
		if end == i+1 || end == len(text) || text[end] != '%' {
			i = end // a percent sign at end may begin a placeholder of its own
			continue
		}
		p.parts = append(p.parts, part{literal: text[from:i], name: text[i+1 : end]})
		i = end + 1
		from = i
	}
	p.tail = text[from:]
	return p
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_'
}

// Append appends the text to dst with every placeholder replaced. value appends
// the text for a name and reports whether it knows the name; one that it does
// not know becomes <name>, and complete is then false.
//
// hot: once per message in filters; allocates only to grow dst.
func (p Pattern) Append(dst []byte, value func(dst []byte, name string) ([]byte, bool)) (_ []byte, complete bool) {
	complete = true
	for i := range p.parts {
		part := &p.parts[i]
		dst = append(dst, part.literal...)
		before := len(dst)
		var known bool
		if dst, known = value(dst, part.name); !known {
			dst = appendUnknown(dst[:before], part.name)
			complete = false
		}
	}
	return append(dst, p.tail...), complete
}

func appendUnknown(dst []byte, name string) []byte {
	return append(append(append(dst, '<'), name...), '>')
}
