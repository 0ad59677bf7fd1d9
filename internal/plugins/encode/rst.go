package encode

import (
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// rst writes all of a message for people to read.
type rst struct {
	escape bool
}

func newRst(c *rstConfig, _ *plugin.Env) (plugin.Encoder, error) { return &rst{c.Escape}, nil }

// Append implements plugin.Encoder.
func (e *rst) Append(dst []byte, p *plugin.Pack) ([]byte, error) {
	if e.escape {
		return message.AppendRSTEscaped(dst, &p.Message), nil
	}
	return message.AppendRST(dst, &p.Message), nil
}
