package syslog

import (
	"strings"

	"github.com/hekad/heka/message"
)

// stampLength is the length of a time such as Jan  2 03:04:05.
const stampLength = len("Jan  2 03:04:05")

// maxTag is the length of the longest name of a program.
const maxTag = 128

// legacyTime sets the time that s begins with and returns its length, or 0 if s
// does not begin with a time.
func (d *decoder) legacyTime(m *message.Message, s string) int {
	if len(s) >= stampLength && s[3] == ' ' && s[9] == ':' && s[12] == ':' {
		if (len(s) == stampLength || s[stampLength] == ' ' || s[stampLength] == ':') && d.setTime(m, d.stamp, s[:stampLength]) {
			return stampLength
		}
		return 0
	}
	if len(s) < len("2006-01-02T03:04:05") || s[4] != '-' || s[10] != 'T' {
		return 0
	}
	n := strings.IndexByte(s, ' ')
	if n < 0 {
		n = len(s)
	}
	if n > len("2006-01-02T03:04:05.123456789+00:00") || !d.setTime(m, d.modern, s[:n]) {
		return 0
	}
	return n
}

// legacy reads what follows the priority: [time] [host] [program[pid]:] text. What
// does not look like a part belongs to the text.
//
// hot: once per message.
func (d *decoder) legacy(m *message.Message, rest string) {
	if n := d.legacyTime(m, rest); n > 0 {
		rest = strings.TrimPrefix(rest[n:], ":") // as some routers have it
		rest = strings.TrimLeft(rest, " ")
		// Without a host, as on this machine's own socket, the program follows.
		if program, _, _ := tag(rest); program == "" {
			if host, behind, ok := strings.Cut(rest, " "); ok && host != "" {
				m.SetHostname(host)
				rest = strings.TrimLeft(behind, " ")
			}
		}
	}
	if program, pid, n := tag(rest); program != "" {
		m.AddString("programname", program)
		if pid != "" && !setPid(m, pid) {
			m.AddString("procid", pid)
		}
		rest = strings.TrimPrefix(rest[n:], " ")
	}
	m.SetPayload(rest)
}

// tag reads "program:" or "program[pid]:" and returns its length; program is empty
// if s does not begin so. A colon may be missing behind a bracket.
func tag(s string) (program, pid string, n int) {
	for n < len(s) && n < maxTag && s[n] > ' ' && s[n] != ':' && s[n] != '[' {
		n++
	}
	program = s[:n]
	if n == len(s) || n == 0 {
		return "", "", 0
	}
	bracket := s[n] == '['
	if bracket {
		end := strings.IndexByte(s[n:], ']')
		if end < 0 || end > maxTag || strings.IndexByte(s[n:n+end], ' ') >= 0 {
			return "", "", 0
		}
		pid = s[n+1 : n+end]
		n += end + 1
	}
	switch {
	case n < len(s) && s[n] == ':' && (n+1 == len(s) || s[n+1] == ' ' || bracket):
		return program, pid, n + 1
	case bracket && (n == len(s) || s[n] == ' '):
		return program, pid, n
	}
	return "", "", 0
}
