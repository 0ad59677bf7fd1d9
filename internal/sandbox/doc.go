// Package sandbox runs the Lua scripts of decoders, filters, encoders, inputs and
// outputs: Lua 5.1 on gopher-lua, with limits, with functions that read, change
// and inject messages, and with data that outlives a restart. It knows neither
// plugins nor the pipeline; who runs a script gives it a message and a Host that
// takes what the script injects.
//
// # A script's life
//
//	New             the libraries are made, the script's body runs, preserved
//	                data is restored
//	ProcessMessage  calls process_message, whose result is a status
//	TimerEvent      calls timer_event
//	Close           writes the global data of the script, lets go of it
//
// After an error the state is closed at once and every further call returns 1:
// such a sandbox is terminated, and its owner makes a new one or gives up.
//
// # Limits
//
// Nothing a script does can take more than its limits allow, other than in inputs
// and outputs, which may run as long as they like.
//
//   - Instructions are counted exactly, by the loop that executes them (meter.go).
//     Library functions charge for long work. The error cannot be caught.
//   - Memory is estimated before each instruction that allocates and weighed when
//     the estimate has gone far (memory.go, scale.go). What may be large, such as
//     the result of .. or string.rep, is refused before it is made.
//   - Output is bounded where it is collected (inject.go, encode.go).
//
// # Where is what
//
//	sandbox.go options.go     the door
//	script.go repair.go goto.go require.go  from files to chunks
//	digest.go                 whether the files of a script have changed
//	meter.go memory.go scale.go layout.go    limits
//	protect.go                errors and who catches them
//	host.go read.go write.go names.go texts.go    the message at hand, read_config
//	inject.go encode.go decode.go            messages as tables and bytes
//	preserve.go               data that stays
//	libraries.go base.go strings.go pattern.go gsub.go format.go number.go
//	math.go tables.go times.go free.go       Lua's own libraries
//	coerce.go arguments.go    texts that stand for numbers, checking arguments
//	modules.go                the modules written in Go, one folder each
//
// The libraries replace those of the machine wherever these differ from Lua 5.1
// in what a script can see.
package sandbox
