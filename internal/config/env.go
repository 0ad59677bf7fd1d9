package config

import "strings"

// refOpen begins %ENV[NAME], which stands for the value of a variable.
const refOpen = "%ENV["

// reference moves over the %ENV[NAME] at the cursor and returns the value of
// the variable; undefined means empty, with a warning. ok is false where no
// well-formed reference stands at the cursor.
func (s *scanner) reference() (value string, ok bool) {
	at := s.here()
	name, ok := s.variable()
	if !ok {
		return "", false
	}
	value, defined := s.lookup(name)
	if !defined {
		s.report(Problem{Pos: at, Severity: Warning,
			Text: "environment variable " + quote(name) + " is not defined; it counts as empty"})
	}
	return value, true
}

// variable moves over the %ENV[NAME] at the cursor and returns NAME. A
// malformed reference is reported once and stays in the text. What a value
// brings in is not looked at again.
func (s *scanner) variable() (name string, ok bool) {
	if s.lookup == nil || s.value != "" || s.off < s.literal || !s.has(refOpen) {
		return "", false
	}
	if s.lastClose < s.off {
		s.report(Problem{Pos: s.here(), Text: "missing closing delimiter ] of %ENV["})
		s.literal = len(s.src.text) // the same holds for all that follow
		return "", false
	}
	rest := s.rest()[len(refOpen):]
	end := 0
	for end < len(rest) && !strings.ContainsRune("]\n\r\t ", rune(rest[end])) && !strings.HasPrefix(rest[end:], refOpen) {
		end++
	}
	if end == len(rest) || rest[end] != ']' {
		s.report(Problem{Pos: s.here(),
			Text: "invalid characters in environmental variable; the name ends at ] and holds no white space"})
		s.literal = s.off + 1
		return "", false
	}
	s.next(len(refOpen) + end + len("]"))
	return rest[:end], true
}
