package cli

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/fatih/color"
)

// unprintable reports whether a character would do something to a terminal, or
// end a line.
func unprintable(r rune) bool {
	return r != '\t' && !unicode.IsGraphic(r) || r == unicode.ReplacementChar
}

// escaped writes unprintable characters as Go does; line ends stay where lines is
// set.
func escaped(s string, lines bool) string {
	if lines && !strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && unprintable(r) }) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\n' && lines || !unprintable(r):
			b.WriteRune(r)
		case r == unicode.ReplacementChar && s[i] != 0xef: // a byte that is no UTF-8
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i])|0x100, 16)[1:])
		default:
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// painted names of the text form, and what begins the names' values.
var textLabels = []string{"Timestamp: ", "Type: ", "Hostname: ", "Pid: ", "UUID: ", "Logger: ", "Payload: ", "EnvVersion: ", "Severity: ", "Fields: "}

// paintText colours the text form of a message.
func paintText(text string) string {
	var b strings.Builder
	next := 0 // labels come in order, so that a payload cannot look like one that was
	for line := range strings.Lines(text) {
		i := next
		for i < len(textLabels) && !strings.HasPrefix(line, textLabels[i]) {
			i++
		}
		if i == len(textLabels) {
			b.WriteString(line)
			continue
		}
		next = i + 1
		label := textLabels[i]
		value := line[len(label):]
		if label == "Severity: " {
			value = bySeverity(strings.TrimSpace(value), strings.TrimSpace(value)) + "\n"
		}
		b.WriteString(color.CyanString("%s", label) + value)
	}
	return b.String()
}

// paintJSON colours the names, texts and other values of JSON on one line.
func paintJSON(line string) string {
	var b strings.Builder
	for len(line) > 0 {
		n := 1
		switch c := line[0]; {
		case c == '"':
			for n < len(line) && line[n] != '"' {
				if line[n] == '\\' {
					n++
				}
				n++
			}
			n = min(n+1, len(line))
			if strings.HasPrefix(line[n:], ":") {
				b.WriteString(color.CyanString("%s", line[:n]))
			} else {
				b.WriteString(color.GreenString("%s", line[:n]))
			}
		case c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z':
			for n < len(line) && !strings.ContainsRune(",]}\n", rune(line[n])) {
				n++
			}
			b.WriteString(color.YellowString("%s", line[:n]))
		default:
			b.WriteByte(c)
		}
		line = line[n:]
	}
	return b.String()
}
