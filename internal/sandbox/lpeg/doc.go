// Package lpeg is LPeg for gopher-lua: patterns as Lua values, built by
// expressions, that match strings and make values of what they matched. It
// behaves like LPeg 1.0 and comes with re, the same in a notation like that of
// regular expressions. [Open] and [OpenRe] are the loaders;
// [Trust] is called before anything runs in the state.
//
// # From an expression to its values
//
//	lpeg.C(lpeg.R"az"^1) * " "      construct.go, re_*.go   functions for Lua
//	        │
//	        ▼
//	tree of nodes, each with        node.go, keep.go        built bottom up
//	facts about what it matches     facts.go                never changed
//	        │                       grammar.go              closes over V"x"
//	        ▼  first match
//	program                         compile*.go, tidy.go
//	        │
//	        ▼  each match
//	marks of captures               run.go, ask.go          the machine
//	        │
//	        ▼  the match succeeded
//	Lua values                      evaluate.go, replace.go
//
// Patterns share their nodes. A reference to a rule is an open node until the
// pattern becomes part of a grammar, which copies what depends on it.
//
// # The machine
//
// A program is a list of instructions of 12 bytes:
//
//	offset  bytes
//	0       1      operation, see program.go
//	1       1      a byte to match
//	2       2      a small number
//	4       4      address to go to, or number of bytes
//	8       4      index of a set, text, table of addresses or capture
//
// The machine keeps a position, a stack, and a list of marks. An entry of the
// stack is a choice, that is where to go on after a failure with which position
// and marks, or the return address of a rule:
//
//	address · position, -1 for a return address · marks to keep · open mark
//
// A mark stands for a capture. The marks stand in the order in which captures
// begin, so those inside a capture follow it, up to its next:
//
//	subject  f(x)      pattern  C(C(P"f") * "(" * Ct(C"x") * ")")
//
//	        start end next parent  capture
//	   0    0     4   4    -1      simple
//	   1    0     1   2     0      simple
//	   2    2     3   4     0      table
//	   3    2     3   4     2      simple
//
// A failure cuts the list. What is left after a match is evaluated from the
// first mark on; nothing is evaluated before, except what stands in a match-time
// capture, whose function is asked at once.
//
// The compiler spares choices where it can: where the next byte tells the
// alternatives apart, where an alternative fails by its first instruction only,
// and where nothing that follows could match after a failure anyhow. A choice of
// many alternatives looks up the first possible one in a table. Sets are repeated
// by one instruction, and so is everything up to a byte or text.
//
// # Limits
//
// The stack has 10000 entries, or exactly what setmaxstack says. Sizes of
// patterns, captures and strings are bounded by constants in facts.go and
// machine.go. The machine counts its work in steps, and calls Done of the
// context of the Lua state once every 64 steps: a context that counts these calls
// thereby counts matching as instructions, and one that is done ends the match
// with its Err as a Lua error without position. A context that is a [Meter] is
// told of memory. Making and compiling patterns counts too.
//
// # Differences from LPeg 1.0.2
//
//   - version() is "0.12", the contract of Heka's scripts, and a stack overflow
//     reads "too many pending calls/choices" as there.
//   - Functions of match-time captures that are reached are always called. LPeg
//     leaves some out behind predicates and in choices whose end cannot match.
//   - Left recursion behind a predicate over a grammar is found.
//   - B takes a recursive rule whose only matches have one length.
//   - A percent sign at the end of a string capture stands for itself.
//   - ptree and pcode print, with the global print, their own form of things.
//   - There is only the C locale.
package lpeg
