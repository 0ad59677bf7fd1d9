package plugintest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// testDecoder decodes hostile records, in the payload and raw.
func (d *declaration) testDecoder(t *testing.T) {
	r := newRand()
	var records []string
	records = append(records, hostileTexts(r)...)
	for _, m := range hostileMessages(r) {
		records = append(records, string(m.AppendWire(nil)))
	}
	for _, raw := range []bool{false, true} {
		inst := d.mustPrepare(t)
		stop := reporting(t, inst)
		defer stop()
		var made []decoded
		text := new(plugin.Text) // as in a batch, of all packs
		for _, record := range records {
			packs, err := decode(inst.(plugin.Decoder), newRecord(record, raw, text), text)
			if err != nil {
				t.Errorf("%s (raw: %t): %v", shown(record), raw, err)
				return
			}
			for _, p := range packs {
				made = append(made, decoded{record, p, string(message.AppendJSON(nil, &p.Message))})
			}
		}
		for _, m := range made {
			if now := string(message.AppendJSON(nil, &m.pack.Message)); now != m.json {
				t.Errorf("the message made of %s does not last as long as the batch:\n%s\nwas\n%s", shown(m.record), now, m.json)
				return
			}
		}
	}
}

// decoded is a message and what it was made of.
type decoded struct {
	record string
	pack   *plugin.Pack
	json   string // right after decoding
}

// newRecord is a pack as a decoder gets it.
func newRecord(record string, raw bool, text *plugin.Text) *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(text)
	if raw {
		p.Raw = []byte(record)
		return p
	}
	p.Message.SetUUID(message.UUIDFrom("fresh"))
	p.Message.SetTimestamp(time.Date(2014, 2, 10, 0, 0, 0, 0, time.UTC).UnixNano())
	p.Message.SetLogger("test")
	p.Message.SetPayload(record)
	return p
}

// decode decodes one record as the host does. The error is one of the plugin's
// making, not that the record makes no sense.
func decode(dec plugin.Decoder, p *plugin.Pack, text *plugin.Text) (packs []*plugin.Pack, err error) {
	err = protect(func() error {
		x, ok := dec.(plugin.Expander)
		if !ok {
			if dec.Decode(p) == nil {
				packs = []*plugin.Pack{p}
			}
			return nil
		}
		out := &plugin.Expansion{Alloc: func() *plugin.Pack {
			q := new(plugin.Pack)
			q.Reset(text)
			return q
		}}
		if x.Expand(p, out) == nil {
			packs = out.Packs
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, p := range packs {
		if p == nil {
			return nil, errors.New("Expand adds a nil pack")
		}
		for _, q := range packs[:i] {
			if p == q {
				return nil, errors.New("Expand adds a pack twice")
			}
		}
		if err := message.New().Parse(p.Message.AppendWire(nil)); err != nil {
			return nil, fmt.Errorf("the decoded message cannot be read back: %w", err)
		}
	}
	return packs, nil
}

// testEncoder encodes hostile messages behind bytes that are there already.
func (d *declaration) testEncoder(t *testing.T) {
	inst := d.mustPrepare(t)
	defer reporting(t, inst)()
	e := inst.(plugin.Encoder)
	prefix := []byte(strings.Repeat("what stands in front. ", 5))
	for i, m := range hostileMessages(newRand()) {
		p, unchanged := watched(m)
		dst := append(make([]byte, 0, len(prefix)+i%3*1000), prefix...)
		var out []byte
		err := protect(func() error {
			var err error
			out, err = e.Append(dst, p)
			if err != nil {
				out = dst // it is no failure that there is nothing to send
			}
			return nil
		})
		if err == nil && !bytes.HasPrefix(out, prefix) {
			err = fmt.Errorf("Append overwrites what stands in front: %s", shown(out))
		}
		if err == nil && !bytes.Equal(dst, prefix) {
			err = errors.New("Append changes dst")
		}
		if err == nil {
			err = unchanged()
		}
		if err != nil {
			t.Errorf("%s: %v", shown(message.AppendJSON(nil, m)), err)
			return
		}
	}
}

// watched is a pack with a copy of m, and a function that says whether somebody
// changed it.
func watched(m *message.Message) (*plugin.Pack, func() error) {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.CopyFrom(m)
	p.Signer, p.Loops = "signer", 1
	state := func() string {
		b := message.AppendJSON(nil, &p.Message)
		b = fmt.Appendf(b, "\nwire %x\nraw %x signer %q loops %d", p.Message.Wire(), p.Raw, p.Signer, p.Loops)
		return string(p.Message.AppendWire(b))
	}
	before := state()
	return p, func() error {
		if after := state(); after != before {
			return fmt.Errorf("the message was changed to %s", shown(after))
		}
		return nil
	}
}
