package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/plugin"
)

// completionWait bounds the wait for a running heka while somebody types.
const completionWait = 300 * time.Millisecond

// completeFlag lets the shell complete a flag.
func completeFlag(c *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := c.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic("cli: completion of --" + flag + ": " + err.Error())
	}
}

// completeNames lets the shell complete a flag by names that names finds.
func completeNames(c *cobra.Command, flag string, names func(*cobra.Command) []string) {
	completeFlag(c, flag, func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return names(c), cobra.ShellCompDirectiveNoFileComp
	})
}

// files completes an argument by directories, and by files with one of some endings.
func files(endings ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return endings, cobra.ShellCompDirectiveFilterFileExt
	}
}

// sections are the names of the sections of a configuration that are wanted.
func sections(path string, want func(*config.Section) bool) []string {
	cfg, _ := config.Load(path, config.Options{}) // what is wrong with it is not for this moment
	var names []string
	for _, s := range cfg.Sections {
		if want(s) {
			names = append(names, s.Name+"\t"+s.Type())
		}
	}
	return names
}

// ofKind chooses the sections of plugins of some kinds.
func ofKind(kinds ...plugin.Kind) func(*config.Section) bool {
	return func(s *config.Section) bool {
		k, ok := plugin.KindOf(s.Type())
		return ok && slices.Contains(kinds, k)
	}
}

// completeSection completes FILE:NAME: first the file, then a section of it that
// runs a script.
func completeSection(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	path, _, named := strings.Cut(begun, ":")
	if !named {
		return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt | cobra.ShellCompDirectiveNoSpace
	}
	names := sections(path, runsScript)
	for i := range names {
		names[i] = path + ":" + names[i]
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeScript completes a script by files, and by the names of those that are
// built in.
func completeScript(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, name := range namesOf(reference.Scripts()) {
		if strings.HasPrefix(name, begun) && begun != "" {
			names = append(names, name)
		}
	}
	if names == nil {
		return []string{"lua"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeQueues completes the directory of a queue by those that heka has where it
// keeps them by default, and by any other.
func completeQueues(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	all, err := findQueues(nil)
	if err != nil || len(all) == 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	var paths []string
	for _, q := range all {
		paths = append(paths, q.path)
	}
	return paths, cobra.ShellCompDirectiveDefault
}

// completeReaders completes the reader of the queue that the arguments name.
func completeReaders(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	all, err := findQueues(args)
	if err != nil || len(all) != 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	d, err := all[0].look()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return readers(d), cobra.ShellCompDirectiveNoFileComp
}

// completeFields completes a list of parts of messages by the headers that it does
// not have yet.
func completeFields(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	done := begun[:strings.LastIndexByte(begun, ',')+1]
	var lists []string
	for _, name := range headerNames {
		if !strings.Contains(strings.ToLower(","+done), strings.ToLower(","+name+",")) {
			lists = append(lists, done+name)
		}
	}
	return lists, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
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
	names := []string{"hekad\theka's own messages"}
	for _, n := range a.nodes(c) {
		if n.Kind == "input" || n.Kind == "filter" {
			names = append(names, n.Name+"\t"+n.Type)
		}
	}
	if len(names) > 1 {
		return names
	}
	return append(names, sections(a.config, ofKind(plugin.KindInput, plugin.KindFilter))...)
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
