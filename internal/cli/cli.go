// Package cli is heka's command line: one file for each subcommand. The
// commands hold no logic of their own; they call the packages that a running
// heka uses.
package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/plugin"
)

// Exit codes.
const (
	exitNo    = 1 // problems found, nothing matched, or the run failed
	exitUsage = 2
)

// exit is an error that carries an exit code. A nil err means that everything
// was said already.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// failed is a run-time failure: exit code 1.
func failed(err error) error { return &exit{exitNo, err} }

// misused is wrong usage: exit code 2.
func misused(format string, args ...any) error { return &exit{exitUsage, fmt.Errorf(format, args...)} }

// said ends with a code and no further word.
func said(code int) error {
	if code == 0 {
		return nil
	}
	return &exit{code: code}
}

// Run runs one command line; args[0] is the program's name. It returns the exit
// code.
func Run(args []string, plugins []plugin.Plugin) int {
	root := newRoot(plugins)
	root.SetArgs(arguments(root, args))
	err := root.Execute()
	var e *exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		if e.err != nil {
			complain(e.err)
		}
		return e.code
	}
	complain(err)
	fmt.Fprintf(os.Stderr, "Run '%s --help' for usage.\n", root.CommandPath())
	return exitUsage
}

func complain(err error) {
	fmt.Fprintf(color.Error, "%s %v\n", color.RedString("heka:"), err)
}

// arguments turns a command line of today or of Heka 0.10 into one for cobra:
// old program names become subcommands and long flags get their second dash.
func arguments(root *cobra.Command, args []string) []string {
	name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
	rest := args[1:]
	if translate, ok := tools[name]; ok {
		rest = translate(rest)
	}
	out := make([]string, 0, len(rest))
	for i, a := range rest {
		if a == "--" {
			return append(out, rest[i:]...)
		}
		// One dash and more than one letter is a long flag: no short flags are
		// ever combined here.
		if len(a) > 2 && a[0] == '-' && a[1] != '-' && !isNumber(a[1:]) {
			a = "-" + a
		}
		out = append(out, a)
	}
	if len(out) == 1 && out[0] == "--version" {
		return []string{"version", "--short"}
	}
	if len(out) > 1 && out[0] == "run" && out[1] == "--version" {
		return []string{"version", "--short"}
	}
	return out
}

func isNumber(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func newRoot(plugins []plugin.Plugin) *cobra.Command {
	root := &cobra.Command{
		Use:   "heka",
		Short: "Process streams of logs, events and metrics",
		Long: `heka takes in logs, events and metrics, splits and decodes them into messages,
routes every message by matcher expressions to filters and outputs, and keeps
count of each one until it is delivered.`,
		Example: `  heka run --config /etc/heka/conf.d
  heka config check heka.toml
  heka cat --match 'Severity <= 3' messages.hpb`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(misusedFlag)
	root.Args = cobra.ArbitraryArgs // group refuses them
	return group(root, newRun(plugins), newConfig(plugins), newPlugins(plugins), newMatch(), newCat(),
		newBuffer(), newLogstreamer(plugins), newFlood(), newInject(), newSbmgr(),
		newSandbox(plugins), newTap(), newTop(), newGraph(), newVersion())
}
