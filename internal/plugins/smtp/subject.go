package smtp

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// lineLength is the most characters that a line of the header should have.
	lineLength = 78
	// wordFrame is what stands around the text of an encoded word.
	wordFrame = len("=?utf-8?Q??=")
	subject   = "Subject: "
)

// appendSubject appends the subject line of a mail, without its end. What is not
// plain, or too long for one line, becomes words in the form of RFC 2047, one a
// line, each in the encoding that takes in more of the text.
func appendSubject(dst []byte, text string) []byte {
	dst = append(dst, subject...)
	if isPlain(text) && len(text) <= lineLength-len(subject) {
		return append(dst, text...)
	}
	room := lineLength - len(subject) - wordFrame
	for {
		quoted, n := quotedWord(text, room)
		if most := base64Part(text, room/4*3); most > n {
			n = most
			dst = fmt.Appendf(dst, "=?utf-8?B?%s?=", base64.StdEncoding.EncodeToString([]byte(text[:n])))
		} else {
			dst = fmt.Appendf(dst, "=?utf-8?Q?%s?=", quoted)
		}
		if text = text[n:]; text == "" {
			return dst
		}
		dst = append(dst, "\r\n "...)
		room = lineLength - len(" ") - wordFrame
	}
}

func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// base64Part is how many bytes of text make whole characters within a limit.
func base64Part(text string, limit int) (n int) {
	for n < len(text) {
		_, size := utf8.DecodeRuneInString(text[n:])
		if n+size > limit {
			break
		}
		n += size
	}
	return n
}

// quotedWord is the beginning of text in the encoding Q, of at most room bytes, and
// how many bytes of text that is.
func quotedWord(text string, room int) (word string, n int) {
	var b strings.Builder
	for n < len(text) {
		_, size := utf8.DecodeRuneInString(text[n:])
		c := text[n]
		switch {
		case c == ' ' || size == 1 && c > ' ' && c <= '~' && c != '=' && c != '?' && c != '_':
			if b.Len()+1 > room {
				return b.String(), n
			}
			if c == ' ' {
				c = '_'
			}
			b.WriteByte(c)
		default:
			if b.Len()+3*size > room {
				return b.String(), n
			}
			b.Write(quotedBytes(text[n : n+size]))
		}
		n += size
	}
	return b.String(), n
}

// quotedBytes writes every byte as =XX.
func quotedBytes(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = fmt.Appendf(b, "=%02X", s[i])
	}
	return b
}
