package sandbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/plugin"
)

// encoder is the SandboxEncoder plugin.
type encoder struct {
	script
	injected bool
	dst      []byte // what Append was given, with what was injected last
	size     int    // of what Append was given
}

func newEncoder(c *EncoderConfig, env *plugin.Env) (plugin.Encoder, error) {
	e := new(encoder)
	if err := e.init(sandbox.Encoder, &c.scriptConfig, env); err != nil {
		return nil, err
	}
	return e, nil
}

// Prepare starts the script.
func (e *encoder) Prepare(context.Context) error {
	if err := e.start(e); err != nil {
		return fmt.Errorf("Sandbox initialization failed: %w", err) //lint:ignore ST1005 the text is part of Heka's contract
	}
	return nil
}

var errNoSandbox = errors.New("No sandbox.") //lint:ignore ST1005 the text is part of Heka's contract

// Append implements plugin.Encoder.
//
// hot: once per message and output; allocates what the script does.
func (e *encoder) Append(dst []byte, p *plugin.Pack) ([]byte, error) {
	box := e.running()
	if box == nil && e.box.Load() == nil {
		if err := e.Prepare(context.Background()); err != nil {
			return dst, err
		}
		box = e.running()
	}
	if box == nil {
		return dst, errNoSandbox
	}
	start := e.begin()
	e.count.Add(1)
	e.dst, e.size, e.injected = dst, len(dst), false
	status, text := box.ProcessMessage(&p.Message)
	out := e.dst
	e.dst = nil
	if status == 0 && !e.injected {
		out = box.Message(&p.Message).AppendWire(out)
	}
	e.end(start)
	switch {
	case status == 0:
		return out, nil
	case status == -2:
		return dst, plugin.ErrSkip
	case status < 0:
		e.failures.Add(1)
		return dst, fmt.Errorf("Failed serializing: %s", text) //lint:ignore ST1005 the text is part of Heka's contract
	}
	e.failures.Add(1)
	return dst, fmt.Errorf("FATAL: %s", text) //lint:ignore ST1005 the text is part of Heka's contract
}

// InjectPayload implements sandbox.Host; the type and name are of no use here.
func (e *encoder) InjectPayload(_, _ string, payload []byte) sandbox.Verdict {
	return e.InjectMessage(payload)
}

// InjectMessage implements sandbox.Host. The last injection counts.
func (e *encoder) InjectMessage(b []byte) sandbox.Verdict {
	e.dst, e.injected = append(e.dst[:e.size], b...), true
	return sandbox.Injected
}

// Report implements plugin.Reporter.
func (e *encoder) Report(r *plugin.Report) {
	if e.usage(r, true) {
		e.counted(r)
		e.timed(r)
	}
}
