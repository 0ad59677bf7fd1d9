package accesslog

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hekad/heka/message"
)

// ErrNoMatch is what Parse returns for a line that its format does not describe.
var ErrNoMatch = errors.New("line does not match log_format")

// FormatError is a mistake in a format string.
type FormatError struct {
	// Column of the directive in the format, in bytes from 1.
	Column int
	// Directive is the part of the format that is wrong.
	Directive string
	// Reason says what is wrong with it.
	Reason string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("parse log_format at column %d, %q: %s", e.Column, e.Directive, e.Reason)
}

// badSyntax is the reason for a format that falls out of the language.
const badSyntax = "could not parse the log_format configuration"

// Format is a compiled log format. It keeps scratch space and caches between
// lines and must not be used by two goroutines at once.
type Format struct {
	steps  []step
	tail   glue
	fields []field

	// What the last match found. The value behind those of the fields is a
	// spare for values that no field shows.
	values []value
	spans  []span    // items of text lists
	nums   []float64 // items of number lists
	ns     int64     // nanoseconds since the Unix epoch
	timed  bool      // ns was set

	clock civil    // parts of the time that strftime directives found
	last  clfCache // the last $time_local or %t

	agents     *agentCache // nil unless user agents are transformed
	agentField int
}

// field is what all messages have in common about one field.
type field struct {
	name string
	unit string // representation of a number
}

// NewNginx compiles an nginx log_format, or the preset of that name (see
// NginxPresets). The error is a *FormatError.
func NewNginx(format string) (*Format, error) {
	return compile(format, NginxPresets(), parseNginx)
}

// NewApache compiles an Apache LogFormat, or the preset of that name (see
// ApachePresets). The error is a *FormatError.
func NewApache(format string) (*Format, error) {
	return compile(format, ApachePresets(), parseApache)
}

func compile(format string, presets []Preset, parse func(b *builder, format string) *FormatError) (*Format, error) {
	var names []string
	for _, p := range presets {
		if p.Name == format {
			format = p.Format
		}
		names = append(names, p.Name)
	}
	b := builder{century: time.Now().Year() / 100 * 100}
	if err := parse(&b, format); err != nil {
		return nil, err
	}
	if len(b.drafts) == 0 {
		return nil, &FormatError{Column: 1, Directive: format, Reason: badSyntax +
			": it has no variable and is none of the presets " + strings.Join(names, ", ")}
	}
	return b.format(), nil
}

// Parse adds the fields of a line to m and sets m's timestamp when the format
// has a time in it. The fields are views of line and live as long as it does.
// A line that does not match leaves m as it was and returns ErrNoMatch.
//
// hot: once per line; allocates only while m, or a list of upstream values,
// grows beyond what it held before, and for a user agent not seen lately.
func (f *Format) Parse(line string, m *message.Message) error {
	if !f.match(line) {
		return ErrNoMatch
	}
	if f.timed {
		m.SetTimestamp(f.ns)
	}
	for i := range f.fields {
		name, v := f.fields[i].name, &f.values[i]
		switch v.kind {
		case isText:
			if i == f.agentField {
				f.agents.add(m, line[v.lo:v.hi])
				continue
			}
			m.AddString(name, line[v.lo:v.hi])
		case isIPv4:
			m.AddField(name, "ipv4", message.String).AddString(line[v.lo:v.hi])
		case isIPv6:
			m.AddField(name, "ipv6", message.String).AddString(line[v.lo:v.hi])
		case isHostname:
			m.AddField(name, "hostname", message.String).AddString(line[v.lo:v.hi])
		case isNumber:
			m.AddDouble(name, v.num, f.fields[i].unit)
		case isTexts:
			list := m.AddField(name, "", message.String)
			for _, s := range f.spans[v.lo:v.hi] {
				list.AddString(line[s.lo:s.hi])
			}
		case isNumbers:
			list := m.AddField(name, f.fields[i].unit, message.Double)
			for _, n := range f.nums[v.lo:v.hi] {
				list.AddDouble(n)
			}
		}
	}
	return nil
}
