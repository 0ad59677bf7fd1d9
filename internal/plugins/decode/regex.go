package decode

import (
	"strconv"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// regex makes headers and fields of the parts of a payload.
type regex struct {
	pattern  *pattern
	groups   []string // the parts of the payload at hand
	captures captures
	silent   bool // a payload that does not match is no error
	noMatch  noMatchError
}

func newRegex(c *regexConfig, env *plugin.Env) (plugin.Decoder, error) {
	p, err := newPattern(c.MatchRegex)
	if err != nil {
		return nil, plugin.BadOption("match_regex", "PayloadRegexDecoder: %w", err)
	}
	if p.re.NumSubexp() == 0 {
		return nil, plugin.BadOption("match_regex", "PayloadRegexDecoder regex must contain capture groups")
	}
	names := p.re.SubexpNames()
	for i, name := range names {
		if name == "" && i > 0 {
			names[i] = strconv.Itoa(i)
		}
	}
	zone, err := location("PayloadRegexDecoder", c.TimestampLocation)
	if err != nil {
		return nil, err
	}
	d := &regex{
		pattern: p, groups: make([]string, len(names)), silent: !c.LogErrors,
		captures: newCaptures(names, c.MessageFields, c.SeverityMap, message.NewTimeParser(c.TimestampLayout, zone), env.Log),
	}
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
	return d.captures.apply(p, d.groups)
}
