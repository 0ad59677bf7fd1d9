package config

import "strings"

// eof is what peek and raw return behind the last byte.
const eof = -1

// scanner reads the bytes of one file, in which environment variables take the
// place of %ENV[NAME], and knows the place of each.
//
// Structure is read with peek, which gives the bytes of a variable's value as
// if they stood in the file. Inside strings raw and reference are used
// instead, so that nothing in a value can end the string or act as an escape.
type scanner struct {
	src    *source
	lookup func(string) (string, bool) // nil: %ENV[...] is ordinary text
	report func(Problem)
	cursor

	lastClose int // offset of the last ] in the file, -1 for none
}

// cursor is all that moves while reading; a copy is a mark to go back to.
type cursor struct {
	off, line, col int

	value   string // rest of a variable's value that is being read
	valueAt Pos    // the place of its reference
	literal int    // malformed references below this offset were reported and are text
}

func newScanner(src *source, o Options, report func(Problem)) *scanner {
	s := &scanner{src: src, lookup: o.lookup(), report: report, lastClose: strings.LastIndexByte(src.text, ']')}
	s.line, s.col = 1, 1
	if strings.HasPrefix(src.text, "\ufeff") { // byte order mark
		s.off = len("\ufeff")
	}
	return s
}

// pos returns the place of the next byte.
func (s *scanner) pos() Pos {
	if s.value != "" {
		return s.valueAt
	}
	return s.here()
}

// here returns the place of the next byte of the file.
func (s *scanner) here() Pos {
	return Pos{File: s.src.name, Line: s.line, Col: s.col, src: s.src}
}

// rest is the text at the cursor, up to the end of a value where one is being read.
func (s *scanner) rest() string {
	if s.value != "" {
		return s.value
	}
	return s.src.text[s.off:]
}

// raw returns the next byte without looking for references.
func (s *scanner) raw() int {
	if r := s.rest(); r != "" {
		return int(r[0])
	}
	return eof
}

// peek returns the next byte after putting values in place of references.
func (s *scanner) peek() int {
	for {
		if c := s.raw(); c != '%' {
			return c
		}
		at := s.here()
		value, ok := s.reference()
		if !ok {
			return s.raw()
		}
		s.value, s.valueAt = value, at
	}
}

// has reports whether the text at the cursor begins with t.
func (s *scanner) has(t string) bool { return strings.HasPrefix(s.rest(), t) }

// atEOL reports whether a line ends at the cursor: LF, CRLF or end of file.
func (s *scanner) atEOL() bool {
	c := s.raw()
	return c == '\n' || c == eof || c == '\r' && s.has("\r\n")
}

// next moves over n bytes of the text at the cursor.
func (s *scanner) next(n int) {
	if s.value != "" {
		s.value = s.value[n:]
		return
	}
	for _, c := range []byte(s.src.text[s.off : s.off+n]) {
		switch {
		case c == '\n':
			s.line++
			s.col = 1
		case c&0xC0 != 0x80: // the first byte of a character
			s.col++
		}
	}
	s.off += n
}

// skipBlanks moves over blanks and tabs.
func (s *scanner) skipBlanks() {
	for c := s.peek(); c == ' ' || c == '\t'; c = s.peek() {
		s.next(1)
	}
}

// skipLineEnds moves over blanks, tabs and line ends.
func (s *scanner) skipLineEnds() {
	for {
		switch c := s.peek(); {
		case c == ' ' || c == '\t' || c == '\n':
			s.next(1)
		case c == '\r' && s.has("\r\n"):
			s.next(2)
		default:
			return
		}
	}
}

// skipGap moves over blanks, line ends and comments.
func (s *scanner) skipGap() {
	for {
		s.skipLineEnds()
		if s.peek() != '#' {
			return
		}
		s.skipComment()
	}
}

// skipComment moves to the end of the line. References in a comment are
// checked, but their values go nowhere: a value of several lines must not turn
// a comment into configuration.
func (s *scanner) skipComment() {
	for !s.atEOL() {
		if _, ok := s.variable(); !ok {
			s.next(1)
		}
	}
}

// skipLine moves to the end of the line without looking at it.
func (s *scanner) skipLine() {
	s.value = ""
	line, _, _ := strings.Cut(s.src.text[s.off:], "\n")
	s.next(len(line))
}
