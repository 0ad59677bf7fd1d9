package cli

import (
	"github.com/spf13/cobra"

	"github.com/hekad/heka/plugin"
)

// Commands is the tree of all commands, for pages about them.
func Commands(plugins []plugin.Plugin) *cobra.Command { return newRoot(plugins) }
