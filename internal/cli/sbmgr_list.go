package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/admin"
)

func newSbmgrList() *cobra.Command {
	var a adminFlags
	var format string
	c := &cobra.Command{
		Use:   "list",
		Short: "List the sandbox filters of a running heka",
		Long: `List the filters that run scripts, with what they use: those of the
configuration and those that a manager has loaded. The admin API of the running
heka is asked.`,
		Example: `  heka sbmgr list
  heka sbmgr list --format json --config /etc/heka/conf.d`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.client(c)
			if err != nil {
				return err
			}
			var t admin.Topology
			var r admin.Report
			if err := client.Get(c.Context(), "/api/v1/topology", nil, &t); err != nil {
				return refused(err)
			}
			if err := client.Get(c.Context(), "/api/v1/report", nil, &r); err != nil {
				return refused(err)
			}
			return writeSandboxes(c.OutOrStdout(), format, sandboxes(&t, &r))
		},
	}
	a.register(c)
	formatFlag(c, &format, "text", "text", "json")
	return c
}

// loadedSandbox is a line of heka sbmgr list.
type loadedSandbox struct {
	Name     string  `json:"name"`
	Loaded   bool    `json:"loaded"` // by a manager
	State    string  `json:"state"`
	Rate     float64 `json:"rate"` // messages per second
	Failures float64 `json:"failures"`
	Memory   int64   `json:"memory"` // bytes
	// The most instructions that a call took, and the most bytes it wrote.
	MaxInstructions int64 `json:"max_instructions"`
	MaxOutput       int64 `json:"max_output"`
}

// sandboxes picks the filters that run scripts, by name.
func sandboxes(t *admin.Topology, r *admin.Report) []loadedSandbox {
	list := []loadedSandbox{}
	for _, n := range t.Nodes {
		i := slices.IndexFunc(r.Plugins, func(p admin.Plugin) bool { return p.Category == "filters" && p.Name == n.Name })
		if n.Kind != "filter" || i < 0 {
			continue
		}
		p := &r.Plugins[i]
		most, ok := number(p, "MaxInstructions")
		if !ok {
			continue // runs no script
		}
		failures, _ := number(p, "ProcessMessageFailures")
		memory, _ := number(p, "Memory")
		output, _ := number(p, "MaxOutput")
		list = append(list, loadedSandbox{Name: n.Name, Loaded: n.Added, State: n.State, Rate: n.Rates.Messages,
			Failures: failures, Memory: int64(memory), MaxInstructions: int64(most), MaxOutput: int64(output)})
	}
	slices.SortFunc(list, func(a, b loadedSandbox) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func writeSandboxes(w io.Writer, format string, list []loadedSandbox) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(list)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tFROM\tSTATE\tMSG/S\tFAILURES\tMEMORY\tINSTRUCTIONS\tOUTPUT")
	for _, s := range list {
		from := "configuration"
		if s.Loaded {
			from = "manager"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, from, s.State, wholeNumber(s.Rate), wholeNumber(s.Failures),
			byteText(s.Memory), wholeNumber(float64(s.MaxInstructions)), byteText(s.MaxOutput))
	}
	return t.Flush()
}
