package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/fatih/color"

	"github.com/hekad/heka/internal/pipeline"
)

// summary prints the books of a run that has ended.
func summary(w io.Writer, b pipeline.Books) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "input\treceived\tunmatched\tdropped\t")
	for _, in := range b.Inputs {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t\n", in.Name, in.Received, in.Unmatched, counts(in.Dropped))
	}
	fmt.Fprintln(t, "filter/output\tmatched\tdelivered\tdropped\t")
	for _, c := range b.Consumers {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t\n", c.Name, c.Matched, c.Delivered, counts(c.Dropped))
	}
	t.Flush()
	if err := b.Check(); err != nil {
		fmt.Fprintf(w, "%s %v\n", color.RedString("the books do not balance:"), err)
		return
	}
	fmt.Fprintln(w, color.GreenString("the books balance"))
}

// counts lists numbers by reason: "12 (decode 10, too_long 2)".
func counts(list []pipeline.Count) string {
	var total uint64
	var parts []string
	for _, c := range list {
		total += c.N
		parts = append(parts, fmt.Sprintf("%s %d", c.Name, c.N))
	}
	if total == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", total, strings.Join(parts, ", "))
}
