package structured

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// header is a header of a message; 0 is none.
type header uint8

const (
	headerTimestamp header = 1 + iota
	headerType
	headerLogger
	headerSeverity
	headerPayload
	headerEnvVersion
	headerPid
	headerHostname
	headerUUID
)

var headers = map[string]header{
	"Timestamp": headerTimestamp, "Type": headerType, "Logger": headerLogger, "Severity": headerSeverity,
	"Payload": headerPayload, "EnvVersion": headerEnvVersion, "Pid": headerPid, "Hostname": headerHostname, "Uuid": headerUUID,
}

// kinds are the types that the option types knows.
var kinds = map[string]message.ValueType{
	"string": message.String, "integer": message.Integer, "double": message.Double, "boolean": message.Bool,
}

// severities are names that programs use.
var severities = map[string]int32{
	"emergency": 0, "emerg": 0, "panic": 0, "alert": 1, "critical": 2, "crit": 2, "fatal": 2, "error": 3, "err": 3,
	"warning": 4, "warn": 4, "notice": 5, "informational": 6, "information": 6, "info": 6, "debug": 7, "trace": 7,
}

// names says what becomes of named values.
type names struct {
	config   *naming
	targets  map[string]target
	severity message.SeverityMap
	times    *message.TimeParser
	epochs   [4]*message.TimeParser // s, ms, µs, ns; nil with a layout
}

// target is what becomes of a value.
type target struct {
	header header
	typed  bool
	kind   message.ValueType
}

func newNames(c *naming) (*names, error) {
	zone, err := time.LoadLocation(c.TimestampLocation)
	if err != nil {
		return nil, plugin.BadOption("timestamp_location", "%w", err)
	}
	n := &names{
		config: c, targets: map[string]target{}, severity: c.SeverityMap,
		times: message.NewTimeParser(c.TimestampLayout, zone),
	}
	if c.TimestampLayout == "" {
		for i, unit := range []string{"Epoch", "EpochMilli", "EpochMicro", "EpochNano"} {
			n.epochs[i] = message.NewTimeParser(unit, zone)
		}
	}
	for name, typ := range c.Types {
		n.targets[name] = target{typed: true, kind: kinds[typ]}
	}
	for name, h := range headers {
		if other, listed := c.Headers[name]; listed {
			name = other
		}
		if name != "" {
			n.targets[name] = target{header: h}
		}
	}
	return n, nil
}

// text takes a value that came as text, a view that lasts as long as the batch.
//
// hot: once per value.
func (n *names) text(m *message.Message, name, value string) error {
	t := n.targets[name]
	switch {
	case t.header != 0:
		return n.set(m, t.header, name, value)
	case !t.typed:
		m.AddString(name, value)
		return nil
	case value == "":
		return nil
	}
	var err error
	switch t.kind {
	case message.Integer:
		var i int64
		if i, err = strconv.ParseInt(value, 10, 64); err == nil {
			m.AddInteger(name, i, "")
		}
	case message.Double:
		var f float64
		if f, err = strconv.ParseFloat(value, 64); err == nil {
			m.AddDouble(name, f, "")
		}
	case message.Bool:
		var b bool
		if b, err = strconv.ParseBool(value); err == nil {
			m.AddBool(name, b)
		}
	default:
		m.AddString(name, value)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// set sets a header.
func (n *names) set(m *message.Message, h header, name, value string) error {
	switch h {
	case headerType:
		m.SetType(value)
	case headerLogger:
		m.SetLogger(value)
	case headerPayload:
		m.SetPayload(value)
	case headerEnvVersion:
		m.SetEnvVersion(value)
	case headerHostname:
		m.SetHostname(value)
	case headerTimestamp:
		ns, err := n.time(m, value)
		if err != nil {
			return fmt.Errorf("%s: don't recognize the time %.100q", name, value)
		}
		m.SetTimestamp(ns)
	case headerSeverity:
		number, ok := n.severity.Parse(value)
		if !ok {
			number, ok = severities[strings.ToLower(value)]
		}
		if !ok {
			return fmt.Errorf("%s: don't recognize the severity %.100q", name, value)
		}
		m.SetSeverity(number)
	case headerPid:
		pid, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.SetPid(int32(pid))
	case headerUUID:
		u, err := message.ParseUUID(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.SetUUID(u)
	}
	return nil
}

// time reads a time. Without a layout a number counts seconds up to the year 5138,
// and what is greater by a thousand each milliseconds, microseconds, nanoseconds.
func (n *names) time(m *message.Message, value string) (int64, error) {
	if n.epochs[0] != nil {
		whole, _, _ := strings.Cut(value, ".")
		if whole != "" && strings.Trim(whole, "0123456789") == "" {
			return n.epochs[min(max(len(whole)-9, 0)/3, 3)].Parse(value, 0)
		}
	}
	now := m.Timestamp()
	if !m.HasTimestamp() {
		now = time.Now().UnixNano()
	}
	return n.times.Parse(value, now)
}

// before is called in front of a record whose values replace what a message has.
// The payload is taken out, so that after can tell whether a value was put there.
func (n *names) before(m *message.Message) (line string) {
	line = m.Payload()
	m.Unset("Payload")
	if n.config.MessageType != "" {
		m.SetType(n.config.MessageType)
	}
	return line
}

// after is called behind a record that was in order.
func (n *names) after(m *message.Message, line string) {
	if n.config.PayloadKeep && m.Payload() == "" {
		m.SetPayload(line)
	}
}
