package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/cli"
	"github.com/hekad/heka/internal/plugins"
)

// Every command line in helps, and so in manual pages, and in the README names a
// command that there is, with flags that it has.
func TestCommandLinesInTextsAreRight(t *testing.T) {
	root := cli.Commands(plugins.All())
	n := 0
	check := func(where, text string) {
		for _, line := range commandLines(text) {
			n++
			words, ok := shellWords(line)
			if !ok {
				t.Errorf("%s: quotes do not close: %s", where, line)
				continue
			}
			for i, w := range words { // long flags may have one dash
				if len(w) > 2 && w[0] == '-' && w[1] != '-' {
					words[i] = "-" + w
				}
			}
			c, rest, err := cli.Commands(plugins.All()).Find(words[1:])
			if err != nil || !c.HasParent() {
				t.Errorf("%s: no such command: %s (%v)", where, line, err)
				continue
			}
			if strings.Contains(line, "key-file") {
				continue // reads the file
			}
			if err := c.ParseFlags(rest); err != nil {
				t.Errorf("%s: %s: %v", where, line, err)
			}
		}
	}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		check("help of "+c.CommandPath(), c.Example)
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range strings.Split(string(readme), "\n```") {
		if i%2 == 1 {
			check("README.md", block)
		}
	}
	if n < 60 {
		t.Errorf("only %d command lines found", n)
	}
}

// commandLines are the lines of a text that call heka, or the parts of pipes that
// do.
func commandLines(text string) []string {
	var all []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "    #")
		for part := range strings.SplitSeq(line, " | ") {
			part, _, _ = strings.Cut(strings.TrimSpace(part), " > ")
			for {
				name, rest, ok := strings.Cut(part, " ")
				if !ok || !strings.Contains(name, "=") || strings.HasPrefix(name, "-") {
					break
				}
				part = rest // a variable of the environment
			}
			part = strings.TrimPrefix(part, "$ ")
			if strings.HasPrefix(part, "heka ") {
				all = append(all, part)
			}
		}
	}
	return all
}

// shellWords cuts a line at blanks that stand outside of quotes.
func shellWords(line string) (words []string, ok bool) {
	var word strings.Builder
	quote, any := rune(0), false
	for _, r := range line + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, any = r, true
		case quote == 0 && r == ' ':
			if any || word.Len() > 0 {
				words = append(words, word.String())
			}
			word.Reset()
			any = false
		default:
			word.WriteRune(r)
		}
	}
	return words, quote == 0
}
