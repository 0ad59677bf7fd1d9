package decode

import (
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// regex makes headers and fields of the parts of a payload.
type regex struct {
	pattern  *pattern
	groups   []string // the parts of the payload at hand
	template *message.Template
	severity message.SeverityMap
	times    *message.TimeParser
	// timeGroup and severityGroup are indexes of groups; -1 without such a group.
	timeGroup, severityGroup int
	last                     lastTime
	silent                   bool // a payload that does not match is no error
	noMatch                  noMatchError
	log                      *slog.Logger
}

func newRegex(c *regexConfig, env *plugin.Env) (plugin.Decoder, error) {
	p, err := newPattern(c.MatchRegex)
	if err != nil {
		return nil, plugin.BadOption("match_regex", "PayloadRegexDecoder: %w", err)
	}
	if p.re.NumSubexp() == 0 {
		return nil, plugin.BadOption("match_regex", "PayloadRegexDecoder regex must contain capture groups")
	}
	zone, err := time.LoadLocation(c.TimestampLocation)
	if err != nil {
		return nil, plugin.BadOption("timestamp_location",
			"PayloadRegexDecoder unknown timestamp_location '%s': %w", c.TimestampLocation, err)
	}
	names := p.re.SubexpNames()
	d := &regex{
		pattern: p, groups: make([]string, len(names)), times: message.NewTimeParser(c.TimestampLayout, zone),
		severity: c.SeverityMap, timeGroup: -1, severityGroup: -1, silent: !c.LogErrors, log: env.Log,
	}
	for i, name := range names {
		switch name {
		case "Timestamp":
			d.timeGroup = i
		case "Severity":
			d.severityGroup = i
		case "":
			if i > 0 {
				names[i] = strconv.Itoa(i)
			}
		}
	}
	d.template = message.NewTemplate(inOrder(c.MessageFields), names)
	return d, nil
}

// noMatchError is about the payload at hand; it is made anew for every message
// without allocating.
type noMatchError struct {
	payload string
}

func (e *noMatchError) Error() string { return "No match: " + e.payload }

// Decode implements plugin.Decoder.
//
// hot: once per message.
func (d *regex) Decode(p *plugin.Pack) error {
	m := &p.Message
	if !d.pattern.match(m.Payload(), d.groups) {
		if d.silent {
			return plugin.ErrSkip
		}
		d.noMatch.payload = m.Payload()
		return &d.noMatch
	}
	if d.timeGroup >= 0 {
		d.setTimestamp(m, d.groups[d.timeGroup])
	}
	if d.severityGroup >= 0 {
		text := d.groups[d.severityGroup]
		if n, ok := d.severity.Parse(text); ok {
			m.SetSeverity(n)
		} else {
			d.log.Warn(fmt.Sprintf("Don't recognize severity: '%.100s'", text))
		}
	}
	text := p.Text()
	free := text.Free()
	made, err := d.template.Apply(m, d.groups, free)
	if cap(made) != cap(free) {
		made = free[:cap(free)] // texts made before it had to grow still lie there
	}
	text.Keep(made)
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
func (d *regex) setTimestamp(m *message.Message, text string) {
	now := m.Timestamp()
	if !m.HasTimestamp() {
		now = time.Now().UnixNano()
	}
	period := now / int64(15*time.Minute)
	if string(d.last.text) == text && d.last.period == period && text != "" {
		m.SetTimestamp(d.last.ns)
		return
	}
	ns, err := d.times.Parse(text, now)
	if err != nil {
		d.log.Warn(fmt.Sprintf("Don't recognize Timestamp: '%.100s'", text))
		return
	}
	d.last.text, d.last.period, d.last.ns = append(d.last.text[:0], text...), period, ns
	m.SetTimestamp(ns)
}
