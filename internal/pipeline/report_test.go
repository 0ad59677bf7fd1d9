package pipeline_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// reporter notes when reports came.
type reporter struct{ at []time.Time }

func (r *reporter) Send(context.Context, *plugin.Pack) error {
	r.at = append(r.at, time.Now())
	return nil
}

// TestReportsComeAsOftenAsTheirConsumersTick runs for a minute of a clock that waits
// for nobody.
func TestReportsComeAsOftenAsTheirConsumersTick(t *testing.T) {
	const wants = "[%]\ntype = \"ReportOutput\"\nmessage_matcher = \"Type == 'heka.all-report'\"\n"
	out := func(name, more string) string { return strings.Replace(wants, "%", name, 1) + more + "\n" }
	for name, c := range map[string]struct {
		toml string
		want time.Duration // 0 is never
	}{
		"five seconds without a word": {out("a", ""), 5 * time.Second},
		"as often as it ticks":        {out("a", "ticker_interval = 2"), 2 * time.Second},
		"less often":                  {out("a", "ticker_interval = 20"), 20 * time.Second},
		"the shortest counts":         {out("a", "ticker_interval = 20") + out("b", "ticker_interval = 3") + out("c", ""), 3 * time.Second},
		"report_interval wins":        {"[hekad]\nreport_interval = \"7s\"\n" + out("a", "ticker_interval = 2"), 7 * time.Second},
		"report_interval is off":      {"[hekad]\nreport_interval = \"0s\"\n" + out("a", "ticker_interval = 2"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var all []*reporter
				types := []plugin.Plugin{plugin.NewOutput("ReportOutput", struct{}{}, func(*struct{}, *plugin.Env) (plugin.Output, error) {
					r := new(reporter)
					all = append(all, r)
					return r, nil
				})}
				cfg, problems := config.LoadBytes("test.toml", []byte(c.toml), config.Options{})
				global, _, found := cfg.Global(nil)
				problems = append(problems, found...)
				global.BaseDir = t.TempDir()
				host, found := pipeline.New(cfg, pipeline.Options{Plugins: types, Global: global})
				if problems = append(problems, found...); problems.HasErrors() {
					t.Fatal(problems)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute+time.Millisecond)
				defer cancel()
				if _, err := host.Run(ctx); err != nil {
					t.Fatal(err)
				}
				want := 0
				if c.want > 0 {
					want = int(time.Minute / c.want)
				}
				if n := len(all[0].at); n != want {
					t.Errorf("%d reports in a minute, want %d", n, want)
				}
			})
		})
	}
}
