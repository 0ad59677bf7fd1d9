package flood

import (
	"errors"
	"time"

	"github.com/hekad/heka/internal/client"
	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/plugin"
)

// Test is one section of the configuration.
type Test struct {
	client.Options
	// Number of messages; 0 is until the test is stopped.
	NumMessages uint64 `toml:"num_messages"`
	// Longest time that the test takes; 0 is no limit.
	Duration time.Duration `toml:"duration"`
	// Pause after each message.
	MessageInterval time.Duration `toml:"message_interval"`
	// Messages a second, over all connections; 0 is as fast as can be.
	Rate float64 `toml:"rate" min:"0"`
	// Connections that send at the same time.
	Connections int `toml:"connections" min:"1" max:"10000"`
	// Random bytes in the payload of the fixed message; 0 is 1000.
	StaticMessageSize uint64 `toml:"static_message_size"`
	// Send a random choice of 64 messages of different size.
	VariableSizeMessages bool `toml:"variable_size_messages"`
	// Payloads of printable characters alone.
	ASCIIOnly bool `toml:"ascii_only"`
	// Percent of the messages with one byte replaced by a random one.
	CorruptPercentage float64 `toml:"corrupt_percentage" min:"0" max:"100"`
	// Percent of the messages that are signed.
	SignedPercentage float64 `toml:"signed_percentage" min:"0" max:"100"`
	// Percent of the messages that are larger than max_message_size.
	OversizedPercentage float64 `toml:"oversized_percentage" min:"0" max:"100"`
	// Largest message in bytes; 0 is 65536.
	MaxMessageSize uint32 `toml:"max_message_size"`
	// Kept for old configurations, without effect.
	Encoder string `toml:"encoder"`
	// File for a CPU profile.
	PprofFile string `toml:"pprof_file"`
	// Connect again when a connection breaks.
	ReconnectOnError bool `toml:"reconnect_on_error"`
	// Seconds between attempts to connect again; below 1 is 5.
	ReconnectInterval int32 `toml:"reconnect_interval"`
	// Send the same bytes again and again, with one Uuid and Timestamp.
	FixedCopy bool `toml:"fixed_copy"`
	// Have the receiver tell when messages are delivered, and measure how long
	// that takes.
	Acknowledge bool `toml:"acknowledge"`
}

// Defaults are a test that nothing was said about.
func Defaults() Test { return Test{Options: client.Defaults(), Connections: 1} }

// Bounds of what zero stands for.
const (
	defaultStaticSize        = 1000
	defaultReconnectInterval = 5
)

// Check finds options that contradict each other.
func (t *Test) Check() error {
	var errs []error
	bad := func(option, format string, args ...any) {
		errs = append(errs, plugin.BadOption(option, format, args...))
	}
	if t.SignedPercentage > 0 && !t.Signer.Signed() {
		bad("signed_percentage", "signed_percentage needs a signer with a name")
	}
	if t.OversizedPercentage > 0 && !t.VariableSizeMessages {
		bad("oversized_percentage", "oversized_percentage needs variable_size_messages")
	}
	if t.Acknowledge && t.Datagrams() {
		bad("acknowledge", "acknowledge needs a stream; %s has none", t.Network)
	}
	if t.Acknowledge && t.FixedCopy {
		bad("fixed_copy", "fixed_copy and acknowledge exclude each other: the receiver would drop all but one of the same messages")
	}
	if t.Rate > 0 && t.MessageInterval > 0 {
		bad("rate", "rate and message_interval exclude each other")
	}
	return errors.Join(append(errs, t.CheckNetwork())...)
}

// maxMessage is the largest message in bytes.
func (t *Test) maxMessage() int {
	if t.MaxMessageSize == 0 {
		return framing.DefaultMaxBody
	}
	return int(t.MaxMessageSize)
}

// staticSize is the number of random bytes in the fixed message.
func (t *Test) staticSize() int {
	if t.StaticMessageSize == 0 {
		return defaultStaticSize
	}
	return int(t.StaticMessageSize)
}

// reconnectPause is the time between attempts to connect again.
func (t *Test) reconnectPause() time.Duration {
	if t.ReconnectInterval < 1 {
		return defaultReconnectInterval * time.Second
	}
	return time.Duration(t.ReconnectInterval) * time.Second
}
