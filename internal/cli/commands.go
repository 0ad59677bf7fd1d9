package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/plugin"
)

// Commands is the tree of all commands, for pages about them.
func Commands(plugins []plugin.Plugin) *cobra.Command { return newRoot(plugins) }

// OldName is a program of Heka 0.10 and what it is now.
type OldName struct {
	Program string // such as "heka-cat"
	Command string // such as "cat"
}

// OldNames lists the programs of Heka 0.10, sorted. A symbolic link with such a
// name makes heka behave as that program.
func OldNames() []OldName {
	var names []OldName
	for program, command := range tools {
		names = append(names, OldName{program, strings.Join(command, " ")})
	}
	slices.SortFunc(names, func(a, b OldName) int { return strings.Compare(a.Program, b.Program) })
	return names
}
