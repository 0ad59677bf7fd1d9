package cli_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/tools/txtar"

	"github.com/hekad/heka/internal/cli"
	"github.com/hekad/heka/internal/plugins"
)

// Every command, and every flag of each, is used by a script in testdata/script
// on a line that runs the command, as it is meant to be used: lines that want
// exit code 2 do not count.
func TestEveryFlagIsInAScript(t *testing.T) {
	used := map[string]bool{} // "heka cat" and "heka cat --match"
	root := cli.Commands(plugins.All())
	for _, line := range scriptLines(t) {
		for _, words := range callsOfHeka(line) {
			c, rest, err := root.Find(words)
			if err != nil {
				continue
			}
			used[c.CommandPath()] = true
			for _, flag := range flagsOf(c, rest) {
				used[c.CommandPath()+" --"+flag.Name] = true
			}
		}
	}
	wanted := map[string]bool{}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		wanted[c.CommandPath()] = c.Runnable() && c.HasParent()
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { wanted[c.CommandPath()+" --"+f.Name] = f.Name != "help" })
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if wanted[name] && !used[name] {
			t.Errorf("no script in testdata/script uses %s", name)
		}
	}
}

// scriptLines are the lines of all scripts that are not meant to end with exit
// code 2.
func scriptLines(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, pattern := range []string{"*.txt", "terminal/*.txt"} {
		paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "script", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(txtar.Parse(text).Comment)) {
				if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "code 2 ") {
					lines = append(lines, strings.TrimSpace(line))
				}
			}
		}
	}
	return lines
}

// beginsCall is what stands before the arguments of heka, in a script or in a
// shell within it.
var beginsCall = regexp.MustCompile(`(^|[\s'(])heka\s`)

// callsOfHeka are the arguments of each call of heka in a line.
func callsOfHeka(line string) [][]string {
	var calls [][]string
	for _, at := range beginsCall.FindAllStringIndex(line, -1) {
		words, ok := shellWords(strings.ReplaceAll(line[at[1]:], "''", `"`))
		if !ok { // it stands within quotes itself
			words = strings.Fields(line[at[1]:])
		}
		if end := slices.IndexFunc(words, func(w string) bool { return strings.ContainsAny(w[:1], "|;&<>") }); end >= 0 {
			words = words[:end]
		}
		calls = append(calls, words)
	}
	return calls
}

// flagsOf are the flags that arguments of a command use.
func flagsOf(c *cobra.Command, args []string) []*pflag.Flag {
	var all []*pflag.Flag
	for _, arg := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		var f *pflag.Flag
		switch {
		case !strings.HasPrefix(arg, "-"):
		case len(name) == 1:
			f = c.Flags().ShorthandLookup(name)
		default:
			f = c.Flags().Lookup(name)
		}
		if f != nil {
			all = append(all, f)
		}
	}
	return all
}
