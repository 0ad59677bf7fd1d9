package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/plugin"
)

// Input is the ProcessInput plugin.
type Input struct {
	config   *inputConfig
	env      *plugin.Env
	commands []commandConfig

	runs, failures atomic.Int64
}

func newInput(c *inputConfig, env *plugin.Env) (plugin.Input, error) {
	if len(c.Command) == 0 {
		return nil, plugin.BadOption("command", "No Command Configured")
	}
	in := &Input{config: c, env: env}
	for i := range len(c.Command) {
		command, ok := c.Command[strconv.Itoa(i)]
		if !ok {
			return nil, plugin.BadOption("command", "Expected to find a command at index [%s][%d]", env.Name, i)
		}
		in.commands = append(in.commands, command)
	}
	return in, nil
}

// errEnded leads to a new start of commands that are to run for ever.
var errEnded = errors.New("the commands have ended")

// Run implements plugin.Input.
func (in *Input) Run(ctx context.Context, feed plugin.Feed) error {
	var outputs []*output
	for _, which := range []struct {
		name   string
		wanted bool
	}{{"stdout", in.config.Stdout}, {"stderr", in.config.Stderr}} {
		o := &output{input: in, name: in.env.Name + "." + which.name}
		if outputs = append(outputs, o); !which.wanted {
			continue
		}
		var err error
		if o.stream, err = feed.Open(plugin.StreamOptions{Token: which.name, Decorate: o.decorate}); err != nil {
			return err
		}
		defer o.stream.Close()
	}
	switch {
	case feed.Once():
		return in.run(ctx, outputs)
	case in.config.TickerInterval == 0:
		if err := in.run(ctx, outputs); err != nil || ctx.Err() != nil {
			return err
		}
		if s := outputs[0].status; s.errors != "" {
			return fmt.Errorf("%w: %s", errEnded, s.errors)
		}
		return errEnded
	case in.config.ImmediateStart:
		if err := in.run(ctx, outputs); err != nil {
			return err
		}
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-feed.Tick():
			if err := in.run(ctx, outputs); err != nil {
				return err
			}
		}
	}
}

// run runs the commands once. The error is that they could not be started.
func (in *Input) run(ctx context.Context, outputs []*output) error {
	in.runs.Add(1)
	c := newChain(in.commands, time.Duration(in.config.Timeout)*time.Second, in.config.Linger)
	pipes, err := c.start(outputs[0].stream != nil, outputs[1].stream != nil)
	if err != nil {
		in.failures.Add(1)
		return fmt.Errorf("CommandChain::Start() error: [%w]", err)
	}
	ended := make(chan struct{})
	var s status
	var all sync.WaitGroup
	all.Go(func() {
		s = c.wait(ctx)
		close(ended)
	})
	for i, o := range outputs {
		o.status = status{}
		if pipes[i] == nil {
			continue
		}
		all.Go(func() {
			defer pipes[i].Close()
			r := &tail{File: pipes[i], ended: ended, atEnd: func() { o.status = s }}
			if err := o.stream.SplitAll(bounded(r, o.stream, in.env)); err != nil {
				in.env.Log.Error("reading the output " + o.name + ": " + err.Error())
			}
		})
	}
	all.Wait()
	outputs[0].status = s
	if s.errors != "" {
		in.failures.Add(1)
	}
	return nil
}

// Report implements plugin.Reporter.
func (in *Input) Report(r *plugin.Report) {
	r.Add("Runs", in.runs.Load(), "count")
	r.Add("FailedRuns", in.failures.Load(), "count")
}

// output is the standard output or the error output of the last command.
type output struct {
	input  *Input
	name   string
	stream plugin.Stream // nil: not wanted
	status status        // of the run at hand, when it has ended
}

func (o *output) decorate(p *plugin.Pack) {
	m := &p.Message
	m.SetType("ProcessInput")
	m.SetHostname(o.input.env.Hostname)
	m.SetPid(o.input.env.Pid)
	m.AddString("ProcessInputName", o.name)
	m.AddInteger("ExitStatus", int64(o.status.exit), "")
	if o.status.errors != "" {
		m.AddString("SubcmdErrors", o.status.errors)
	}
}

// tail is the end of a pipe whose end is told when the commands have ended.
type tail struct {
	*os.File
	ended <-chan struct{}
	atEnd func()
}

// Read implements io.Reader.
func (t *tail) Read(b []byte) (int, error) {
	n, err := t.File.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = io.EOF // nobody listens any more
	}
	if err == io.EOF && n == 0 {
		<-t.ended
		t.atEnd()
	}
	return n, err
}
