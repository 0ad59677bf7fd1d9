package cli_test

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/cli"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/plugins"
	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/plugin"
)

func TestEveryCommandExplainsItself(t *testing.T) {
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		if c.Example == "" {
			t.Errorf("%s has no examples", c.CommandPath())
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: the short description %q must be a sentence without a full stop", c.CommandPath(), c.Short)
		}
		for line := range strings.Lines(c.Long + "\n" + c.Example) {
			if n := len([]rune(line)); n > 82 {
				t.Errorf("%s: a line of its help has %d characters: %s", c.CommandPath(), n, line)
			}
		}
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	check(cli.Commands(plugins.All()))
}

// The example of every plugin type must be a section that the type accepts.
func TestExamplesOfPluginsAreAccepted(t *testing.T) {
	all := plugins.All()
	byType := map[string]*plugin.Plugin{}
	for i := range all {
		byType[all[i].Type] = &all[i]
	}
	for _, page := range reference.Pages(all) {
		cfg, problems := config.LoadBytes(page.Type, []byte(page.Example), config.Options{})
		for _, sec := range cfg.Sections {
			decl := byType[sec.Type()]
			if decl == nil {
				t.Errorf("example of %s: no plugin type %s", page.Type, sec.Type())
				continue
			}
			targets := []any{decl.NewConfig()}
			switch decl.Kind {
			case plugin.KindInput:
				targets = append(targets, &plugin.InputOptions{DecoderWorkers: 1})
			case plugin.KindFilter, plugin.KindOutput:
				targets = append(targets, &plugin.ConsumerOptions{})
			case plugin.KindSplitter:
				targets = append(targets, &plugin.SplitterOptions{})
			}
			problems = append(problems, config.Decode(sec, targets...)...)
		}
		if err := problems.Err(); err != nil {
			t.Errorf("example of %s, which the doc comment of its config struct may give:\n%v\n%s", page.Type, err, page.Example)
		}
		if len(cfg.Sections) == 0 {
			t.Errorf("example of %s has no section:\n%s", page.Type, page.Example)
		}
	}
}
