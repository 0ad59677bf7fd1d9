package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/spf13/pflag"
)

// global resolves [hekad] from text and flags.
func global(t *testing.T, text string, args ...string) (config.Global, *config.Section, config.Problems) {
	t.Helper()
	cfg, problems := config.LoadBytes("hekad.toml", []byte(text), config.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	flags := pflag.NewFlagSet("heka", pflag.ContinueOnError)
	flags.String("base-dir", "/flag/default", "")
	flags.Int("maxprocs", 9, "")
	flags.String("log_level", "", "")
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return cfg.Global(flags)
}

func TestGlobalDefaults(t *testing.T) {
	g, _, problems := global(t, "")
	if len(problems) > 0 || g != config.DefaultGlobal() {
		t.Error(problems, g)
	}
	checkGolden(t, "testdata/hekad.toml", config.Effective(config.NewSection("hekad"), &g).TOML(false))
}

func TestGlobalPrecedence(t *testing.T) {
	t.Setenv("HEKA_POOLSIZE", "7")
	t.Setenv("HEKA_MAXPROCS", "3")
	t.Setenv("HEKA_MAX_PACK_IDLE", "5m")
	t.Setenv("HEKA_HOSTNAME", "123")
	t.Setenv("HEKA_PID_FILE", "")
	g, sec, problems := global(t, `[hekad]
Maxprocs = 2
poolsize = 50
base_dir = "/file"
share_dir = "/share"
pid_file = "/run/heka.pid"
max_message_loops = 0
max_message_size = 0
report_interval = "0s"
`, "--maxprocs=4", "--base-dir", "/flag")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := config.DefaultGlobal()
	want.MaxProcs, want.PoolSize, want.BaseDir, want.ShareDir = 4, 7, "/flag", "/share"
	want.MaxPackIdle, want.Hostname, want.MaxMessageLoops = 5*time.Minute, "123", 1
	want.ReportInterval = config.ReportInterval{Set: true}
	if g != want {
		t.Errorf("got  %+v\nwant %+v", g, want)
	}
	listing := config.Effective(sec, &g).TOML(true)
	lined := "\n" + strings.Join(strings.Fields(listing), " ") + " "
	for _, line := range []string{
		`maxprocs = 4 # --maxprocs`, `poolsize = 7 # HEKA_POOLSIZE`, `share_dir = "/share" # hekad.toml:5`,
		`pid_file = "" # HEKA_PID_FILE`, `log_format = "text" # default`,
	} {
		if !strings.Contains(lined, " "+line+" ") {
			t.Errorf("no line %q in\n%s", line, listing)
		}
	}
}

func TestGlobalProblemsNameTheSource(t *testing.T) {
	t.Setenv("HEKA_POOLSIZE", "many")
	t.Setenv("HEKA_SHUTDOWN_TIMEOUT", "10")
	_, _, problems := global(t, `[hekad]
max_message_size = 1024
sample_denominator = 0
pool_size = 1
max_pack_idle = "x"
report_interval = "often"
log_format = "xml"
`, "--maxprocs=-1", "--log_level=loud")
	want := `--log_level: [hekad] log_level is "loud"; it must be debug, info, warn or error
--maxprocs: [hekad] maxprocs is -1; it must be 0 or more
HEKA_POOLSIZE: [hekad] poolsize is "many", a string; it must be an integer
HEKA_SHUTDOWN_TIMEOUT: [hekad] shutdown_timeout is "10"; it must be a duration such as "250ms" or "1h30m"; did you mean "10s"?
hekad.toml:2:20: [hekad] max_message_size is 1024; it must be greater than 1024, or 0 for 65536
hekad.toml:3:22: [hekad] sample_denominator is 0; it must be 1 or more
hekad.toml:4:1: [hekad] unknown option "pool_size"; did you mean "poolsize"?
hekad.toml:5:17: [hekad] max_pack_idle is "x"; it must be a duration such as "250ms" or "1h30m"
hekad.toml:6:19: [hekad] report_interval is "often": it must be a duration such as "250ms" or "1h30m", or empty
hekad.toml:7:14: [hekad] log_format is "xml"; it must be text or json
`
	if lines(problems) != want {
		t.Errorf("got\n%s", lines(problems))
	}
}

func TestGlobalWithoutFlags(t *testing.T) {
	cfg, _ := config.LoadBytes("hekad.toml", nil, config.Options{})
	if _, _, problems := cfg.Global(nil); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestGlobalHost(t *testing.T) {
	g := config.Global{Hostname: "web1"}
	if host, err := g.Host(); host != "web1" || err != nil {
		t.Error(host, err)
	}
	g.Hostname = ""
	if host, err := g.Host(); host == "" && err == nil {
		t.Error("no host name and no error")
	}
}

func TestEmptyVariableForANumberIsAProblem(t *testing.T) {
	t.Setenv("HEKA_POOLSIZE", "")
	cfg, _ := config.LoadBytes("heka.toml", nil, config.Options{})
	_, _, problems := cfg.Global(nil)
	if len(problems) != 1 || !strings.HasPrefix(problems[0].String(), "HEKA_POOLSIZE: ") {
		t.Errorf("problems: %v", problems)
	}
}

func TestGlobalLooksWhereTheFilesDo(t *testing.T) {
	t.Setenv("HEKA_POOLSIZE", "7")
	for _, c := range []struct {
		options config.Options
		want    int
	}{
		{config.Options{}, 7},
		{config.Options{LookupEnv: func(name string) (string, bool) { return "9", name == "HEKA_POOLSIZE" }}, 9},
		{config.Options{LookupEnv: func(string) (string, bool) { return "", false }}, 100},
		{config.Options{LiteralEnv: true}, 100},
	} {
		cfg, _ := config.LoadBytes("heka.toml", nil, c.options)
		if g, _, problems := cfg.Global(nil); g.PoolSize != c.want || len(problems) > 0 {
			t.Errorf("%+v: poolsize %d, %v", c.options, g.PoolSize, problems)
		}
	}
}
