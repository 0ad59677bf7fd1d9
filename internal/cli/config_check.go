package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

func newConfigCheck(plugins []plugin.Plugin) *cobra.Command {
	var path configPath
	var format string
	var strict, show bool
	c := &cobra.Command{
		Use:   "check [PATH]",
		Short: "Find all problems of a configuration without running it",
		Long: `Find everything that heka run would complain about, and more, in one go and
without side effects: no socket is opened, no file or directory made. Files that
plugins read must be there, and two inputs must not listen at one address.

PATH is a file, a directory of *.toml files, or - for standard input. Warnings
are about what works but was hardly meant: options that have no effect, matchers
that match nothing, filters that feed each other, sections that nothing uses,
undefined environment variables, listeners open to everybody.

Lua scripts are compiled. The values that a section has for its script are
compared with the options that the header comment of the script describes.

The exit code is 0 when heka would start, 1 when there are errors (with --strict
warnings too), 2 for wrong usage. The format github annotates pull
requests, sarif is for code scanners.`,
		Example: `  heka config check
  heka config check --strict /etc/heka/conf.d
  heka config check --format json heka.toml
  ssh host cat /etc/hekad.toml | heka config check -`,
		Args: atMostOne("PATH"),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := path.choose(c, args)
			if err != nil {
				return err
			}
			x, err := examine(c, p, plugins, true)
			if err != nil {
				return err
			}
			if strict {
				for i := range x.problems {
					x.problems[i].Severity = config.Error
				}
			}
			if err := reportProblems(c.OutOrStdout(), format, x); err != nil {
				return failed(err)
			}
			if x.problems.HasErrors() {
				return said(exitNo)
			}
			if show {
				fmt.Fprint(c.OutOrStdout(), "\n", x.show(true))
			}
			return nil
		},
	}
	path.register(c)
	formatFlag(c, &format, "text", "text", "json", "github", "sarif")
	c.Flags().BoolVar(&strict, "strict", false, "treat warnings as errors")
	c.Flags().BoolVar(&show, "print", false, "also print the configuration in force, as heka config show")
	return c
}
