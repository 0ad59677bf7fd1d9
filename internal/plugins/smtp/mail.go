package smtp

import (
	"encoding/base64"
	"mime"
	"net/mail"
	"strings"
	"time"
)

// letter is one mail.
type letter struct {
	from    string
	to      []string
	subject string
	id      string // of the mail, without <>; the same when it is sent again
	date    time.Time
	body    []byte
}

// textLine is how many bytes of text make one line of base64.
const textLine = 76 / 4 * 3

// bytes is the mail as it goes to the server, whose lines end in CRLF.
func (l *letter) bytes() []byte {
	b := make([]byte, 0, 1024+len(l.body)*3/2)
	b = append(b, "From: "+headerAddress(l.from)+"\r\n"...)
	b = append(appendSubject(b, l.subject), "\r\n"...)
	b = append(b, "MIME-Version: 1.0\r\n"+
		"Content-Type: text/plain; charset=\"utf-8\"\r\n"+
		"Content-Transfer-Encoding: base64\r\n"...)
	b = append(b, "To: "...)
	for i, a := range l.to {
		if i > 0 {
			b = append(b, ",\r\n "...)
		}
		b = append(b, headerAddress(a)...)
	}
	b = append(b, "\r\nDate: "+l.date.Format(time.RFC1123Z)+"\r\nMessage-ID: <"+l.id+">\r\n\r\n"...)
	for rest := l.body; len(rest) > 0; {
		n := min(textLine, len(rest))
		b = base64.StdEncoding.AppendEncode(b, rest[:n])
		if rest = rest[n:]; len(rest) > 0 {
			b = append(b, "\r\n"...)
		}
	}
	return b
}

// headerAddress is an address as it stands in a header: with a name that is not
// ASCII it is encoded.
func headerAddress(a string) string {
	parsed, err := mail.ParseAddress(a)
	if err != nil || isPlain(a) {
		return a
	}
	if parsed.Name == "" {
		return parsed.Address
	}
	return mime.QEncoding.Encode("utf-8", parsed.Name) + " <" + parsed.Address + ">"
}

// hostName is a name that may stand in the protocol and behind the @ of a mail's
// id.
func hostName(name string) string {
	odd := func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-')
	}
	if name == "" || strings.ContainsFunc(name, odd) {
		return "localhost"
	}
	return name
}
