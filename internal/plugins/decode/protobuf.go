package decode

import (
	"errors"

	"github.com/hekad/heka/plugin"
)

// protobuf parses raw bytes as one message.
type protobuf struct {
	counters
}

func newProtobuf(_ *protobufConfig, env *plugin.Env) (plugin.Decoder, error) {
	d := new(protobuf)
	d.init(env)
	return d, nil
}

var errNoBytes = errors.New("there are no raw bytes to decode; does the input's splitter have use_message_bytes?")

// Decode implements plugin.Decoder. The message keeps the raw bytes as its
// encoded form.
//
// hot: once per message; allocates nothing.
func (d *protobuf) Decode(p *plugin.Pack) error {
	start := d.begin()
	err := errNoBytes
	if len(p.Raw) > 0 {
		err = p.Message.Parse(p.Raw)
	}
	d.end(start, err)
	return err
}

// Report implements plugin.Reporter.
func (d *protobuf) Report(r *plugin.Report) { d.report(r, "") }
