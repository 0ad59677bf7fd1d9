package cli

import (
	"context"
	"errors"
	"fmt"
	stdlog "log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// defaultConfig is where run and config check look without --config.
const defaultConfig = "/etc/hekad.toml"

func newRun(plugins []plugin.Plugin) *cobra.Command {
	var path string
	var once bool
	c := &cobra.Command{
		Use:   "run",
		Short: "Run the pipeline of a configuration",
		Long: `Run the pipeline that a configuration file, or all *.toml files of a directory,
describe.

INT and TERM stop in order: inputs first, then what is under way is delivered,
for as long as shutdown_timeout allows; a second one stops at once. HUP opens
log files anew and reads the configuration again: inputs, filters and outputs
whose sections, decoders, splitters, encoders or scripts have changed are
restarted, others come or go, without loss; changes of [hekad] wait for the next
start. With problems nothing changes. heka config diff says beforehand what will
happen. USR1 prints a report of all plugins.

Every option of the section [hekad] can also be set by the environment, as
HEKA_BASE_DIR, HEKA_MAXPROCS and so on, and by the flags below.`,
		Example: `  heka run --config /etc/heka/conf.d
  heka run --once --config nginx.toml    # to the end of the logs there are now
  HEKA_BASE_DIR=/tmp/heka heka run --config heka.toml`,
		Args: cobra.ArbitraryArgs, // Heka 0.10 ignored further arguments
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				fmt.Fprintln(c.ErrOrStderr(), color.YellowString("warning: %q has no effect; name the configuration by --config", args[0]))
			}
			return run(c, path, once, plugins)
		},
	}
	f := c.Flags()
	f.StringVarP(&path, "config", "c", defaultConfig, "configuration file or directory")
	completeFlag(c, "config", files("toml"))
	f.BoolVar(&once, "once", false, "stop when all inputs have reached their end and everything is delivered")
	f.String("base-dir", "", "directory for state")
	f.String("share-dir", "", "directory of read-only resources")
	f.String("hostname", "", "host name in heka's own messages")
	choiceFlag(c, "log-level", "least level of the lines in the log", new(string), "", "debug", "info", "warn", "error")
	choiceFlag(c, "log-format", "form of the log", new(string), "", "text", "json")
	f.String("pid-file", "", "file to write the process id to")
	f.String("cpuprof", "", "write a CPU profile to this file")
	f.String("memprof", "", "write a heap profile to this file at exit")
	f.Uint("maxprocs", 0, "number of CPUs to use")
	return c
}

func run(c *cobra.Command, path string, once bool, plugins []plugin.Plugin) (err error) {
	signals := catchSignals()
	cfg, problems := config.Load(path, config.Options{})
	global, hekad, found := cfg.Global(c.Flags())
	problems = append(problems, found...)
	problems = append(problems, adminProblems(&global, hekad)...)
	stdlog.SetFlags(global.LogFlags) // of what LogOutput prints
	lines := new(admin.Log)
	log := pipeline.NewLogger(logOptions(c, &global, once, lines))
	inForce := &effective{global: global, hekad: hekad, plugins: byType(plugins)}
	inForce.set(cfg)
	api := newAdmin(inForce, path, lines, log)
	var host *pipeline.Host
	if !problems.HasErrors() {
		host, found = pipeline.New(cfg, pipeline.Options{Plugins: plugins, Global: global, Log: log, Once: once, Admin: api})
		problems = append(problems, found...)
	}
	if printProblems(c, problems); problems.HasErrors() {
		return failed(fmt.Errorf("Error reading config:  %d errors loading plugins", len(problems.Errors())))
	}
	if global.MaxProcs > 0 {
		runtime.GOMAXPROCS(global.MaxProcs)
	}
	if err := os.MkdirAll(global.BaseDir, 0o755); err != nil {
		return failed(fmt.Errorf("Error creating 'base_dir' %s: %w", global.BaseDir, err))
	}
	pid, err := claimPIDFile(global.PIDFile)
	if err != nil {
		return failed(err)
	}
	defer pid.remove(log)
	stop, err := profile(&global)
	if err != nil {
		return failed(err)
	}
	defer func() { err = errors.Join(err, stop()) }()

	stopAdmin, err := serveAdmin(api, host, &global, log)
	if err != nil {
		return err
	}
	defer stopAdmin()
	defer keepHouse()()
	signals.watch(host, log, func() { reload(c, path, host, api, inForce, log) })
	defer signals.stop()
	log.Info("Starting hekad...")
	code, err := host.Run(context.Background())
	if err != nil {
		return failed(err)
	}
	if once {
		books := host.Books()
		summary(c.ErrOrStderr(), books)
		if books.Check() != nil {
			code = max(code, exitNo)
		}
	}
	return said(code)
}

// reload reads the configuration again and lets a running host take over what has
// changed, which is in force then. With problems nothing changes.
func reload(c *cobra.Command, path string, host *pipeline.Host, api *admin.Server, inForce *effective, log *slog.Logger) {
	cfg, problems := config.Load(path, config.Options{})
	global, hekad, found := cfg.Global(c.Flags())
	problems = append(append(problems, found...), adminProblems(&global, hekad)...)
	var done pipeline.Reloaded
	if !problems.HasErrors() {
		done, found = host.Reload(cfg, global)
		problems = append(problems, found...)
	}
	for _, p := range problems {
		log.Error(p.Detail())
	}
	if problems.HasErrors() {
		log.Error("Reload: the configuration has problems, nothing has changed")
		return
	}
	inForce.set(cfg)
	api.Reloaded()
	log.Info(done.String())
}

// logOptions makes the log's options from [hekad]. A run to the end of its data
// is a command among others: it says only what is wrong, and the summary.
func logOptions(c *cobra.Command, g *config.Global, quiet bool, also *admin.Log) pipeline.LogOptions {
	var level slog.Level
	if err := level.UnmarshalText([]byte(g.LogLevel)); err != nil {
		level = slog.LevelInfo // config has complained already
	}
	return pipeline.LogOptions{Info: c.OutOrStdout(), Error: c.ErrOrStderr(), Flags: g.LogFlags,
		JSON: g.LogFormat == "json", Level: level, Quiet: quiet, Also: also.Add}
}

// printProblems writes the problems of a configuration to standard error.
func printProblems(c *cobra.Command, problems config.Problems) {
	for _, p := range problems {
		paint := color.New(color.FgRed)
		if p.Severity == config.Warning {
			paint = color.New(color.FgYellow)
		}
		paint.Fprintln(c.ErrOrStderr(), p.Detail())
	}
}

// profile starts what [hekad] asks for and returns how to finish it.
func profile(g *config.Global) (stop func() error, err error) {
	var cpu *os.File
	if g.CPUProf != "" {
		if cpu, err = os.Create(g.CPUProf); err != nil {
			return nil, fmt.Errorf("CPU profile: %w", err)
		}
		if err := pprof.StartCPUProfile(cpu); err != nil {
			return nil, fmt.Errorf("CPU profile: %w", err)
		}
	}
	return func() error {
		var problems []error
		if cpu != nil {
			pprof.StopCPUProfile()
			problems = append(problems, cpu.Close())
		}
		if g.MemProf != "" {
			problems = append(problems, writeHeap(g.MemProf))
		}
		return errors.Join(problems...)
	}, nil
}

func writeHeap(path string) error {
	f, err := os.Create(filepath.Clean(path))
	if err != nil {
		return fmt.Errorf("heap profile: %w", err)
	}
	runtime.GC() // the profile shows what was live at the last collection
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}
