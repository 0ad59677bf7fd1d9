package structured

import (
	"errors"
	"time"
	"unicode/utf8"

	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// naming has the options that all decoders of this package share.
type naming struct {
	// Names under which headers come, as in Timestamp = "time", Severity = "level",
	// Payload = "msg". Headers that are not listed here come under their own names:
	// Timestamp, Type, Logger, Severity, Payload, EnvVersion, Pid, Hostname, Uuid.
	// An empty name takes a header from nowhere. Everything else becomes a field of
	// its name.
	Headers map[string]string `toml:"headers"`
	// Types of fields by name: string, integer, double or boolean. A text that is
	// no such value is a decode failure; an empty one makes no field. Without a
	// type, a value has the one in which it came.
	Types map[string]string `toml:"types"`
	// Type of the messages, if they do not bring one. Empty leaves what the input
	// has set.
	MessageType string `toml:"message_type"`
	// Keep the line in the payload if no value is taken for it; otherwise the
	// payload of the message is then empty.
	PayloadKeep bool `toml:"payload_keep"`
	// Severities for texts. Those that are not listed must be numbers or names
	// such as debug, info, notice, warning, error, critical, alert, emergency.
	SeverityMap map[string]int32 `toml:"severity_map"`
	// Form of Timestamp, as in PayloadRegexDecoder. Empty takes the usual forms,
	// and numbers since 1970 in the unit that their size speaks for.
	TimestampLayout string `toml:"timestamp_layout"`
	// Time zone of timestamps that do not say theirs: an IANA name such as
	// "Europe/Paris", or Local. Empty is UTC.
	TimestampLocation string `toml:"timestamp_location"`
}

// check finds mistakes that the options' types let through.
func (n *naming) check() error {
	var errs []error
	if _, err := time.LoadLocation(n.TimestampLocation); err != nil {
		errs = append(errs, plugin.BadOption("timestamp_location", "%w", err))
	}
	for header := range n.Headers {
		if _, known := headers[header]; !known {
			errs = append(errs, plugin.BadOption("headers."+header, "a message has no header %s", header))
		}
	}
	for name, typ := range n.Types {
		if _, known := kinds[typ]; !known {
			errs = append(errs, plugin.BadOption("types."+name, "type is %q; it must be string, integer, double or boolean", typ))
		}
	}
	return errors.Join(errs...)
}

// jsonConfig is the configuration of JsonDecoder, which reads a JSON object from the
// payload. Its members become headers and fields, named as ESJsonEncoder names them.
//
// Strings, numbers and booleans become fields of their types, null becomes none.
// Members of objects inside have the names of both, as in http.status. A list of
// strings, of numbers or of booleans becomes a field with several values; any other
// list a text, in JSON, with the representation json.
//
//	[app]
//	type = "JsonDecoder"
//	message_type = "app"
//
//	  [app.headers]
//	  Timestamp = "ts"
//	  Severity = "level"
//	  Payload = "msg"
type jsonConfig struct {
	naming
	// How deep objects may be nested to be taken apart. Those further inside
	// become texts, in JSON.
	MaxDepth int `toml:"max_depth" min:"1" max:"100"`
}

// Check finds mistakes that the options' types let through.
func (c *jsonConfig) Check() error { return c.check() }

// logfmtConfig is the configuration of LogfmtDecoder, which reads lines of the form
//
//	time=2026-01-02T03:04:05Z level=info msg="it works" took=0.5 cached
//
// into headers and fields. A value may be in quotation marks, with the escapes of
// JSON. A name without a value is the boolean true. All other values are texts,
// unless types says otherwise.
//
//	[app]
//	type = "LogfmtDecoder"
//	types = { took = "double" }
//
//	  [app.headers]
//	  Timestamp = "time"
//	  Severity = "level"
//	  Payload = "msg"
type logfmtConfig struct {
	naming
}

// Check finds mistakes that the options' types let through.
func (c *logfmtConfig) Check() error { return c.check() }

// csvConfig is the configuration of CsvDecoder, which reads rows of values that a
// comma or another character separates (RFC 4180). A value in quotation marks may
// have that character, line breaks and, doubled, quotation marks in it.
//
//	[orders]
//	type = "CsvDecoder"
//	columns = ["Timestamp", "customer", "", "amount"]
//	types = { amount = "double" }
type csvConfig struct {
	naming
	// Names of the columns, in their order. A column with an empty name is left
	// out.
	Columns []string `toml:"columns"`
	// What separates the values: one character, such as ";" or "\t".
	Delimiter string `toml:"delimiter"`
	// Leave out rows that have just the names of the columns, as the first line of
	// a file may have.
	SkipHeader bool `toml:"skip_header"`
	// Take rows that have fewer values than there are columns. More values are
	// always a decode failure.
	AllowMissing bool `toml:"allow_missing"`
}

// Check finds mistakes that the options' types let through.
func (c *csvConfig) Check() error {
	errs := []error{c.check()}
	if len(c.Columns) == 0 {
		errs = append(errs, plugin.BadOption("columns", "columns must name at least one column"))
	}
	if utf8.RuneCountInString(c.Delimiter) != 1 || c.Delimiter == `"` || c.Delimiter == "\n" || c.Delimiter == "\r" {
		errs = append(errs, plugin.BadOption("delimiter", "delimiter is %q; it must be one character, and no quotation mark or line break", c.Delimiter))
	}
	return errors.Join(errs...)
}

// Plugins declares JsonDecoder, LogfmtDecoder and CsvDecoder.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	return []plugin.Plugin{
		plugin.NewDecoder("JsonDecoder", jsonConfig{MaxDepth: 16}, newJSON, docs),
		plugin.NewDecoder("LogfmtDecoder", logfmtConfig{}, newLogfmt, docs),
		plugin.NewDecoder("CsvDecoder", csvConfig{Delimiter: ","}, newCSV, docs),
	}
}
