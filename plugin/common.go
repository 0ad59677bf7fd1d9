package plugin

import "time"

// The options that all plugins of a kind have. A declaration changes the
// defaults with InputDefaults, ConsumerDefaults or SplitterDefaults.

// InputOptions are the options of every input.
type InputOptions struct {
	// Decoder section that turns records into messages. Empty: records go to
	// the router as they are, in the message's payload.
	Decoder string `toml:"decoder" ref:"decoder"`
	// Splitter section that cuts the data into records.
	Splitter string `toml:"splitter" ref:"splitter"`
	// Seconds between timer events for inputs that poll; 0 is none.
	TickerInterval uint `toml:"ticker_interval" unit:"s"`
	// Kept for old configurations: decoding always happens in the input's own
	// goroutine, in order; decoder_workers spreads it.
	SynchronousDecode bool `toml:"synchronous_decode"`
	// Number of goroutines that decode one stream's records, in order, each
	// with its own decoder instance. For decoders that keep no state from one
	// message to the next; for those that join records it has no effect.
	DecoderWorkers int `toml:"decoder_workers" min:"1" max:"64"`
	// Route messages that could not be decoded, with the fields decode_failure
	// and decode_error, instead of dropping them.
	SendDecodeFailures bool `toml:"send_decode_failures"`
	// Log decode failures.
	LogDecodeFailures bool `toml:"log_decode_failures"`
	// Let heka go on when this input ends; otherwise its end stops heka.
	CanExit bool `toml:"can_exit"`
	// How the input is restarted after an error.
	Retries RetryOptions `toml:"retries"`
}

// ConsumerOptions are the options of every filter and output.
type ConsumerOptions struct {
	// Messages that this plugin gets, in the matcher language.
	MessageMatcher string `toml:"message_matcher"`
	// Only messages with this verified signer; empty is all.
	MessageSigner string `toml:"message_signer"`
	// Seconds between timer events; 0 is none.
	TickerInterval uint `toml:"ticker_interval" unit:"s"`
	// Let heka go on when this plugin ends; otherwise its end stops heka.
	CanExit bool `toml:"can_exit"`
	// How the plugin is restarted after an error.
	Retries RetryOptions `toml:"retries"`
	// What happens to messages while the plugin's queue in memory is full:
	// block makes the inputs wait, drop counts and drops the new message,
	// drop_oldest the oldest waiting ones, shutdown stops heka.
	FullAction string `toml:"full_action" oneof:"block,drop,drop_oldest,shutdown"`
	// Keep messages that the plugin refuses for good: each goes on as a dead
	// letter, a message of type heka.dead-letter that carries it whole and says
	// why it was refused, to the outputs and filters whose message_matcher wants
	// that type and that do not have this option themselves. Otherwise refused
	// messages are dropped and counted.
	DeadLetter bool `toml:"dead_letter"`
	// Put a queue on disk in front of the plugin.
	UseBuffering bool `toml:"use_buffering"`
	// The queue on disk.
	Buffering BufferOptions `toml:"buffering"`
	// Encoder section (outputs only).
	Encoder string `toml:"encoder" ref:"encoder"`
	// Wrap each encoded message in stream framing (outputs only). Not set:
	// the plugin's own default.
	UseFraming *bool `toml:"use_framing"`
}

// SplitterOptions are the options of every splitter.
type SplitterOptions struct {
	// Deliver records longer than the largest record, cut to that length;
	// otherwise they are dropped.
	KeepTruncated bool `toml:"keep_truncated"`
	// Hand records to the decoder as raw bytes instead of in the payload of a
	// new message.
	UseMessageBytes bool `toml:"use_message_bytes"`
	// First size of the buffer; it grows as needed.
	MinBufferSize uint `toml:"min_buffer_size" unit:"bytes"`
	// Deliver what is left over without a delimiter at the end of a stream.
	DeliverIncompleteFinal bool `toml:"deliver_incomplete_final"`
}

// RetryOptions say how often and how fast something is tried again. Wait n
// (from 0) lasts min(Delay·2ⁿ, MaxDelay) plus a random part of MaxJitter.
type RetryOptions struct {
	// First delay.
	Delay time.Duration `toml:"delay"`
	// Upper bound of the delay.
	MaxDelay time.Duration `toml:"max_delay"`
	// Upper bound of the random part that is added to each delay.
	MaxJitter time.Duration `toml:"max_jitter"`
	// Attempts; -1 is without end, 0 none.
	MaxRetries int `toml:"max_retries"`
}

// BufferOptions describe the queue on disk of a filter or output.
type BufferOptions struct {
	// Size at which a queue file is closed and the next one begun.
	MaxFileSize uint64 `toml:"max_file_size" unit:"bytes"`
	// Bound of what waits in the queue; 0 is none.
	MaxBufferSize uint64 `toml:"max_buffer_size" unit:"bytes"`
	// What happens when the queue is full.
	FullAction string `toml:"full_action" oneof:"shutdown,drop,block,drop_oldest"`
	// Acknowledgements between two writes of the position file.
	CursorUpdateCount uint `toml:"cursor_update_count"`
	// When records are made to survive a crash of the machine: several times a
	// second (interval), before they are acknowledged to the input one by one
	// (always), or when the operating system likes (never). A crash of heka alone
	// loses nothing in any case.
	Fsync string `toml:"fsync" oneof:"interval,always,never"`
	// Space that is left free on the disk; with less the queue counts as full.
	MinFree uint64 `toml:"min_free" unit:"bytes"`
	// Keep delivered records for this time, so that they can be sent again.
	KeepDelivered time.Duration `toml:"keep_delivered"`
}

// DefaultRetries is the policy of a section that says nothing else.
func DefaultRetries() RetryOptions {
	return RetryOptions{Delay: 250 * time.Millisecond, MaxDelay: 30 * time.Second,
		MaxJitter: 500 * time.Millisecond, MaxRetries: -1}
}

// DefaultBuffering is the queue of a section that says nothing else.
func DefaultBuffering() BufferOptions {
	return BufferOptions{MaxFileSize: 512 << 20, FullAction: "shutdown", CursorUpdateCount: 1,
		Fsync: "interval", MinFree: 64 << 20}
}

func defaultInput() InputOptions {
	return InputOptions{Splitter: "NullSplitter", DecoderWorkers: 1, LogDecodeFailures: true, Retries: DefaultRetries()}
}

func defaultConsumer() ConsumerOptions {
	return ConsumerOptions{FullAction: "block", Retries: DefaultRetries(), Buffering: DefaultBuffering()}
}

func defaultSplitter() SplitterOptions { return SplitterOptions{MinBufferSize: 8 << 10} }
