package decode

import "github.com/hekad/heka/plugin"

// protobufConfig has no options.
type protobufConfig struct{}

type scribbleConfig struct {
	// Headers and fields to set, each with its text: Type, Logger, Hostname,
	// Payload, EnvVersion, Pid, Severity and Uuid are headers, everything else
	// becomes a field. "name|representation" gives a field a representation.
	MessageFields plugin.Pairs `toml:"message_fields"`
}

type regexConfig struct {
	// Regular expression (RE2) that is searched for in the payload. It needs a
	// capture group; (?P<name>...) names one.
	MatchRegex string `toml:"match_regex"`
	// Severities for the texts that the capture Severity may hold. Texts that are
	// not listed must be numbers.
	SeverityMap map[string]int32 `toml:"severity_map"`
	// Headers and fields to set, as in ScribbleDecoder, with %name% standing for
	// the capture of that name, or %1% for the first group without name; else for
	// a header or field of the message.
	MessageFields plugin.Pairs `toml:"message_fields"`
	// Form of the capture Timestamp, which becomes the message's time: Epoch,
	// EpochMilli, EpochMicro or EpochNano for numbers, the name of one of Go's
	// layouts such as RFC3339, or a layout in Go's notation such as
	// "02/Jan/2006:15:04:05 -0700". Other common forms are tried where it does
	// not fit.
	TimestampLayout string `toml:"timestamp_layout"`
	// Time zone of timestamps that do not say theirs: an IANA name such as
	// "Europe/Paris", or Local. Empty is UTC.
	TimestampLocation string `toml:"timestamp_location"`
	// Treat a payload that does not match as a decode failure; otherwise it is
	// dropped silently.
	LogErrors bool `toml:"log_errors"`
}

type multiConfig struct {
	// Decoder sections, in the order in which they are tried.
	Subs []string `toml:"subs" ref:"decoder"`
	// first-wins: the first decoder that succeeds decides the result. all: every
	// decoder runs, in order, on the results of those before it; a message that
	// it fails for stays as it is.
	CascadeStrategy string `toml:"cascade_strategy" oneof:"first-wins,all"`
	// Log the errors of each single decoder.
	LogSubErrors bool `toml:"log_sub_errors"`
}
