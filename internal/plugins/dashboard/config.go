package dashboard

import (
	_ "embed" // for configSource
	"errors"
	"net"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// OutputConfig is the configuration of DashboardOutput, which shows heka in the
// browser: throughput, the graph of plugins and what holds it up, queues, graphs and
// texts that sandbox filters inject, live messages, the log.
//
// The files behind the pages lie below /data/, for scripts: heka_report.json,
// sandboxes.json, FILTER.NAME.TYPE for what a filter injected last under a name and
// type, and heka_sandbox_termination.tsv. heka's admin API is there below /api/v1/,
// with /healthz, /readyz and /metrics. ticker_interval is the time between reports,
// unless report_interval of [hekad] says otherwise; the pages are up to date each
// second anyway. Messages that came from outside are never taken for heka's own; they
// are counted.
//
// A graph without anything around it, for a frame in another page, is at
// /#sandboxes/FILTER/outputs/FILE/embed; ?theme=dark, ?series=A,B and ?range=SECONDS
// choose how it looks. /#wall shows the overview, the topology and the boards of the
// browser in turn on a screen that hangs on a wall; ?show=overview&show=board:NAME
// and ?every=SECONDS choose. Pages of other hosts may show a graph if headers say so:
//
//	[DashboardOutput]
//	address = "127.0.0.1:4352"
//	ticker_interval = 15
//
//	  [DashboardOutput.headers]
//	  Content-Security-Policy = ["default-src 'self'; frame-ancestors https://wiki.example.net"]
type OutputConfig struct {
	// Where to listen: host:port, or :port for all interfaces. Without a password
	// or token those who come from other machines see reports and graphs, but no
	// messages and no configuration.
	Address string `toml:"address"`
	// Directory for the files that are shown, relative to base_dir. Those of an
	// earlier run are removed at start, but for the list of ended plugins.
	WorkingDirectory string `toml:"working_directory"`
	// Directory with pages to serve in place of those in the program, relative to
	// share_dir. Empty: those in the program.
	StaticDirectory string `toml:"static_directory"`
	// Headers to add to every answer: lists of values. They win over heka's own.
	Headers map[string][]string `toml:"headers"`
	// Name that browsers ask for. With a password or a token nobody gets in
	// without.
	Username string `toml:"username"`
	// Password that browsers ask for.
	Password string `toml:"password" secret:"true"`
	// Word that programs send as a bearer token; it also does as a password under
	// any name.
	Token string `toml:"token" secret:"true"`
	// Talk TLS. The tls section must then name a certificate and its key.
	UseTLS bool `toml:"use_tls"`
	// How to talk TLS.
	TLS netconf.TLSOptions `toml:"tls"`
	// Show messages as they pass to those who ask with a matcher. Messages may hold
	// secrets.
	LiveTail bool `toml:"live_tail"`
	// Let those who know the password or token load and unload sandbox filters, as
	// far as a SandboxManagerFilter allows.
	Control bool `toml:"control"`
}

// Check finds mistakes that span options.
func (c *OutputConfig) Check() error {
	var errs []error
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		errs = append(errs, plugin.BadOption("address", "address is %q; it must be host:port", c.Address))
	}
	if c.Username != "" && c.Password == "" {
		errs = append(errs, plugin.BadOption("password", "username needs a password"))
	}
	if c.Control && c.Password == "" && c.Token == "" {
		errs = append(errs, plugin.BadOption("control", "control needs a password or a token"))
	}
	if c.UseTLS {
		errs = append(errs, c.TLS.CheckServer(plugin.BadOption))
	}
	return errors.Join(errs...)
}

// reportSeconds is the default time between reports, as in Heka 0.10.
const reportSeconds = 5

// Plugins declares DashboardOutput.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewOutput("DashboardOutput", OutputConfig{Address: ":4352", WorkingDirectory: "dashboard"}, newOutput,
			plugin.Docs(configSource), plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) {
				o.TickerInterval = reportSeconds
				o.MessageMatcher = "Type == 'heka.all-report' || Type == 'heka.sandbox-terminated' || Type == 'heka.terminated' || Type == 'heka.sandbox-output'"
			})),
	}
}
