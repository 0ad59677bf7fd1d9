package syslog

import (
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// splitterConfig is the configuration of SyslogSplitter, which finds the messages in
// a stream of syslog, such as a TCP or TLS connection: behind their length in bytes
// (octet counting), or in lines. A line may also end in a zero byte.
//
//	[SyslogSplitter]
//
//	[syslog]
//	type = "TcpInput"
//	address = ":514"
//	splitter = "SyslogSplitter"
//	decoder = "SyslogDecoder"
//
//	[SyslogDecoder]
type splitterConfig struct {
	// How messages are told apart: octet-counting, lines, or auto, which takes
	// what looks like a length and < for a length, each time anew.
	Framing string `toml:"framing" oneof:"auto,octet-counting,lines"`
}

// decoderConfig is the configuration of SyslogDecoder, which reads syslog messages of
// RFC 5424, and those of RFC 3164 in the ways in which they occur: with a time of
// either form or none, and with or without a host name.
//
// Priority, time and host become Severity, Timestamp and Hostname, the text the
// payload. Fields are syslogfacility (a number), programname, and msgid. A numeric
// process id becomes Pid, another one the field procid. Structured data become
// fields that are called like the element and the parameter, as in
// origin.software. What a message does not say stays as the input has set it.
//
//	[SyslogDecoder]
//	message_type = "syslog"
type decoderConfig struct {
	// Type of the messages. Empty leaves what the input has set.
	MessageType string `toml:"message_type"`
	// Time zone of timestamps that do not say theirs, as those of RFC 3164: an
	// IANA name such as "Europe/Paris". Local is that of this machine.
	TimestampLocation string `toml:"timestamp_location"`
}

// Check finds mistakes that the options' types let through.
func (c *decoderConfig) Check() error {
	if _, err := time.LoadLocation(c.TimestampLocation); err != nil {
		return plugin.BadOption("timestamp_location", "%w", err)
	}
	return nil
}

// Plugins declares SyslogSplitter and SyslogDecoder.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	return []plugin.Plugin{
		plugin.NewSplitter("SyslogSplitter", splitterConfig{Framing: "auto"}, newSplitter, docs),
		plugin.NewDecoder("SyslogDecoder", decoderConfig{TimestampLocation: "Local"}, newDecoder, docs),
	}
}
