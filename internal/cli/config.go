package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

func newConfig(plugins []plugin.Plugin) *cobra.Command {
	return group(&cobra.Command{
		Use:   "config",
		Short: "Check, show, compare and test configurations",
		Example: `  heka config check /etc/heka/conf.d
  heka config show heka.toml`,
	}, newConfigCheck(plugins), newConfigShow(plugins), newConfigDiff(plugins), newConfigTest(plugins),
		newConfigSchema(plugins))
}

// configPath is the argument or flag that says which configuration to read.
type configPath struct{ flag string }

func (p *configPath) register(c *cobra.Command) {
	c.Flags().StringVarP(&p.flag, "config", "c", defaultConfig, "configuration file or directory; - is standard input")
	completeFlag(c, "config", files("toml"))
	c.ValidArgsFunction = files("toml")
}

// choose returns the path to read.
func (p *configPath) choose(c *cobra.Command, args []string) (string, error) {
	if len(args) == 0 {
		return p.flag, nil
	}
	if c.Flags().Changed("config") && p.flag != args[0] {
		return "", misused("both %s and --config %s; name one configuration", args[0], p.flag)
	}
	return args[0], nil
}

// examined is a configuration with everything that was found out about it.
type examined struct {
	cfg      *config.Config
	global   config.Global
	hekad    *config.Section // with the places of what [hekad] is made of
	plugins  map[string]*plugin.Plugin
	problems config.Problems
	host     *pipeline.Host // built and not run; nil with errors
	decoded  map[*config.Section]decodedSection
}

// decodedSection is what options returns.
type decodedSection struct {
	decl        *plugin.Plugin
	own, common any
}

// byType finds plugins by their type.
func byType(plugins []plugin.Plugin) map[string]*plugin.Plugin {
	types := make(map[string]*plugin.Plugin, len(plugins))
	for i := range plugins {
		types[plugins[i].Type] = &plugins[i]
	}
	return types
}

// examine reads a configuration and finds all its problems, without side
// effects. advice adds warnings that heka run does not print.
func examine(c *cobra.Command, path string, plugins []plugin.Plugin, advice bool) (*examined, error) {
	x := &examined{plugins: byType(plugins)}
	if path == "-" {
		data, err := io.ReadAll(c.InOrStdin())
		if err != nil {
			return nil, failed(fmt.Errorf("read the configuration from standard input: %w", err))
		}
		x.cfg, x.problems = config.LoadBytes("<stdin>", data, config.Options{})
	} else {
		if _, err := os.Stat(path); err != nil {
			return nil, failed(fmt.Errorf("%w; name the configuration to read", err))
		}
		x.cfg, x.problems = config.Load(path, config.Options{})
	}
	var found config.Problems
	x.global, x.hekad, found = x.cfg.Global(nil)
	x.problems = append(x.problems, found...)
	x.problems = append(x.problems, adminProblems(&x.global, x.hekad)...)
	x.host, found = pipeline.New(x.cfg, pipeline.Options{Plugins: plugins, Global: x.global})
	x.problems = append(x.problems, found...)
	if advice {
		x.advise()
	}
	x.problems.Sort()
	return x, nil
}

// options returns what the section of a plugin sets, decoded: the plugin's own
// options and the common ones of its kind. They are not to be changed.
func (x *examined) options(sec *config.Section) (decl *plugin.Plugin, own, common any) {
	d, ok := x.decoded[sec]
	if !ok {
		d.decl, d.own, d.common = x.decode(sec)
		if x.decoded == nil {
			x.decoded = map[*config.Section]decodedSection{}
		}
		x.decoded[sec] = d
	}
	return d.decl, d.own, d.common
}

func (x *examined) decode(sec *config.Section) (decl *plugin.Plugin, own, common any) {
	decl = x.plugins[sec.Type()]
	if decl == nil {
		return nil, nil, nil
	}
	own = decl.NewConfig()
	targets := []any{own}
	switch decl.Kind {
	case plugin.KindInput:
		o := decl.Input
		common = &o
	case plugin.KindFilter, plugin.KindOutput:
		o := decl.Consumer
		if sec.Sets("buffering") {
			o.Buffering = plugin.DefaultBuffering() // as the pipeline has it
		}
		common = &o
	case plugin.KindSplitter:
		o := decl.Splitter
		common = &o
	}
	if common != nil {
		targets = append(targets, common)
	}
	config.Decode(sec, targets...) // its problems are known from the pipeline
	return decl, own, common
}

// count is how many plugins of a kind the configuration has.
func (x *examined) count(k plugin.Kind) int {
	n := 0
	for _, sec := range x.cfg.Sections {
		if kind, ok := plugin.KindOf(sec.Type()); ok && kind == k {
			n++
		}
	}
	return n
}
