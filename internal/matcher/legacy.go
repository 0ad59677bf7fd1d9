package matcher

import "strings"

// This file holds what to say about mistakes that Heka 0.10 accepted silently: a
// configuration with one of them did start, and did not do what it seemed to say.

const (
	legacySideBySide = "heka 0.10 accepted expressions side by side and obeyed only the last one"
	legacyWord       = "heka 0.10 stopped reading at an unknown word and ignored the rest"
	legacyNUL        = "heka 0.10 stopped reading at a NUL byte and ignored the rest"
)

// legacyLiteral says what Heka 0.10 made of a mistake where a literal should stand.
func legacyLiteral(e *SyntaxError) string {
	s := e.Text
	if e.Category != MalformedNumber || strings.Trim(s, "0123456789.e+-") != "" || s[0] == '-' {
		return ""
	}
	return "heka 0.10 took it for 0"
}

// legacyCharacter says what Heka 0.10 did with a character where no test, or none
// more, begins.
func legacyCharacter(e *SyntaxError, behindTest bool) string {
	if e.Category != UnexpectedCharacter {
		return ""
	}
	rest := e.Expr[e.Pos+len(e.Text):]
	switch e.Text {
	case "=", "!", "&", "|":
		if strings.HasPrefix(rest, "(") {
			return "heka 0.10 skipped a single " + e.Text + " before ( without effect"
		}
	case "\x00":
		if behindTest {
			return legacyNUL
		}
	}
	return ""
}
