// Package split holds the splitters, which cut the bytes of a stream into
// records: NullSplitter, TokenSplitter, RegexSplitter, PatternGroupingSplitter
// and HekaFramingSplitter.
//
// A splitter looks at the bytes that are not yet consumed and answers with the
// first record among them; the host owns the buffer, reads into it, bounds it,
// and drops or cuts what is too long (see plugin.Splitter). Because of that a
// splitter here remembers as little as possible: the same bytes give the same
// answer however they arrived, in one read or byte by byte, and whatever the
// host threw away in between.
//
// # Expressions
//
// Running a regular expression over every byte of a stream is slow, and most
// delimiters do not need it. delimiter.go takes an expression apart once and
// picks the cheapest way that gives the same matches:
//
//	\n, (\n), \n(# User@Host:)   plain text: bytes.Index
//	\r?\n, END(;|\n)             search the text that every match contains, run
//	                             the expression around it
//	anything else                run the expression over the data
//
// Likewise line.go tells most lines that a grouping does not match by the texts
// they lack.
package split
