package encode

import (
	"strings"
	"time"

	"github.com/hekad/heka/internal/strftime"
	"github.com/hekad/heka/plugin"
)

// payload writes the payload alone.
type payload struct {
	clock         *strftime.Clock // nil without a time in front
	tsFromMessage bool
	newline       bool
}

func newPayload(c *payloadConfig, _ *plugin.Env) (plugin.Encoder, error) {
	e := &payload{tsFromMessage: c.TSFromMessage, newline: c.AppendNewlines}
	zone := time.Local
	if c.TZ != "" {
		var err error
		if zone, err = time.LoadLocation(c.TZ); err != nil {
			return nil, plugin.BadOption("tz", "%w", err)
		}
	}
	if c.PrefixTS {
		format := c.TSFormat
		if !strings.HasSuffix(format, " ") {
			format += " "
		}
		e.clock = strftime.New(format).Clock(zone)
	}
	return e, nil
}

// Append implements plugin.Encoder.
//
// hot: once per message.
func (e *payload) Append(dst []byte, p *plugin.Pack) ([]byte, error) {
	if e.clock != nil {
		ns := p.Message.Timestamp()
		if !e.tsFromMessage {
			ns = time.Now().UnixNano()
		}
		dst = e.clock.Append(dst, ns)
	}
	dst = append(dst, p.Message.Payload()...)
	if e.newline {
		dst = append(dst, '\n')
	}
	return dst, nil
}
