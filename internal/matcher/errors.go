package matcher

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Category is the kind of mistake that a SyntaxError reports.
type Category uint8

// The kinds of mistakes.
const (
	EmptyExpression       Category = iota // nothing but blanks
	UnknownWord                           // neither variable nor constant
	UnexpectedCharacter                   // begins no token
	UnexpectedToken                       // not at this place
	UnterminatedString                    // no closing quote
	UnterminatedRegex                     // no closing slash
	BadRegex                              // refused by the regex engine
	MalformedNumber                       // no number, or out of range
	BadFieldReference                     // not of the form Fields[name][f][a]
	UnbalancedParenthesis                 // opened and not closed, or the other way round
	OperatorNotAllowed                    // not defined for the variable
	LiteralNotAllowed                     // of a type that the variable does not have
	TrailingInput                         // something behind the end of the expression
	TooLong                               // longer than MaxLength
)

var categoryNames = [...]string{
	"empty expression", "unknown word", "unexpected character", "unexpected token",
	"unterminated string", "unterminated regex", "bad regex", "malformed number",
	"bad field reference", "unbalanced parenthesis", "operator not allowed",
	"literal not allowed", "trailing input", "expression too long",
}

// String is the category in lower-case words, such as "bad regex".
func (c Category) String() string { return categoryNames[c] }

// SyntaxError is a mistake in an expression, with its place and its cure.
type SyntaxError struct {
	Category Category
	// Expr is the whole expression.
	Expr string
	// Pos is the byte offset in Expr, from 0, at which Text stands.
	Pos int
	// Line and Col are the place counted from 1, Col in characters.
	Line, Col int
	// Text is the offending part of Expr; it is empty when the expression ends
	// too early.
	Text string
	// Reason tells more than the category, such as what was expected or why the
	// regex engine refused. May be empty.
	Reason string
	// Legacy says why Heka 0.10 accepted the expression, if it did.
	Legacy string
	// Hint says what to write instead. May be empty.
	Hint string
}

// Error is the mistake in one line.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	if e.Line > 1 {
		fmt.Fprintf(&b, "line %d, ", e.Line)
	}
	fmt.Fprintf(&b, "column %d: %s", e.Col, e.headline())
	for _, s := range []string{e.Legacy, e.Hint} {
		if s != "" {
			b.WriteString("; ")
			b.WriteString(s)
		}
	}
	return b.String()
}

func (e *SyntaxError) headline() string {
	s := e.Category.String()
	switch {
	case e.Text != "":
		s += " " + quoteExcerpt(e.Text)
	case e.Category != EmptyExpression && e.Category != TooLong:
		s += " at the end"
	}
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	return s
}

// maxExcerpt bounds, in characters, what an error repeats of an expression.
const maxExcerpt = 60

func quoteExcerpt(s string) string {
	if r := []rune(s[:min(len(s), 4*maxExcerpt)]); len(r) > maxExcerpt {
		s = string(r[:maxExcerpt]) + "…"
	}
	if strings.Contains(s, `"`) && !strings.ContainsFunc(s, unprintable) && !strings.Contains(s, "`") {
		return "`" + s + "`"
	}
	return fmt.Sprintf("%q", s)
}

func unprintable(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }

// Diagram is the mistake in several lines, without a final newline: the headline,
// the line of the expression with carets under the offending part, and what there
// is to say about it.
//
//	unexpected character "&"
//	    Type == 'a' & Pid == 1
//	                ^
//	write && for "and"
func (e *SyntaxError) Diagram() string {
	var b strings.Builder
	b.WriteString(e.headline())
	line, offset, width := e.excerpt()
	b.WriteString("\n    ")
	b.WriteString(line)
	b.WriteString("\n    ")
	for _, r := range line[:offset] {
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
	}
	b.WriteString(strings.Repeat("^", width))
	for _, s := range []string{e.Legacy, e.Hint} {
		if s != "" {
			b.WriteString("\n")
			b.WriteString(s)
		}
	}
	return b.String()
}

// excerpt returns the line that holds Pos, shortened around it when it is long,
// the byte offset of Pos in it, and the width of the offending part in characters.
func (e *SyntaxError) excerpt() (line string, offset, width int) {
	start := strings.LastIndexByte(e.Expr[:e.Pos], '\n') + 1
	end := len(e.Expr)
	if i := strings.IndexByte(e.Expr[e.Pos:], '\n'); i >= 0 {
		end = e.Pos + i
	}
	const around = 2 * maxExcerpt
	before, after := e.Expr[start:e.Pos], e.Expr[e.Pos:end]
	if len(before) > around {
		i := len(before) - around
		for i < len(before) && !utf8.RuneStart(before[i]) {
			i++
		}
		before = "…" + before[i:]
	}
	if len(after) > around {
		i := around
		for i > 0 && !utf8.RuneStart(after[i]) {
			i--
		}
		after = after[:i] + "…"
	}
	before, after = visible(before), visible(after)
	text := e.Text
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	width = max(1, min(utf8.RuneCountInString(text), utf8.RuneCountInString(after)))
	return before + after, len(before), width
}

// visible replaces every control character but the tab, and every invalid byte,
// by one visible character.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || !unprintable(r):
			return r
		case r < ' ':
			return 0x2400 + r // the control pictures of Unicode
		}
		return utf8.RuneError
	}, s)
}

// place fills in Line and Col from Expr and Pos.
func (e *SyntaxError) place() *SyntaxError {
	before := e.Expr[:e.Pos]
	e.Line = 1 + strings.Count(before, "\n")
	e.Col = 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return e
}
