package sandbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// decoder is the SandboxDecoder plugin.
type decoder struct {
	script
	shutdown bool // a fatal error stops heka

	pack     *plugin.Pack // being decoded
	out      *plugin.Expansion
	injected int
	origin   origin
	scratch  message.Message
	single   plugin.Expansion
	uuids    *message.UUIDSource

	pause time.Duration // before the next start after a fatal error
	again time.Time     // not before this
}

// Pauses between a fatal error and the next start of the script.
const (
	firstPause = 250 * time.Millisecond
	mostPause  = 30 * time.Second
)

func newDecoder(c *DecoderConfig, env *plugin.Env) (plugin.Decoder, error) {
	d := &decoder{shutdown: c.OnFatal == "shutdown", uuids: message.NewUUIDSource()}
	if err := d.init(sandbox.Decoder, &c.scriptConfig, env); err != nil {
		return nil, err
	}
	return d, nil
}

// Prepare starts the script.
func (d *decoder) Prepare(context.Context) error { return d.start(d) }

var (
	errTerminated = errors.New("SandboxDecoder has been terminated") //lint:ignore ST1005 the text is part of Heka's contract
	errSeveral    = errors.New("the script made other messages of this one, which is not possible here")
)

// ready returns the sandbox, started anew if the last one has failed long enough
// ago.
func (d *decoder) ready() (*sandbox.Sandbox, error) {
	if box := d.running(); box != nil {
		return box, nil
	}
	if time.Now().Before(d.again) {
		return nil, errTerminated
	}
	if err := d.start(d); err != nil {
		return nil, d.fatal(err.Error())
	}
	return d.box.Load(), nil
}

// fatal lets go of a script that failed for good.
func (d *decoder) fatal(text string) error {
	if err := d.Close(); err != nil {
		d.env.Log.Error(err.Error())
	}
	d.pause = min(max(2*d.pause, firstPause), mostPause)
	d.again = time.Now().Add(d.pause)
	err := errors.New("FATAL: " + text) //lint:ignore ST1005 the text is part of Heka's contract
	if d.shutdown {
		return plugin.Exit(err)
	}
	return err
}

// Expand implements plugin.Expander.
//
// hot: once per message.
func (d *decoder) Expand(p *plugin.Pack, out *plugin.Expansion) error {
	box, err := d.ready()
	if err != nil {
		d.failures.Add(1)
		return err
	}
	start := d.begin()
	d.count.Add(1)
	d.pack, d.out, d.injected = p, out, 0
	status, text := box.ProcessRaw(&p.Message, p.Raw)
	d.pack, d.out = nil, nil
	d.end(start)
	switch {
	case status == 0:
		d.pause = 0
		if d.injected == 0 {
			out.Add(p)
		}
		return nil
	case status > 0:
		d.failures.Add(1)
		return d.fatal(text)
	}
	d.failures.Add(1)
	if d.injected > 0 {
		return fmt.Errorf("Failed after a successful inject_message call: %s", text)
	}
	return fmt.Errorf("Failed parsing: %s payload: %s", text, p.Message.Payload())
}

// Decode implements plugin.Decoder for hosts that take one message only; heka
// calls Expand.
func (d *decoder) Decode(p *plugin.Pack) error {
	x := &d.single
	x.Packs = x.Packs[:0]
	x.Alloc = func() *plugin.Pack {
		q := new(plugin.Pack)
		q.Reset(new(plugin.Text))
		return q
	}
	if err := d.Expand(p, x); err != nil {
		return err
	}
	if len(x.Packs) != 1 {
		return errSeveral
	}
	return nil
}

// origin is what the message being decoded gives to those that take its place.
type origin struct {
	timestamp             int64
	typ, logger, hostname string
	severity, pid         int32
}

// next returns the pack for the next injected message: first the one being
// decoded, whose headers are remembered, then new ones.
func (d *decoder) next() *plugin.Pack {
	d.injected++
	if d.injected > 1 {
		return d.out.Alloc()
	}
	m := &d.pack.Message
	d.origin = origin{m.Timestamp(), m.Type(), m.Logger(), m.Hostname(), m.Severity(), m.Pid()}
	return d.pack
}

// InjectPayload implements sandbox.Host.
func (d *decoder) InjectPayload(typ, name string, payload []byte) sandbox.Verdict {
	if d.pack == nil {
		return sandbox.Refused
	}
	p := d.next()
	if p != d.pack {
		d.inherit(&p.Message)
	}
	setPayload(p, typ, name, payload)
	d.out.Add(p)
	return sandbox.Injected
}

// InjectMessage implements sandbox.Host.
func (d *decoder) InjectMessage(wire []byte) sandbox.Verdict {
	if d.pack == nil {
		return sandbox.Refused
	}
	if d.scratch.Parse(wire) != nil {
		return sandbox.BadMessage
	}
	p := d.next()
	if err := p.Message.Parse(keep(p, wire)); err != nil {
		return sandbox.BadMessage
	}
	if p.Message.HasTimestamp() {
		d.localTime(&p.Message)
	}
	d.inherit(&p.Message)
	d.out.Add(p)
	return sandbox.Injected
}

// inherit fills in the headers that a message lacks.
func (d *decoder) inherit(m *message.Message) {
	o := &d.origin
	if !m.HasUUID() {
		m.SetUUID(d.uuids.New())
	}
	if !m.HasTimestamp() {
		m.SetTimestamp(o.timestamp)
	}
	if !m.Has("Type") {
		m.SetType(o.typ)
	}
	if !m.Has("Hostname") {
		m.SetHostname(o.hostname)
	}
	if !m.Has("Logger") {
		m.SetLogger(o.logger)
	}
	if !m.Has("Severity") {
		m.SetSeverity(o.severity)
	}
	if !m.Has("Pid") {
		m.SetPid(o.pid)
	}
}

// Report implements plugin.Reporter.
func (d *decoder) Report(r *plugin.Report) {
	if d.usage(r, true) {
		d.counted(r)
		d.timed(r)
	}
}
