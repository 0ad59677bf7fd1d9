package decode

import (
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// scribble sets headers and fields to fixed texts.
type scribble struct {
	template *message.Template
}

func newScribble(c *scribbleConfig, _ *plugin.Env) (plugin.Decoder, error) {
	d := &scribble{template: message.NewLiteralTemplate(inOrder(c.MessageFields))}
	// The texts never change, so what fails now would always fail.
	if _, err := d.template.Apply(message.New(), nil, nil); err != nil {
		return nil, plugin.BadOption("message_fields", "%w", err)
	}
	return d, nil
}

// Decode implements plugin.Decoder.
//
// hot: once per message.
func (d *scribble) Decode(p *plugin.Pack) error {
	_, err := d.template.Apply(&p.Message, nil, nil)
	return err
}
