// Package matcher is the message_matcher language: boolean expressions over one
// message, such as
//
//	Type == 'nginx.access' && (Fields[status] >= 500 || Payload =~ /timeout/)
//
// Every filter and output has one, and every message is held against all of
// them.
//
// # From text to verdict
//
//	lex.go      bytes → tokens; number.go and quote.go read the literals
//	parse.go    tokens → tree (tree.go), one operator and literal at a time
//	            checked against its variable by check.go
//	pattern.go  what a regular expression says about a text without running it,
//	            as shapes (shape.go): "begins with", "is", "contains" some words
//	compile.go  tree → closures; Matcher.Match runs them on one message
//	print.go    tree → canonical expression and drawing of the tree
//	explain.go  verdict of every part of an expression, with the value seen
//	advice.go   expressions that can never match, or always do (domain.go)
//
// A mistake is a *SyntaxError (errors.go), which knows its kind, place, and cure;
// legacy.go holds what to say where Heka 0.10 accepted the mistake.
//
// # Many matchers at once
//
// A Set runs all matchers of a configuration. It does not try them one by one: for
// each, plan.go picks a guard or two, a few simple claims of which one must hold if
// the matcher does, such as "Type is 'a'" or "Payload contains 'timeout'". The claims
// of all matchers lie in one index per variable (index.go): a hash look-up finds all
// equalities that hold for a text (words.go), a binary search all prefixes
// (prefixes.go), one pass all substrings (needles.go), a walk over sorted bounds all
// ranges of a number (bounds.go). A matcher without a true guard costs nothing.
//
//	message ─▶ headers, fields ─▶ index ─▶ claims that hold ─▶ bits of matchers whose
//	guards hold ─▶ program of what is left of each (build.go) ─▶ hits
//
// scratch.go is what a goroutine remembers about the current message, so that nothing
// is looked up or decided twice.
//
// # Case files
//
// cases.go reads the files of testdata, in which each line holds an expression and
// the verdict it should have; users write them for their own expressions.
package matcher
