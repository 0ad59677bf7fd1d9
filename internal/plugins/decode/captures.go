package decode

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// captures is what a decoder makes of the named texts that it found: those that
// are called Timestamp and Severity become headers, and all may be filled in to
// message_fields.
type captures struct {
	template *message.Template
	severity message.SeverityMap
	times    *message.TimeParser
	// timeGroup and severityGroup are indexes of names; -1 without such a name.
	timeGroup, severityGroup int
	// optional: an empty text leaves the header as it is.
	optional bool
	last     lastTime
	log      *slog.Logger
}

func newCaptures(names []string, fields plugin.Pairs, severity map[string]int32, times *message.TimeParser, log *slog.Logger) captures {
	c := captures{
		template: message.NewTemplate(inOrder(fields), names), severity: severity, times: times,
		timeGroup: -1, severityGroup: -1, log: log,
	}
	for i, name := range names {
		switch name {
		case "Timestamp":
			c.timeGroup = i
		case "Severity":
			c.severityGroup = i
		}
	}
	return c
}

// location is the time zone of the option timestamp_location.
func location(decoder, name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, plugin.BadOption("timestamp_location", "%s unknown timestamp_location '%s': %w", decoder, name, err)
	}
	return zone, nil
}

// apply changes the message. texts has one for each name; they must last as long as
// the batch.
//
// hot: once per message.
func (c *captures) apply(p *plugin.Pack, texts []string) error {
	m := &p.Message
	if c.timeGroup >= 0 && !(c.optional && texts[c.timeGroup] == "") {
		c.setTimestamp(m, texts[c.timeGroup])
	}
	if c.severityGroup >= 0 && !(c.optional && texts[c.severityGroup] == "") {
		text := texts[c.severityGroup]
		if n, ok := c.severity.Parse(text); ok {
			m.SetSeverity(n)
		} else {
			c.log.Warn(fmt.Sprintf("Don't recognize severity: '%.100s'", text))
		}
	}
	room := p.Text()
	free := room.Free()
	made, err := c.template.Apply(m, texts, free)
	if cap(made) != cap(free) {
		made = free[:cap(free)] // texts made before it had to grow still lie there
	}
	room.Keep(made)
	return err
}

// lastTime remembers a timestamp, since the next line often has the same. period
// is the quarter of an hour in which it was read: what completes a date changes
// at its ends alone.
type lastTime struct {
	text   []byte
	period int64
	ns     int64
}

// setTimestamp reads a time, which the message's time so far completes.
//
// hot: once per message.
func (c *captures) setTimestamp(m *message.Message, text string) {
	now := m.Timestamp()
	if !m.HasTimestamp() {
		now = time.Now().UnixNano()
	}
	period := now / int64(15*time.Minute)
	if string(c.last.text) == text && c.last.period == period && text != "" {
		m.SetTimestamp(c.last.ns)
		return
	}
	ns, err := c.times.Parse(text, now)
	if err != nil {
		c.log.Warn(fmt.Sprintf("Don't recognize Timestamp: '%.100s'", text))
		return
	}
	c.last.text, c.last.period, c.last.ns = append(c.last.text[:0], text...), period, ns
	m.SetTimestamp(ns)
}
