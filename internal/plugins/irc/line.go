package irc

import (
	"strings"
	"unicode/utf8"
)

// maxText is the most bytes of text in a line: of the 512 that the protocol has, the
// server puts the sender's name and address in front.
const maxText = 350

// command is a line of the server.
type command struct {
	nick   string // of the sender
	name   string // such as PING or 366
	params []string
}

// parse reads a line: [:nick!user@host] NAME params [:last param].
func parse(line string) (c command) {
	line = strings.TrimRight(line, "\r\n")
	if prefix, ok := strings.CutPrefix(line, ":"); ok {
		prefix, line, _ = strings.Cut(prefix, " ")
		c.nick, _, _ = strings.Cut(prefix, "!")
	}
	head, last, hasLast := strings.Cut(" "+strings.TrimLeft(line, " "), " :")
	words := strings.Fields(head)
	if len(words) > 0 {
		c.name, c.params = strings.ToUpper(words[0]), words[1:]
	}
	if hasLast {
		c.params = append(c.params, last)
	}
	return c
}

// param is a parameter, empty if there is none.
func (c *command) param(i int) string {
	if i < len(c.params) {
		return c.params[i]
	}
	return ""
}

// textLines cuts text into lines that may be sent.
func textLines(text string) (lines []string) {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		line = strings.ReplaceAll(line, "\x00", "")
		for len(line) > maxText {
			cut := maxText
			for cut > maxText-utf8.UTFMax && !utf8.RuneStart(line[cut]) {
				cut--
			}
			lines, line = append(lines, line[:cut]), line[cut:]
		}
		if strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
