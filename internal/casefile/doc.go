// Package casefile runs cases that lie in files: what goes into a pipeline, and
// what must come out. Two doors lead here: package plugintest tests plugins by
// cases, and heka config test whole configurations.
//
//	archive.go   a case as a txtar archive, and the forms of its files
//	run.go       a case that brings its configuration: TestInput, TestOutput
//	wiring.go    a configuration whose inputs and outputs are replaced
//	timeline.go  what goes into it one after the other, and time that passes
//	bubble.go    the clock of such a case
//	input.go     what feeds a case's files
//	output.go    what keeps messages and encoded bytes
//	compare.go   what is wanted against what came out
//	volatile.go  what of a message changes from run to run
//	books.go     the counts of a run
//
// The forms of files are told in package plugintest.
package casefile
