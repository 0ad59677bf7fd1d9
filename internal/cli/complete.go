package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// completionWait bounds the wait for a running heka while somebody types.
const completionWait = 300 * time.Millisecond

// completeNames lets the shell complete a flag by names that names finds.
func completeNames(c *cobra.Command, flag string, names func(*cobra.Command) []string) {
	err := c.RegisterFlagCompletionFunc(flag, func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return names(c), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic("cli: completion of --" + flag + ": " + err.Error())
	}
}

// nodes asks the running heka for its plugins; nil when it does not answer soon.
func (a *adminFlags) nodes(c *cobra.Command) []admin.Node {
	client, err := a.client(c)
	if err != nil {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), completionWait)
	defer stop()
	var t admin.Topology
	if client.Get(ctx, "/api/v1/topology", nil, &t) != nil {
		return nil
	}
	return t.Nodes
}

// senders are the names of inputs and filters: those of the running heka, else
// those of its configuration.
func (a *adminFlags) senders(c *cobra.Command) []string {
	var names []string
	for _, n := range a.nodes(c) {
		if n.Kind == "input" || n.Kind == "filter" {
			names = append(names, n.Name+"\t"+n.Type)
		}
	}
	if names != nil {
		return names
	}
	cfg, _ := config.Load(a.config, config.Options{}) // what is wrong with it is not for this moment
	for _, s := range cfg.Sections {
		if k, ok := plugin.KindOf(s.Type()); ok && (k == plugin.KindInput || k == plugin.KindFilter) {
			names = append(names, s.Name+"\t"+s.Type())
		}
	}
	return names
}

// loadedFilters are the names by which the filters that managers of the running
// heka have loaded can be unloaded.
func loadedFilters(c *cobra.Command) []string {
	a := adminFlags{config: defaultConfig}
	nodes := a.nodes(c)
	var names []string
	for _, n := range nodes {
		i := slices.IndexFunc(nodes, func(m admin.Node) bool {
			return m.Type == "SandboxManagerFilter" && strings.HasPrefix(n.Name, m.Name+"-")
		})
		if n.Added && i >= 0 {
			names = append(names, strings.TrimPrefix(n.Name, nodes[i].Name+"-")+"\t"+n.Name)
		}
	}
	return names
}
