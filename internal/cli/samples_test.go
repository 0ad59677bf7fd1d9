package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/cli"
	"github.com/hekad/heka/internal/plugins"
)

// sample is a command line, or a configuration, that a text shows.
type sample struct{ where, text string }

// samples are what all texts show: helps, README.md, the guides in docs and the
// manual pages. What several of them show is there once.
type samples struct {
	lines, configs []sample
	blocks         []sample // neither command lines nor configurations
	seen           map[string]bool
}

func (s *samples) line(where, text string) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "$ ")
	if text == "" || strings.HasPrefix(text, "#") || s.seen[text] {
		return
	}
	s.seen[text] = true
	s.lines = append(s.lines, sample{where, text})
}

// commands takes a text all of whose lines are commands.
func (s *samples) commands(where, text string) {
	for line := range strings.Lines(unbroken(text)) {
		s.line(where, line)
	}
}

func (s *samples) config(where, text string) {
	if !s.seen[text] {
		s.seen[text] = true
		s.configs = append(s.configs, sample{where, text})
	}
}

// unbroken joins the lines that a backslash breaks.
func unbroken(text string) string {
	parts := strings.Split(text, "\\\n")
	for i := range parts[1:] {
		parts[i+1] = strings.TrimLeft(parts[i+1], " ")
	}
	return strings.Join(parts, "")
}

// help takes what a command and those below it show.
func (s *samples) help(c *cobra.Command) {
	s.commands("help of "+c.CommandPath(), c.Example)
	for _, sub := range c.Commands() {
		s.help(sub)
	}
}

// markdown takes the fenced blocks of a page, and the commands in its tables.
func (s *samples) markdown(path, page string) {
	parts := strings.Split("\n"+page, "\n```")
	for i, block := range parts {
		language, body, _ := strings.Cut(block, "\n")
		switch {
		case i%2 == 0:
			for line := range strings.Lines(block) {
				if strings.HasPrefix(line, "|") {
					s.inTable(path, line)
				}
			}
		case language == "sh":
			s.commands(path, body)
		case language == "toml":
			s.config(path, body)
		default:
			s.blocks = append(s.blocks, sample{path, body})
		}
	}
}

// inTable takes the commands between backquotes in a row of a table.
func (s *samples) inTable(path, row string) {
	for i, code := range strings.Split(row, "`") {
		if i%2 == 1 && (strings.HasPrefix(code, "go ") || strings.HasPrefix(code, "make ") || strings.HasPrefix(code, "heka ")) {
			s.line(path, strings.ReplaceAll(code, `\|`, "|"))
		}
	}
}

// roff are the characters that manual pages write otherwise.
var roff = strings.NewReplacer(`\-`, "-", `\(aq`, "'", `\(dq`, `"`, `\(ti`, "~", `\(ha`, "^", `\(ga`, "`", `\&`, "", `\e`, `\`)

// call is a line that calls heka, also behind a pipe or a variable.
var call = regexp.MustCompile(`(^|\| |^[A-Z_]+=\S+ )heka [a-z]`)

// manual takes the blocks of a manual page in which lines are left alone. Pages of
// commands also show configurations of these, which the place is made of, and
// heka.toml(5) has behind its first one the examples of all plugins, which
// TestExamplesOfPluginsAreAccepted reads.
func (s *samples) manual(path, page string) {
	for i, part := range strings.Split(page, "\n.nf\n")[1:] {
		block, _, _ := strings.Cut(part, "\n.fi\n")
		block = roff.Replace(block)
		switch {
		case strings.HasPrefix(block, "["):
			if strings.HasSuffix(path, ".7") || path == "heka.toml.5" && i == 0 {
				s.config(path, block)
			}
		case !strings.Contains(block, "heka "):
			s.blocks = append(s.blocks, sample{path, block})
		default:
			s.calls(path, block)
		}
	}
}

// calls takes the lines of a block that call heka; a block that has none is none of
// command lines.
func (s *samples) calls(path, block string) {
	found := false
	for line := range strings.Lines(unbroken(block)) {
		if call.MatchString(line) {
			s.line(path, line)
			found = true
		}
	}
	if !found {
		s.blocks = append(s.blocks, sample{path, block})
	}
}

// allSamples reads all texts.
func allSamples(t *testing.T) *samples {
	t.Helper()
	s := &samples{seen: map[string]bool{}}
	s.help(cli.Commands(plugins.All()))
	for _, page := range []struct {
		pattern string
		take    func(path, page string)
	}{{"README.md", s.markdown}, {"docs/*.md", s.markdown}, {"man/*.[1-8]", s.manual}} {
		paths, err := filepath.Glob(filepath.Join("..", "..", page.pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", page.pattern, len(paths), err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			page.take(filepath.Base(path), string(text))
		}
	}
	return s
}
