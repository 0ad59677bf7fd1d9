package cli

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/hekad/heka/internal/sandbox"
)

// scriptFunction is a function of scripts that heka calls.
type scriptFunction uint8

const (
	processMessage scriptFunction = iota
	timerEvent
	scriptFunctions // how many there are
)

func (f scriptFunction) String() string {
	return [...]string{"process_message", "timer_event"}[f]
}

// scriptCosts is what the calls of a script have cost.
type scriptCosts struct {
	functions [scriptFunctions]functionCosts
	last      sandbox.Usage
	emitted   int // messages or outputs
}

type functionCosts struct {
	calls, failed               int
	instructions, instructions1 int64 // sum and most
	took, longest               time.Duration
}

// add counts a call.
func (c *scriptCosts) add(function scriptFunction, took time.Duration, usage sandbox.Usage, failed bool) {
	f := &c.functions[function]
	f.calls++
	if failed {
		f.failed++
	}
	f.instructions += usage.Instructions
	f.instructions1 = max(f.instructions1, usage.Instructions)
	f.took += took
	f.longest = max(f.longest, took)
	c.last = usage
}

// table writes what the calls have cost, and how much of the limits that is.
func (c *scriptCosts) table(w io.Writer, typ string, limits sandbox.Limits) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s\tcalls\tfailed\tinstructions\tat most\tof limit\ttime\tat most\n", typ)
	for i := range scriptFunctions {
		f := &c.functions[i]
		if f.calls == 0 {
			continue
		}
		n := int64(f.calls)
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", i, f.calls, f.failed, f.instructions/n, f.instructions1,
			share100(f.instructions1, limits.Instructions), timeText(f.took/time.Duration(n)), timeText(f.longest))
	}
	_ = t.Flush() // standard error
	fmt.Fprintf(w, "%s, memory at most %s (%s of limit), output at most %s (%s)\n", counted(c.emitted, "message")+" out",
		byteText(c.last.MaxMemory), share100(c.last.MaxMemory, limits.Memory),
		byteText(c.last.MaxOutput), share100(c.last.MaxOutput, limits.Output))
}

// share100 is a part of a limit in percent, and - where there is none.
func share100(n int64, limit uint) string {
	if limit == 0 {
		return "-"
	}
	percent := 100 * float64(n) / float64(limit)
	if percent >= 10 {
		return fmt.Sprintf("%.0f%%", percent)
	}
	return fmt.Sprintf("%.2g%%", percent)
}

// timeText is a duration with about three digits.
func timeText(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

// byteText is a number of bytes with its unit.
func byteText(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d B", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
