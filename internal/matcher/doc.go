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
//	pattern.go  what a regular expression says about a text without running it
//	compile.go  tree → closures; Matcher.Match runs them on one message
//	print.go    tree → canonical expression and drawing of the tree
//	explain.go  verdict of every part of an expression, with the value seen
//	advice.go   expressions that can never match, or always do (domain.go)
//
// A mistake is a *SyntaxError, which knows its kind, place, and cure; legacy.go
// holds what to say where Heka 0.10 accepted the mistake.
//
// # Many matchers at once
//
// A Set runs all matchers of a configuration. It does not try them one by one:
// for each it picks a guard (plan.go), a few simple claims of which one must hold
// if the matcher does, such as "Type is 'a'" or "Payload contains 'timeout'".
// The guards of all matchers lie in indexes by variable (index.go): one hash
// look-up finds all equalities that hold for a text (words.go), one binary search
// all prefixes (prefixes.go), one pass all substrings (needles.go). Matchers
// without a true guard cost nothing. scratch.go holds what is remembered about the
// current message, so that nothing is looked up or decided twice.
//
// # Case files
//
// cases.go reads the files of testdata, in which each line holds an expression
// and the verdict it should have; users write them for their own expressions.
package matcher
