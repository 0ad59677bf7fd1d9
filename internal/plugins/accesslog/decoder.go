package accesslog

import (
	_ "embed"

	"github.com/hekad/heka/internal/accesslog"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// Plugins returns the declaration of AccessLogDecoder.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewDecoder("AccessLogDecoder", config{Format: "nginx"}, newDecoder, plugin.Docs(configSource)),
	}
}

// decoder makes messages of the lines of an access log.
type decoder struct {
	format      *accesslog.Format
	messageType string
	payloadKeep bool
	noMatch     noMatchError
}

func newDecoder(c *config, _ *plugin.Env) (plugin.Decoder, error) {
	compile := accesslog.NewNginx
	switch c.Format {
	case "nginx":
	case "apache":
		compile = accesslog.NewApache
	default:
		return nil, plugin.BadOption("format", "format is %q; it must be nginx or apache", c.Format)
	}
	format, err := compile(c.LogFormat)
	if err != nil {
		return nil, plugin.BadOption("log_format", "%w", err)
	}
	if c.UserAgentTransform {
		keep := accesslog.KeepNone
		switch {
		case c.UserAgentKeep:
			keep = accesslog.KeepAll
		case c.UserAgentConditional:
			keep = accesslog.KeepUnrecognized
		}
		format.TransformUserAgent(keep)
	}
	return &decoder{format: format, messageType: c.MessageType, payloadKeep: c.PayloadKeep}, nil
}

// noMatchError is about the line at hand; it is made anew for every message
// without allocating.
type noMatchError struct {
	cause error
	line  string
}

func (e *noMatchError) Error() string { return e.cause.Error() + ": " + e.line }

func (e *noMatchError) Unwrap() error { return e.cause }

// Decode implements plugin.Decoder. What the message had in its fields and
// EnvVersion goes, as it does when a script injects a message of its own.
//
// hot: once per line.
func (d *decoder) Decode(p *plugin.Pack) error {
	m := &p.Message
	before := m.NumFields()
	if err := d.format.Parse(m.Payload(), m); err != nil {
		d.noMatch = noMatchError{err, m.Payload()}
		return &d.noMatch
	}
	for range before {
		m.RemoveField(0)
	}
	m.Unset("EnvVersion")
	if d.messageType != "" {
		m.SetType(d.messageType)
	}
	if !d.payloadKeep {
		m.Unset("Payload")
	}
	return nil
}
