//go:build unix

package process

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
)

func newTestInput(t *testing.T, change func(*inputConfig), commands ...[]string) *Input {
	t.Helper()
	env, _ := feedtest.Env(t, "run")
	return feedtest.Build[*Input](t, Plugins(), "ProcessInput", env, func(c *inputConfig) {
		c.Command = map[string]commandConfig{}
		for i, words := range commands {
			c.Command[strconv.Itoa(i)] = commandConfig{Bin: words[0], Args: words[1:]}
		}
	}, change)
}

func sh(script string) []string { return []string{"sh", "-c", script} }

// messages describes what was handed in, in order of the outputs' names.
func messages(f *feedtest.Feed) []string {
	var all []string
	for _, m := range f.Messages() {
		text := fmt.Sprintf("%s %q", m.FindField("ProcessInputName", 0).AppendValue(nil, 0), m.Payload())
		text += fmt.Sprintf(" %s", m.FindField("ExitStatus", 0).AppendValue(nil, 0))
		if e := m.FindField("SubcmdErrors", 0); e != nil {
			text += fmt.Sprintf(" %s", e.AppendValue(nil, 0))
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

func TestRuns(t *testing.T) {
	for _, c := range []struct {
		name     string
		change   func(*inputConfig)
		commands [][]string
		want     []string
	}{
		{"the output of a run is a message", nil, [][]string{sh("echo one; echo two; echo not >&2")}, []string{`run.stdout "one\ntwo\n" 0`}},
		{"both outputs, with the status of this run", func(c *inputConfig) { c.Stderr = true }, [][]string{sh("echo out; echo err >&2; exit 3")}, []string{
			`run.stderr "err\n" 3 Subcommand[0] returned an error: [exit status 3]`,
			`run.stdout "out\n" 3 Subcommand[0] returned an error: [exit status 3]`,
		}},
		{"the error output alone", func(c *inputConfig) { c.Stdout, c.Stderr = false, true }, [][]string{sh("echo out; echo err >&2")}, []string{`run.stderr "err\n" 0`}},
		{"no output, no message", nil, [][]string{{"true"}}, nil},
		{"a chain", nil, [][]string{sh("echo a; echo b; echo not >&2"), {"tr", "ab", "xy"}, {"tail", "-n", "1"}}, []string{`run.stdout "y\n" 0`}},
		{"the errors of all commands", nil, [][]string{sh("echo a; exit 1"), sh("cat; exit 2")}, []string{
			"run.stdout \"a\\n\" 2 Subcommand[0] returned an error: [exit status 1]\nSubcommand[1] returned an error: [exit status 2]",
		}},
		{"a command that ends before its predecessor", nil, [][]string{{"yes"}, {"head", "-n", "1"}}, []string{
			`run.stdout "y\n" 0 Subcommand[0] returned an error: [signal: broken pipe]`,
		}},
		{"a signal", nil, [][]string{sh("echo a; kill -9 $$")}, []string{`run.stdout "a\n" -1 Subcommand[0] returned an error: [signal: killed]`}},
		{"too long", func(c *inputConfig) { c.Timeout = 2 }, [][]string{sh("echo a; sleep 1000 & wait")}, []string{
			`run.stdout "a\n" 0 Subcommand[0] returned an error: [subprocess was killed: [sh -c echo a; sleep 1000 & wait]]`,
		}},
		{"what stays in the background is not waited for", func(c *inputConfig) { c.Linger = 300 * time.Millisecond },
			[][]string{sh("echo a; sleep 120 &")}, []string{`run.stdout "a\n" 0`}},
		{"environment and directory", func(c *inputConfig) {
			one := c.Command["0"]
			one.Env, one.Directory = []string{"A=b"}, "/"
			c.Command["0"] = one
		}, [][]string{{"/bin/sh", "-c", "echo $A $HOME; pwd"}}, []string{`run.stdout "b\n/\n" 0`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := newTestInput(t, c.change, c.commands...)
			f := &feedtest.Feed{RunOnce: true}
			begin := time.Now()
			if err := in.Run(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			if got := messages(f); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if took := time.Since(begin); took > time.Minute {
				t.Errorf("it took %v", took)
			}
			if f.OpenStreams() != 0 {
				t.Error("a stream is open")
			}
		})
	}
}

func TestOutputIsBounded(t *testing.T) {
	in := newTestInput(t, nil, sh("yes | head -c 3000000"))
	f := &feedtest.Feed{RunOnce: true}
	if err := in.Run(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if n := len(f.Payloads()[0]); n <= in.env.MaxMessageSize || n > 4*in.env.MaxMessageSize {
		t.Errorf("%d bytes", n)
	}
}

func TestCommandsThatCannotStart(t *testing.T) {
	in := newTestInput(t, nil, []string{"sleep", "1000"}, []string{"/no/such/program", "x"})
	err := in.Run(t.Context(), &feedtest.Feed{RunOnce: true})
	const want = "CommandChain::Start() error: [Command [/no/such/program x] triggered an error: [fork/exec /no/such/program: no such file or directory]]"
	if err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
}

func TestItRunsAtEachTick(t *testing.T) {
	in := newTestInput(t, func(c *inputConfig) { c.ImmediateStart = true }, []string{"echo", "x"})
	f := &feedtest.Feed{Ticks: make(chan time.Time)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- in.Run(ctx, f) }()
	f.WaitFor(t, 1)
	f.Ticks <- time.Now()
	f.Ticks <- time.Now()
	f.WaitFor(t, 3)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := feedtest.Counters(in); got["Runs"] != int64(3) || got["FailedRuns"] != int64(0) {
		t.Errorf("counters %v", got)
	}
}

func TestStopKillsAll(t *testing.T) {
	in := newTestInput(t, func(c *inputConfig) { c.TickerInterval = 0 }, sh("sleep 1000 & echo x; wait"), []string{"cat"})
	f := &feedtest.Feed{Cut: func(b []byte, _ bool) (int, []byte) { return len(b), b }}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- in.Run(ctx, f) }()
	f.Until(t, func() bool { return f.Opened() == 1 })
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(feedtest.Patience):
		t.Fatal("it does not stop")
	}
}

func TestLongRunningCommandsAreStartedAgain(t *testing.T) {
	in := newTestInput(t, func(c *inputConfig) { c.TickerInterval = 0 }, sh("exit 4"))
	err := in.Run(t.Context(), new(feedtest.Feed))
	if !errors.Is(err, errEnded) || !strings.Contains(err.Error(), "exit status 4") {
		t.Errorf("error %v", err)
	}
}
