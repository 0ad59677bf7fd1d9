// Package pipeline is the engine: it builds inputs, filters and outputs from a
// configuration and moves messages between them.
//
// # The way of a message
//
//	stream.go    an input's goroutine reads into an arena, splits it into records,
//	             also bodies and blocks that come as a whole (block.go),
//	record.go    makes a message of each, and
//	decode.go    decodes it in place,
//	route.go     matches it against all consumers at once, and hands the batch of
//	             one read (batch.go) to the consumers that got hits:
//	inbox.go     each has a bounded queue in memory, taken from by
//	consumer.go  the consumer's goroutine, which drives the filter (filter.go)
//	             or output (output.go), with timers, retries and restarts: work.go
//	             calls them, settle.go says what became of messages.
//	inject.go    What filters inject is matched on their own goroutine and
//	             passes every bound, so cycles of filters cannot block.
//	ticket.go    When all consumers are done with a batch its ticket comes true,
//	             and the stream's Delivered callback moves the input's position.
//
// Beside this way lie
//
//	workers.go   decoding of one stream by several goroutines
//	arena.go     the buffers that are read into
//	hold.go      positions that wait for records that a decoder holds back
//	spool.go     the queue on disk of a consumer with use_buffering; inhand.go is
//	             what was taken from it and is not acknowledged
//	custody.go   what an output had kept when its instance ended
//	letter.go    dead letters
//	input.go     the life of an input: instances, restarts, streams
//	backoff.go   the pauses between attempts
//	link.go      inputs that other plugins feed
//
// Plugins come and go while heka runs:
//
//	roster.go    filters and outputs; added.go is the door for the plugins that
//	             add filters
//	intake.go    inputs, each with its own life and end
//	plan.go      what a changed configuration means for each of them,
//	reload.go    and how it is done
//
// build.go, build_input.go and build_consumer.go make all this from sections, host.go
// starts and ends it, rest.go gives memory back when it rests. books.go and flow.go count,
// meter.go and stint.go measure, report.go, monitor.go and log.go tell. tap.go and
// recent.go show people some of what passes.
//
// # Who owns what
//
// A batch belongs to the goroutine that fills it until dispatch, and then to
// its consumers together: its memory goes back to the pool when the last of them
// has given it up. Packs point into arenas, which the batch keeps alive. A
// ticket lives longer than its batch, since outputs may acknowledge late.
//
// Locks: order.mu and inbox.mu are never held together, and no plugin is called
// under inbox.mu, roster.mu or intake.mu. Under order.mu the Delivered callbacks of
// inputs run.
package pipeline
