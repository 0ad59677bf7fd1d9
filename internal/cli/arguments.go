package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// choice is the value of a flag that takes one of some words.
type choice struct {
	value *string
	words []string
}

// Set implements pflag.Value.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.words, s) {
		return fmt.Errorf("it must be %s%s", oneOf(c.words), suggestion(s, c.words))
	}
	*c.value = s
	return nil
}

func (c *choice) String() string { return *c.value }

// Type implements pflag.Value; help shows it.
func (c *choice) Type() string { return strings.Join(c.words, "|") }

// formatFlag adds a flag --format of one of some words.
func formatFlag(c *cobra.Command, value *string, def string, words ...string) {
	choiceFlag(c, "format", "form of the output", value, def, words...)
}

// choiceFlag adds a flag of one of some words.
func choiceFlag(c *cobra.Command, name, usage string, value *string, def string, words ...string) {
	*value = def
	c.Flags().Var(&choice{value, words}, name, usage)
	completeWords(c, name, words)
}

// completeWords lets the shell complete the words of a flag.
func completeWords(c *cobra.Command, flag string, words []string) {
	completeFlag(c, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// oneOf lists words: "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// atMostOne refuses a second argument.
func atMostOne(name string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return misused("one %s at most, not %d\nRun '%s --help' for usage.", name, len(args), c.CommandPath())
		}
		return nil
	}
}

// group makes a command of nothing but subcommands: it prints its help, and
// refuses those it does not have.
func group(c *cobra.Command, subs ...*cobra.Command) *cobra.Command {
	c.AddCommand(subs...)
	c.DisableFlagsInUseLine = true
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return noSuchCommand(c, args[0])
	}
	return c
}
