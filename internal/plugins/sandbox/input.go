package sandbox

import (
	"context"
	"errors"
	"strings"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/plugin"
)

// input is the SandboxInput plugin.
type input struct {
	script
	ticking bool
	ctx     context.Context // of Run
	stream  plugin.Stream
}

func newInput(c *InputConfig, env *plugin.Env) (plugin.Input, error) {
	in := &input{ticking: c.TickerInterval > 0}
	if err := in.init(sandbox.Input, &c.scriptConfig, env); err != nil {
		return nil, err
	}
	return in, nil
}

// Prepare starts the script.
func (in *input) Prepare(ctx context.Context) error {
	in.ctx = ctx
	return in.start(in)
}

// Run implements plugin.Input.
func (in *input) Run(ctx context.Context, feed plugin.Feed) error {
	box := in.running()
	if box == nil {
		return plugin.Exit(errNoSandbox)
	}
	var err error
	if in.stream, err = feed.Open(plugin.StreamOptions{}); err != nil {
		return err
	}
	defer in.stream.Close()
	in.ctx = ctx
	defer context.AfterFunc(ctx, box.Stop)()
	for {
		status, text := box.ProcessMessage(nil)
		in.stream.Flush()
		switch {
		case ctx.Err() != nil:
			return nil
		case status > 0:
			if strings.HasSuffix(text, "shutting down") {
				return nil
			}
			return plugin.Exit(errors.New(text))
		case status < 0:
			in.failures.Add(1)
			if text != "" {
				in.env.Log.Error(text)
			}
		}
		if !in.ticking || feed.Once() {
			in.env.Log.Info("single run completed")
			return nil
		}
		select {
		case <-feed.Tick():
		case <-ctx.Done():
			return nil
		}
	}
}

// InjectPayload implements sandbox.Host; inputs have no such function.
func (in *input) InjectPayload(string, string, []byte) sandbox.Verdict { return sandbox.Refused }

// InjectMessage implements sandbox.Host.
func (in *input) InjectMessage(wire []byte) sandbox.Verdict {
	if in.stream == nil || in.ctx.Err() != nil {
		return sandbox.Aborted
	}
	p := in.stream.Pack()
	if p.Message.Parse(keep(p, wire)) != nil {
		return sandbox.BadMessage
	}
	in.localTime(&p.Message)
	in.count.Add(1)
	in.bytes.Add(int64(len(wire)))
	in.stream.Deliver(p, nil)
	in.stream.Flush() // nobody knows when the script goes on
	return sandbox.Injected
}

// Report implements plugin.Reporter.
func (in *input) Report(r *plugin.Report) {
	if in.usage(r, true) {
		in.counted(r)
		r.Add("ProcessMessageBytes", in.bytes.Load(), "B")
	}
}
