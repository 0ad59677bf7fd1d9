package cli

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/plugin"
)

func newConfigSchema(plugins []plugin.Plugin) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print a JSON schema of configurations, for editors",
		Long: `Print a JSON schema (draft 7) of configurations with all plugin types that this
heka has. Editors that check TOML by such schemas complete options, show what
they mean and mark mistakes. A file names its schema in its first line:

  #:schema ./heka.schema.json`,
		Example: `  heka config schema > heka.schema.json`,
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			e := json.NewEncoder(c.OutOrStdout())
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(reference.Schema(reference.Pages(plugins))); err != nil {
				return failed(err)
			}
			return nil
		},
	}
}
