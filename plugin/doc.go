// Package plugin is the contract between heka and its plugins, built-in or in
// somebody else's module.
//
// A plugin type is a value made by NewInput, NewSplitter, NewDecoder,
// NewFilter, NewEncoder or NewOutput: a name whose ending says the kind, a
// config struct holding the defaults (option.go says how its fields become
// options), and a function that builds an instance. heka.Main takes such values;
// nothing registers itself.
//
// # Life of an instance
//
//	build      options are filled in and checked; no side effects: no sockets,
//	           no files. `heka config check` goes this far.
//	Prepare    (optional) acquire what the plugin needs to run.
//	work       Input.Run, Filter.Process, Output.Send, …: one goroutine at a
//	           time calls these methods of an instance.
//	Close      (optional) the last call; let go of what Prepare acquired.
//
// # Small interfaces, optional abilities
//
// Each kind has one small interface that is enough for a working plugin. More
// is offered through further interfaces, found by type assertion:
//
//	Preparer      acquire resources before the first message
//	Closer        let go of them
//	Reporter      counters for the report
//	Reopener      react to SIGHUP
//	Linker        work with the input of another section
//	BatchFilter   take a batch at a time instead of a message
//	FilterTicker  timer events of a filter
//	BatchOutput   take a batch at a time instead of a message
//	OutputTicker  timer events of an output
//	Finisher      a filter that has something to inject when it ends
//	Flusher       an output that gathers messages and delivers them later
//	Expander      a decoder that makes several messages of one
//	Holder        a decoder that keeps records for later messages
//	Unframer      a splitter whose records carry an envelope
//	FilterManager    a filter that keeps others, by orders of people too
//	Publisher        a filter that tells what it publishes for people
//	StatAccumulator  an input that gathers measurements of other plugins
//	FilterManager    a filter that loads and unloads others
//	Publisher        a filter that shows people what it found
//	Fingerprinter    an instance that depends on more than its options
//
// # Who owns what
//
// A Pack and everything in it, strings included, belongs to the pipeline: the
// strings may be views of a buffer that is used again after the call returns.
// Copy what you keep.
package plugin
