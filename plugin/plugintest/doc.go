// Package plugintest tests plugins: Cases runs the real pipeline on cases that
// lie in files, Conformance holds declarations to the contract of package plugin,
// and Run runs one pipeline within a test of one's own. All three take the
// plugins under test as values and know no others.
//
// # Cases
//
// A case is an archive in the txtar form: a comment, then files behind lines of
// the form -- NAME --.
//
//	A reading becomes a message.
//	-- heka.toml --
//	[TestInput]
//	decoder = "ReadingDecoder"
//	[ReadingDecoder]
//	[TestOutput]
//	-- input --
//	kitchen 70.7
//	-- messages.json --
//	{"type":"reading","logger":"TestInput","payload":"kitchen 70.7\n",…}
//
// These files go in:
//
//	heka.toml       the configuration, [hekad] included. %ENV[DIR] stands for the
//	                folder of the case; no other variable is set.
//	input           the bytes that TestInput feeds into the pipeline
//	input.hex       the same in hexadecimal; every line is one read, # begins a
//	                comment
//	input.quoted    the same as Go string literals; every line is one read
//	input.json      messages instead of bytes, one a line, in the form of
//	                message.AppendJSON; what a line leaves out of Uuid, Timestamp
//	                and Logger is filled in
//	FOLDER/FILE     is written into the folder of the case, which is base_dir and
//	                share_dir, unless FOLDER is want
//
// Any other name may stand for input if the TestInput section says so.
//
// These files are what must come out. What a case does not have is not compared,
// except that without problems and error there must be none.
//
//	messages.json   the messages that reached a TestOutput, one a line, in the form
//	                of message.AppendJSON without what changes from run to run (see
//	                below)
//	output          the bytes that the encoder of a TestOutput made; also as
//	                output.hex or output.quoted, with one line for each message
//	problems        what is wrong with the configuration, one problem a line,
//	                warnings included
//	log             lines that must occur in the log, or parts of lines, in any
//	                order
//	books           counts of inputs, filters and outputs, as in
//	                TestInput received=3 unmatched=1
//	error           how the run failed: a plugin that cannot start, or an exit code
//	want/FILE       a file that the run left in the folder of the case
//
// With several TestOutputs, what belongs to one stands together, in the order of
// their sections. go test -update writes the wanted parts anew: those that there
// are, or those that suit a case that has none.
//
// # What is left out of messages
//
//	uuid        unless it stands in the input, raw, as text or in base64
//	timestamp   if it lies between the beginning and the end of the run
//	pid         if it is heka's own, in a message with heka's own Hostname
//
// Heka's own Hostname in a case is test.host. The folder of the case is DIR, in
// messages, problems, errors and the log.
//
// # Time
//
// A case runs within testing/synctest: its clock begins on 1 January 2000,
// midnight UTC, and stands still while anything works, so that timers fire at
// once and always alike. TestInput has pause and linger to let it pass; choose them
// so that no two timers are due at one instant, since either might come first. The
// clock stands still also while something waits for the world outside (sockets,
// processes). A goroutine that a plugin leaves behind ends the test.
//
// Buffers are overwritten when they are given back, so that a plugin that keeps a
// view for too long shows itself. The books must balance, and every byte must be
// acknowledged to the input.
//
// # TestInput, TestOutput
//
// TestInput feeds input to the splitter and decoder of its section, line by line
// unless the section says otherwise; its options are those of InputConfig.
// TestOutput takes every message, unless it has a message_matcher, and may have an
// encoder. NullSplitter and TokenSplitter (without options) stand in where the
// plugins under test do not bring them.
package plugintest
