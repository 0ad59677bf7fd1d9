package config

import (
	"strconv"
	"strings"
)

// Pos is the place where a piece of configuration stands: a character of a
// file, or, with Line 0, a file as a whole, an environment variable
// ("HEKA_BASE_DIR") or a command-line flag ("--base-dir"). The zero Pos means
// that the value is a built-in default.
type Pos struct {
	// File is the path as it was given or found.
	File string
	// Line counts from 1.
	Line int
	// Col counts characters, not bytes, from 1.
	Col int

	src *source // for excerpts; nil when there is no text to show
}

// source is the text of one file, kept so that problems can quote its lines.
type source struct {
	name string
	text string
}

// IsDefault reports whether p stands for a built-in default.
func (p Pos) IsDefault() bool { return p.File == "" }

// String formats p as file:line:col, or as the bare name where there is no line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}

// Origin formats p for readers of settings: "default", a variable, a flag, or
// file:line.
func (p Pos) Origin() string {
	switch {
	case p.IsDefault():
		return "default"
	case p.Line == 0:
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// compare orders places by file, line and column.
func (p Pos) compare(q Pos) int {
	if c := strings.Compare(p.File, q.File); c != 0 {
		return c
	}
	if p.Line != q.Line {
		return p.Line - q.Line
	}
	return p.Col - q.Col
}

// withoutText returns p without the text it could quote, for places that hold
// a secret.
func (p Pos) withoutText() Pos {
	p.src = nil
	return p
}

// excerpt returns the source line of p with a caret below the column, or ""
// where there is no text.
func (p Pos) excerpt() string {
	if p.src == nil || p.Line == 0 {
		return ""
	}
	line, ok := p.src.line(p.Line)
	if !ok {
		return ""
	}
	const before, after = 80, 40 // characters shown of a very long line
	var shown, pad strings.Builder
	col := 1
	for _, r := range line {
		if col >= p.Col-before && col <= p.Col+after {
			shown.WriteRune(r)
			if r != '\t' {
				r = ' '
			}
			if col < p.Col {
				pad.WriteRune(r)
			}
		}
		col++
	}
	number := strconv.Itoa(p.Line)
	blank := strings.Repeat(" ", len(number))
	return "  " + number + " | " + shown.String() + "\n  " + blank + " | " + pad.String() + "^"
}

// line returns line n without its end.
func (s *source) line(n int) (string, bool) {
	rest := s.text
	for ; n > 1; n-- {
		_, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return "", false
		}
		rest = after
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSuffix(line, "\r"), true
}
