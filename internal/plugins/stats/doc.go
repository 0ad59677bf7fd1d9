// Package stats has StatAccumInput, which gathers measurements from other plugins
// and sends a message with sums and summaries at each interval, and StatFilter,
// which takes measurements from messages.
//
//	accum.go     StatAccumInput: its life, flushing at intervals and at the end
//	buckets.go   what is gathered: counters, gauges, timers, sets
//	number.go    numbers as clients write them
//	names.go     the names of values, from prefixes and buckets
//	summary.go   what is said about the values of a timer
//	emit.go      from what was gathered to messages
//	filter.go    StatFilter
//
// # The way of a measurement
//
// StatFilter, StatsdInput and others find the accumulator by its section's name
// (plugin.Linker) and hand over slices of plugin.Stat. Accumulate adds them up on
// the caller's goroutine, under one lock for each slice: there is no queue in
// which measurements could pile up or get lost. At a flush the lock is held only
// while numbers are copied out; names and text are made afterwards, so that
// receiving goes on.
//
// # The end
//
// Heka ends an accumulator after the plugins that feed it. It then flushes once
// more and refuses what still comes, which is only what filters make of its own
// last messages.
package stats
