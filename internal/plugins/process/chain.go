package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// chain is one run of commands that are joined by pipes.
type chain struct {
	commands        []*exec.Cmd
	timeout, linger time.Duration
	ends            [2]*os.File // where the outputs of the last command are read
}

// status is how a run has ended.
type status struct {
	exit   int    // of the last command
	errors string // of all commands, a line each
}

func newChain(configs []commandConfig, timeout, linger time.Duration) *chain {
	c := &chain{timeout: timeout, linger: linger}
	for _, config := range configs {
		cmd := exec.Command(config.Bin, config.Args...)
		cmd.Env, cmd.Dir = config.Env, config.Directory
		ownGroup(cmd)
		c.commands = append(c.commands, cmd)
	}
	return c
}

// start starts all commands. It returns the ends of the pipes to the standard output
// and the error output of the last one, or nil where they are not wanted; the caller
// closes them. After an error nothing runs.
func (c *chain) start(stdout, stderr bool) (ends [2]*os.File, err error) {
	var children []*os.File // ends of pipes that are the commands'
	defer func() {
		for _, f := range children {
			f.Close()
		}
		if err != nil {
			c.kill()
			for _, f := range c.ends {
				if f != nil {
					f.Close()
				}
			}
		}
	}()
	pipe := func() (r, w *os.File, err error) {
		if r, w, err = os.Pipe(); err == nil {
			children = append(children, w)
		}
		return r, w, err
	}
	last := len(c.commands) - 1
	for i := range last {
		r, w, err := pipe()
		if err != nil {
			return ends, err
		}
		children = append(children, r)
		c.commands[i].Stdout, c.commands[i+1].Stdin = w, r
	}
	if stdout {
		var w *os.File
		if c.ends[0], w, err = pipe(); err != nil {
			return ends, err
		}
		c.commands[last].Stdout = w
	}
	if stderr {
		var w *os.File
		if c.ends[1], w, err = pipe(); err != nil {
			return ends, err
		}
		c.commands[last].Stderr = w
	}
	for _, cmd := range c.commands {
		if err := cmd.Start(); err != nil {
			return ends, fmt.Errorf("Command [%s] triggered an error: [%w]", commandLine(cmd), err)
		}
	}
	return c.ends, nil
}

func commandLine(cmd *exec.Cmd) string { return strings.Join(cmd.Args, " ") }

// kill ends the commands that were started, and waits for them.
func (c *chain) kill() {
	for _, cmd := range c.commands {
		if cmd.Process != nil {
			killGroup(cmd)
			cmd.Wait()
		}
	}
}

// wait waits for the commands, one after the other. When ctx is done it kills those
// that still run.
func (c *chain) wait(ctx context.Context) status {
	var s status
	var errs []string
	for i, cmd := range c.commands {
		err := c.waitFor(ctx, cmd)
		s.exit = 0
		if err == nil {
			continue
		}
		errs = append(errs, fmt.Sprintf("Subcommand[%d] returned an error: [%s]", i, err))
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			s.exit = exit.ExitCode()
		}
	}
	s.errors = strings.Join(errs, "\n")
	for _, f := range c.ends {
		if f != nil {
			f.SetReadDeadline(time.Now().Add(c.linger))
		}
	}
	return s
}

// waitFor waits for one command.
func (c *chain) waitFor(ctx context.Context, cmd *exec.Cmd) error {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var late <-chan time.Time
	if c.timeout > 0 {
		t := time.NewTimer(c.timeout)
		defer t.Stop()
		late = t.C
	}
	select {
	case err := <-ended:
		return err
	case <-late:
	case <-ctx.Done():
	}
	killGroup(cmd)
	<-ended
	return fmt.Errorf("subprocess was killed: [%s]", commandLine(cmd))
}
