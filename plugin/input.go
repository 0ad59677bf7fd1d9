package plugin

import (
	"context"
	"io"
	"time"
)

// Input brings data in.
type Input interface {
	// Run is the whole working life of an input. It returns nil when the input
	// has reached its end, or soon after ctx is done, with everything that it
	// started ended; an error leads to a restart by the retries section.
	Run(ctx context.Context, in Feed) error
}

// Fingerprinter is an instance whose work depends on more than its options, such as
// on a file with a script. A section counts as changed when the fingerprint has, and
// what uses it is restarted when heka reads its configuration again.
type Fingerprinter interface {
	// Fingerprint is asked for when the instance is built, and before it is prepared.
	Fingerprint() string
}

// Feed is the way from an input into the pipeline. Its methods may be called
// from any goroutine that Run started.
type Feed interface {
	// Open starts a stream. Records of one stream keep their order; streams
	// are independent and each belongs to one goroutine.
	Open(o StreamOptions) (Stream, error)
	// Tick delivers timer events every ticker_interval, or never when it is 0.
	// Events that fall due while the input is busy collapse into one.
	Tick() <-chan time.Time
	// Once says that heka runs to the end of what there is now (heka run
	// --once): inputs that follow something return at its end instead, and
	// those that listen return when the last of their connections has closed.
	Once() bool
}

// StreamOptions say what is special about a stream.
type StreamOptions struct {
	// Token tells the streams of one input apart in instance names:
	// "<input>-<decoder>-<token>". May be empty.
	Token string
	// Logger is the Logger header of new messages; empty is the input's name.
	Logger string
	// Decorate adds the input's own headers and fields to each new message
	// before it is decoded. It is not called when the splitter has
	// use_message_bytes.
	Decorate func(p *Pack)
	// Delivered is called, in order and from any one goroutine at a time, when
	// every record that ended within the first n bytes of the stream has been
	// delivered by all its consumers, stored durably, or dropped for a counted
	// reason. Inputs that remember a position move it only here.
	Delivered func(n int64)
}

// Stream turns bytes into messages: split, decode, match, hand over. The bytes
// consumed count from 0 over all calls of Split.
type Stream interface {
	// Split reads r to its end (nil), or to an error other than io.EOF, which
	// is returned. What is complete has been handed over then; an unfinished
	// record stays and is continued by the next call, unless the splitter has
	// deliver_incomplete_final. Split blocks while a consumer is full.
	Split(r io.Reader) error
	// Settle says that no more bytes came for a while (about a second): records
	// that only wait for a possible continuation, such as an open group of
	// lines, are delivered.
	Settle()
	// SplitAll is Split for a body that ends with r: with NullSplitter the
	// whole body is one record, whatever the number of reads. An unfinished
	// record is given up and counted, unless the splitter has
	// deliver_incomplete_final, so that the next body begins afresh. If r has
	// a method Len() int it tells how many bytes are still to come.
	SplitAll(r io.Reader) error
	// SplitBytes cuts one complete block, such as a datagram or a broker's
	// message, and returns how many bytes became records or were skipped as
	// garbage. A block without any record is an error. The bytes are copied.
	// done, if not nil, is called when all records of the block are delivered.
	// Messages wait for Flush, which happens by itself every few hundred.
	SplitBytes(b []byte, done func()) (int, error)
	// Pack returns an empty pack with Uuid, Timestamp, Logger and default
	// Severity for an input that makes messages by itself; Deliver decodes it,
	// if the input has a decoder, and hands it over. Messages wait for Flush,
	// which happens by itself every few hundred.
	Pack() *Pack
	Deliver(p *Pack, done func())
	// Flush hands over what is waiting. Call it before waiting for more data.
	Flush()
	// Consumed is the number of bytes that Split has turned into records or
	// skipped: what it would be called with as Delivered's n now.
	Consumed() int64
	// Close flushes and ends the stream. An unfinished record is given up and
	// counted, unless the splitter has deliver_incomplete_final.
	Close()
}

// Waiter is a reader for Stream.Split that can wait without a buffer. Streams that
// rest are cheap then.
type Waiter interface {
	io.Reader
	// Wait returns when Read would probably not wait: there are bytes, or the
	// end or an error, which Read returns. It calls rest before it waits, at
	// most once, and may call it without need.
	Wait(rest func())
}

// WholeBodies is a Stream that can tell how SplitAll cuts.
type WholeBodies interface {
	// WholeBodies reports whether a body is one record, as NullSplitter has it.
	WholeBodies() bool
}
