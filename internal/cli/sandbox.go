package cli

import (
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/plugin"
)

func newSandbox(plugins []plugin.Plugin) *cobra.Command {
	return group(&cobra.Command{
		Use:     "sandbox",
		Short:   "Try Lua scripts",
		Example: `  heka sandbox test lua_decoders/linux_loadavg.lua --input /proc/loadavg`,
	}, newSandboxTest(plugins))
}

// scriptTest is what heka sandbox test is asked for.
type scriptTest struct {
	section             string // FILE:NAME
	kind, form, format  string
	input, match        string
	values              []string // key=value
	shareDir, modules   string
	preserve            string
	limits              sandbox.Limits
	interval            string
	ticks               uint
	perMessage, perTick uint
	profile, quiet      bool
	flags               messageFlags
}

// Forms of what heka sandbox test reads.
var inputForms = []string{"auto", "lines", "whole", "json", "heka"}

func newSandboxTest(plugins []plugin.Plugin) *cobra.Command {
	t := scriptTest{limits: sandbox.DefaultLimits()}
	c := &cobra.Command{
		Use:   "test [flags] SCRIPT",
		Short: "Run a script over messages and show what it makes of them",
		Long: `Run a script of any kind over messages, with the limits and semantics that it has
in a running heka, and print the messages that it passes on or injects, or the
bytes that it encodes. A table on standard error tells what the calls have cost.

SCRIPT is a file, or the name of one that is built into heka, such as
lua_decoders/rsyslog.lua. What it is used for is guessed from its path and its
functions, unless --kind tells. With --section FILE:NAME the script and all its
options are those of a section of a configuration.

Messages come from --input (- is standard input, the default), as
  lines   one message a line, the line is the payload
  whole   one message, all of the file is the payload
  json    one JSON object a line, as heka cat --format json prints them
  heka    framed messages, as outputs write them
  auto    heka if it begins like that, else lines
or are described by flags, which also set the headers and fields of lines.

Filters and outputs have timer_event called in the time of the messages: whenever
their timestamps have passed another --ticker-interval, and --ticks times behind
the last one. Messages that a filter injects carry that time.

The exit code is 0 when the script took every message, 1 when it refused one or
failed, 2 for wrong usage.`,
		Example: `  heka sandbox test lua_decoders/linux_loadavg.lua --input /proc/loadavg
  heka sandbox test --section heka.toml:nginx --input access.log --format json
  heka sandbox test --ticker-interval 1m --input m.hpb my_filter.lua
  heka sandbox test --profile --payload 'a line' my_decoder.lua`,
		Args:              atMostOne("SCRIPT"),
		ValidArgsFunction: completeScript,
		RunE:              func(c *cobra.Command, args []string) error { return t.run(c, args, plugins) },
	}
	f := c.Flags()
	f.StringVar(&t.section, "section", "", "run the script of a section, as FILE:NAME")
	f.StringVar(&t.kind, "kind", "", "what the script is: "+oneOf(scriptKinds))
	f.StringArrayVar(&t.values, "config", nil, "a value for read_config, as key=value; may be repeated")
	f.StringVarP(&t.input, "input", "i", "-", "file with messages; - is standard input")
	f.StringVar(&t.form, "from", "auto", "form of the input: "+oneOf(inputForms))
	f.StringVar(&t.format, "format", "txt", "form of the output: "+oneOf(catFormats))
	f.StringVar(&t.match, "match", "", "give the script only messages that match this expression")
	f.StringVar(&t.interval, "ticker-interval", "", "time between two timer events, in seconds or as 1m30s")
	f.UintVar(&t.ticks, "ticks", 1, "timer events behind the last message; calls of an input")
	f.StringVar(&t.preserve, "preserve", "", "restore the script's data from this base_dir, and keep it there")
	f.StringVar(&t.shareDir, "share-dir", "", "share_dir, where scripts and modules lie")
	f.StringVar(&t.modules, "module-directory", "", "directories of modules, separated by semicolons")
	f.UintVar(&t.limits.Memory, "memory-limit", t.limits.Memory, "bytes that the script may hold; 0 is any number")
	f.UintVar(&t.limits.Instructions, "instruction-limit", t.limits.Instructions, "instructions of one call; 0 is any number")
	f.UintVar(&t.limits.Output, "output-limit", t.limits.Output, "bytes of one output; 0 is any number")
	f.UintVar(&t.perMessage, "max-process-inject", 0, "messages that a filter may inject for a message (default as in heka)")
	f.UintVar(&t.perTick, "max-timer-inject", 0, "messages that a filter may inject in a timer event (default as in heka)")
	f.BoolVar(&t.profile, "profile", false, "also tell what each call has cost")
	f.BoolVarP(&t.quiet, "quiet", "q", false, "leave out the table")
	t.flags.register(f)
	completeFlag(c, "section", completeSection)
	completeWords(c, "kind", scriptKinds)
	completeWords(c, "from", inputForms)
	completeWords(c, "format", catFormats)
	return c
}
