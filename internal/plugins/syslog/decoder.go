package syslog

import (
	"errors"
	"strings"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// decoder implements plugin.Decoder.
type decoder struct {
	messageType   string
	modern, stamp *message.TimeParser // 2006-01-02T03:04:05Z, Jan  2 03:04:05
	last          struct {
		text   []byte
		period int64
		ns     int64
	}
}

func newDecoder(c *decoderConfig, _ *plugin.Env) (plugin.Decoder, error) {
	zone, err := time.LoadLocation(c.TimestampLocation)
	if err != nil {
		return nil, plugin.BadOption("timestamp_location", "%w", err)
	}
	return &decoder{
		messageType: c.MessageType,
		modern:      message.NewTimeParser("RFC3339Nano", zone), stamp: message.NewTimeParser("Stamp", zone),
	}, nil
}

var (
	errNoPriority = errors.New("no syslog message: it begins with neither a priority nor a time")
	errPriority   = errors.New("the priority is not a number from 0 to 191 between < and >")
)

// Decode implements plugin.Decoder.
//
// hot: once per message.
func (d *decoder) Decode(p *plugin.Pack) error {
	m := &p.Message
	rest := strings.TrimRight(m.Payload(), "\r\n\x00")
	if d.messageType != "" {
		m.SetType(d.messageType)
	}
	if !strings.HasPrefix(rest, "<") {
		if d.legacyTime(m, rest) == 0 {
			return errNoPriority
		}
		d.legacy(m, rest)
		return nil
	}
	priority, n := number(rest[1:], 3)
	if n == 0 || priority > 191 || len(rest) <= n+1 || rest[n+1] != '>' {
		return errPriority
	}
	m.SetSeverity(int32(priority & 7))
	m.AddInteger("syslogfacility", int64(priority>>3), "")
	rest = rest[n+2:]
	if version, n := number(rest, 2); version > 0 && len(rest) > n && rest[n] == ' ' {
		return d.decodeModern(p, rest[n+1:])
	}
	d.legacy(m, rest)
	return nil
}

// number reads up to most decimal digits.
func number(s string, most int) (value, digits int) {
	for digits < len(s) && digits < most && s[digits] >= '0' && s[digits] <= '9' {
		value = 10*value + int(s[digits]-'0')
		digits++
	}
	return value, digits
}

// setPid sets the header from a decimal number that is small enough, and tells
// whether text was one.
func setPid(m *message.Message, text string) bool {
	pid, n := number(text, 9)
	if n == 0 || n != len(text) {
		return false
	}
	m.SetPid(int32(pid))
	return true
}

// period is the time for which what completes a date does not change.
const period = 15 * time.Minute

// setTime sets the time, if text is one. The next message often has the same.
func (d *decoder) setTime(m *message.Message, parser *message.TimeParser, text string) bool {
	now := m.Timestamp()
	if !m.HasTimestamp() {
		now = time.Now().UnixNano()
	}
	if string(d.last.text) != text || d.last.period != now/int64(period) || text == "" {
		ns, err := parser.Parse(text, now)
		if err != nil {
			return false
		}
		d.last.text, d.last.period, d.last.ns = append(d.last.text[:0], text...), now/int64(period), ns
	}
	m.SetTimestamp(d.last.ns)
	return true
}
