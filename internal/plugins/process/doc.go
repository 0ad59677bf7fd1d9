// Package process has the inputs that fetch what others have ready: FilePollingInput
// reads a file again and again, ProcessInput runs commands and takes their output,
// ProcessDirectoryInput keeps ProcessInputs in step with files.
//
//	config.go        what the user sets
//	polling.go       FilePollingInput
//	input.go         ProcessInput: when the commands run, and what of their output
//	                 becomes of which stream
//	chain.go         one run: commands joined by pipes, waited for one by one
//	directory.go     ProcessDirectoryInput, which adds its inputs by plugin.Inputs
//	group_unix.go    killing a command with all that it started
//
// # The end of a run
//
// The output has ended when nobody holds the other end of its pipe any more. A
// message is decorated with the exit status of its own run, so that the end is told
// to the stream only when all commands were waited for. What a command has left
// behind in the background may hold the pipe for ever; some time after the last
// command has ended it is not listened to any more.
package process
