package graphite

import (
	"fmt"
	"strings"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// toFields is the StatsToFieldsDecoder plugin.
type toFields struct {
	uuids  *message.UUIDSource
	points []point
	times  []uint32
	seen   map[uint32]int // time → its place in times
}

func newToFields(*DecoderConfig, *plugin.Env) (plugin.Decoder, error) {
	return &toFields{uuids: message.NewUUIDSource(), seen: map[uint32]int{}}, nil
}

// Decode implements plugin.Decoder; it is for messages of one time.
func (d *toFields) Decode(p *plugin.Pack) error {
	if err := d.parse(p.Message.Payload()); err != nil {
		return err
	}
	d.fill(&p.Message, d.times[0])
	p.Message.AddInteger("timestamp", int64(d.times[0]), "")
	return nil
}

// Expand implements plugin.Expander.
func (d *toFields) Expand(p *plugin.Pack, out *plugin.Expansion) error {
	if err := d.Decode(p); err != nil {
		return err
	}
	out.Add(p)
	for _, t := range d.times[1:] {
		q := out.Alloc()
		d.headers(&q.Message, &p.Message)
		q.Signer = p.Signer
		q.Message.AddInteger("timestamp", int64(t), "")
		d.fill(&q.Message, t)
		out.Add(q)
	}
	return nil
}

// parse reads all lines before anything is changed.
func (d *toFields) parse(payload string) error {
	d.points, d.times = d.points[:0], d.times[:0]
	clear(d.seen)
	for line := range strings.SplitSeq(strings.Trim(payload, "\n"), "\n") {
		p, err := parseLine(line)
		if err != nil {
			if err.part == "" {
				return err
			}
			what := err.part
			if what == "time" {
				what = "timestamp"
			}
			return fmt.Errorf("invalid %s: '%s'", what, line)
		}
		if _, ok := d.seen[p.time]; !ok {
			d.seen[p.time] = len(d.times)
			d.times = append(d.times, p.time)
		}
		d.points = append(d.points, p)
	}
	return nil
}

// fill adds the fields of one time.
func (d *toFields) fill(m *message.Message, time uint32) {
	for i := range d.points {
		if p := &d.points[i]; p.time == time {
			m.AddDouble(p.name, p.value, "")
		}
	}
}

// headers copies all headers but the payload; the message is another one, though.
func (d *toFields) headers(to, from *message.Message) {
	to.SetUUID(d.uuids.New())
	to.SetPayload("")
	if from.HasTimestamp() {
		to.SetTimestamp(from.Timestamp())
	}
	for header, set := range map[string]func(){
		"Type": func() { to.SetType(from.Type()) }, "Logger": func() { to.SetLogger(from.Logger()) },
		"Hostname": func() { to.SetHostname(from.Hostname()) }, "EnvVersion": func() { to.SetEnvVersion(from.EnvVersion()) },
		"Pid": func() { to.SetPid(from.Pid()) }, "Severity": func() { to.SetSeverity(from.Severity()) },
	} {
		if from.Has(header) {
			set()
		}
	}
}
