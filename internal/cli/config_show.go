package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/plugin"
)

func newConfigShow(plugins []plugin.Plugin) *cobra.Command {
	var path configPath
	var plain bool
	c := &cobra.Command{
		Use:   "show [PATH]",
		Short: "Print the configuration in force, defaults included",
		Long: `Print [hekad] and every plugin section with all options that are in force: those
that files, environment variables and defaults set. A comment behind each says
where it was set. Secrets are masked. The output is itself a configuration.

PATH is as for heka config check, which also says what is wrong: options with
errors show their defaults here.`,
		Example: `  heka config show /etc/heka/conf.d
  heka config show --no-origins heka.toml > all.toml
  HEKA_BASE_DIR=/tmp/heka heka config show heka.toml | head`,
		Args: atMostOne("PATH"),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := path.choose(c, args)
			if err != nil {
				return err
			}
			x, err := examine(c, p, plugins, false)
			if err != nil {
				return err
			}
			fmt.Fprint(c.OutOrStdout(), x.show(!plain))
			if errs := x.problems.Errors(); len(errs) > 0 {
				printProblems(c, errs)
				return said(exitNo)
			}
			return nil
		},
	}
	path.register(c)
	c.Flags().BoolVar(&plain, "no-origins", false, "leave out the comments that say where options are set")
	return c
}

// show is the configuration in force, as TOML.
func (x *examined) show(origins bool) string {
	global := x.global
	parts := []string{config.Effective(x.hekad, &global).TOML(origins)}
	for _, sec := range x.cfg.Sections {
		decl, own, common := x.options(sec)
		if decl == nil {
			continue // check says that there is no such type
		}
		targets := []any{own}
		if common != nil {
			targets = append(targets, common)
		}
		l := config.Effective(sec, targets...)
		l.Settings = slices.DeleteFunc(l.Settings, func(s config.Setting) bool {
			return common != nil && s.Origin.IsDefault() && !reference.Applies(decl, s.Name)
		})
		parts = append(parts, l.TOML(origins))
	}
	return strings.Join(parts, "\n")
}
