package cli

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/flood"
)

// idleLines is how many lines tell that nothing was sent.
const idleLines = 3

// barWidth is the length of the bar of progress, in columns.
const barWidth = 24

// floodView tells how far a test is: on a terminal in one line that changes,
// elsewhere by a line a second, and not at all beside JSON.
type floodView struct {
	log      *slog.Logger
	terminal io.Writer // nil where there is none
	quiet    bool
	last     flood.Snapshot
	idle     int
	shown    bool
}

func newFloodView(c *cobra.Command, format string) *floodView {
	v := &floodView{log: toolLog(c), quiet: format == "json"}
	if v.quiet {
		v.log = slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelError}))
	} else if isTerminal(c.OutOrStdout()) {
		v.terminal = c.OutOrStdout()
	}
	return v
}

// show tells what was sent since the last time.
func (v *floodView) show(now flood.Snapshot) {
	messages, megabits := now.Rates(v.last)
	if v.idle++; now.Sent > v.last.Sent {
		v.idle = 0
	}
	v.last = now
	switch {
	case v.quiet:
	case v.terminal != nil:
		v.shown = true
		fmt.Fprint(v.terminal, "\r\033[K"+v.line(now, messages, megabits))
	case v.idle <= idleLines:
		v.log.Info(fmt.Sprintf("Sent %d messages. %0.2f msg/sec %0.2f Mbit/sec", now.Sent, messages, megabits))
	}
}

// line is the line of a terminal.
func (v *floodView) line(now flood.Snapshot, messages, megabits float64) string {
	line := ""
	if now.Wanted > 0 {
		part := float64(now.Sent) / float64(now.Wanted)
		full := int(part * barWidth)
		line = color.GreenString(strings.Repeat("█", full)) + strings.Repeat("░", barWidth-full) + fmt.Sprintf(" %3.0f %%  ", 100*part)
	}
	line += fmt.Sprintf("%s sent  %s msg/s  %.1f Mbit/s", wholeNumber(float64(now.Sent)), wholeNumber(messages), megabits)
	if waiting := now.Sent - min(now.Sent, now.Delivered); waiting > 0 {
		line += color.YellowString("  %s not acknowledged", wholeNumber(float64(waiting)))
	}
	return line
}

// end tells the result.
func (v *floodView) end(r flood.Result) {
	if v.shown {
		fmt.Fprint(v.terminal, "\r\033[K")
	}
	if v.quiet || r.Sent == 0 && r.Error != "" {
		return
	}
	v.log.Info(fmt.Sprintf("Clean shutdown:  %d  messages sent;  %d  messages delivered.", r.Sent, r.Delivered))
	v.log.Info(fmt.Sprintf("%.2f seconds  %.2f msg/sec  %.2f Mbit/sec", r.Seconds, r.Rate, r.Megabits))
	if n := r.Signed + r.Oversized + r.Corrupted; n > 0 {
		v.log.Info(fmt.Sprintf("%d signed, %d oversized, %d corrupted", r.Signed, r.Oversized, r.Corrupted))
	}
	if l := r.Latency; l != nil {
		v.log.Info(fmt.Sprintf("latency in ms: mean %.2f  p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f",
			l.Mean, l.P50, l.P90, l.P99, l.P999, l.Max))
	}
}
