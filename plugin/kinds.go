package plugin

import (
	"context"
	"time"
)

// Splitter cuts the bytes of one stream into records. Every stream has its own
// instance.
type Splitter interface {
	// Split looks for the first record in data, the bytes of the stream not yet
	// consumed. It returns how many of them to consume and the record, which may
	// be a part of data or of storage of its own that lasts until the next call.
	//
	//	0, nil        no complete record yet: more bytes are needed
	//	n, nil/empty  n bytes are garbage or an empty record: go on behind them
	//	n, record     deliver the record, go on behind n
	//
	// final says that no more bytes will come (or none for a while): an open
	// group may be closed, a false start given up. It is not a request to deliver
	// an unfinished record; deliver_incomplete_final is the host's business.
	//
	// hot: once per record.
	Split(data []byte, final bool) (consumed int, record []byte)
}

// Unframer is a Splitter whose records carry an envelope. Unframe takes it off
// just before the message is built; err drops the record and is counted under
// its Refused reason.
type Unframer interface {
	Unframe(record []byte) (body []byte, signer string, err error)
}

// Decoder turns a record into a finished message. Every stream has its own
// instance.
type Decoder interface {
	// Decode fills in p.Message from p.Raw or the message's payload. An error is
	// a decode failure, and the host undoes partial changes; ErrSkip drops the
	// message silently.
	Decode(p *Pack) error
}

// Expander is a Decoder that may make several messages of one. It is called
// instead of Decode and puts every result, p itself if it is one, into out.
type Expander interface {
	Expand(p *Pack, out *Expansion) error
}

// Expansion collects the messages made of one record.
type Expansion struct {
	// Packs are the results so far, in order.
	Packs []*Pack
	// Alloc returns an empty pack of the same batch; set by the host.
	Alloc func() *Pack
}

// Add appends a result.
func (e *Expansion) Add(p *Pack) { e.Packs = append(e.Packs, p) }

// Holder is a Decoder that keeps records, or parts of them, for messages that it
// makes later, such as the parts of a long line. The position of an input that
// remembers one does not move over a record that is held, so that the message
// comes again as a whole if heka is killed. One instance gets all records of a stream,
// whatever decoder_workers says.
type Holder interface {
	// Held says how many calls ago, after a call of Decode or Expand, the oldest
	// record came that is still held: 1 is the last call, 0 that nothing is.
	// Beyond 10,000 calls the record is not waited for.
	Held() int
}

// Encoder turns a message into bytes. Every output has its own instance.
type Encoder interface {
	// Append appends the encoded message to dst. ErrSkip means that there is
	// nothing to send for this message; any other error drops it.
	//
	// hot: once per message and output.
	Append(dst []byte, p *Pack) ([]byte, error)
}

// Filter consumes messages and may inject new ones.
type Filter interface {
	// Process looks at one message. An error is logged and counted, see
	// errors.go for its meanings.
	Process(ctx context.Context, p *Pack, out Injector) error
}

// BatchFilter is a Filter that takes a batch at a time.
type BatchFilter interface {
	ProcessBatch(ctx context.Context, b *Batch, out Injector) error
}

// FilterTicker is a Filter with timer events, every ticker_interval.
type FilterTicker interface {
	Tick(ctx context.Context, now time.Time, out Injector) error
}

// Finisher is a Filter that has something to inject when it ends. Finish is called
// once, after the last message, when heka stops or the filter is taken out of the
// pipeline; not when the filter ended by an error. An error is logged.
type Finisher interface {
	Finish(ctx context.Context, out Injector) error
}

// Injector is how a filter makes new messages.
type Injector interface {
	// New returns a message with a fresh Uuid, the current time, and heka's
	// Hostname and Pid. It fails when the message that led to it has been
	// through max_message_loops generations.
	New() (*Pack, error)
	// Inject routes p. Injected messages keep their order and never wait. A
	// message that the filter's own matcher accepts is refused.
	Inject(p *Pack) error
}

// Output delivers messages to the world.
type Output interface {
	// Send delivers one message. nil: it is delivered. An error: it will be
	// tried again, unless marked by Refused or Fatal.
	Send(ctx context.Context, p *Pack) error
}

// BatchOutput is an Output that takes a batch at a time. After an error it gets
// the same batch again, behind b.Done.
type BatchOutput interface {
	SendBatch(ctx context.Context, b *Batch) error
}

// OutputTicker is an Output with timer events, every ticker_interval.
type OutputTicker interface {
	Tick(ctx context.Context, now time.Time) error
}

// Flusher is an output that gathers messages (see Batch.Hold). Flush is called
// every FlushInterval (0: never by time) and before Close; an error makes the
// host call it again after a pause.
type Flusher interface {
	FlushInterval() time.Duration
	Flush(ctx context.Context) error
}

// Preparer acquires what an instance needs before it works. An error at heka's
// start is a start-up failure; later, retries apply.
type Preparer interface {
	Prepare(ctx context.Context) error
}

// Closer lets go of what an instance holds. It is the last call. For an input it
// comes after all that the input handed over was delivered or given up, so that
// a last position can be written; sockets and files are better closed at the end
// of Run.
type Closer interface {
	Close() error
}

// Reopener reacts to SIGHUP: log files that were moved away are opened anew.
type Reopener interface {
	Reopen() error
}

// Reporter adds an instance's own counters to heka's report. It is called from
// any goroutine.
type Reporter interface {
	Report(r *Report)
}

// Lagging is an input of what others write by themselves, such as files, that knows
// how far behind it is.
type Lagging interface {
	// Lag returns how many bytes are still to be read, and how long ago everything
	// had been read; 0 if nothing is to be read. It is called from any goroutine,
	// every few seconds.
	Lag() (bytes int64, since time.Duration)
}

// Report collects counters.
type Report struct {
	Counters []Counter
}

// Counter is one value of a report. Value is an integer, float, string or bool.
type Counter struct {
	Name           string
	Value          any
	Representation string
}

// Add appends a counter; representation is its unit: "count", "ns", "B".
func (r *Report) Add(name string, value any, representation string) {
	r.Counters = append(r.Counters, Counter{name, value, representation})
}
