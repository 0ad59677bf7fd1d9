package cli

import (
	"encoding/json"
	"fmt"
	"io"
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
configuration and those that a manager has loaded, also if they were terminated.
The admin API of the running heka is asked. The JSON form has also what they may
use, and what they have published.`,
		Example: `  heka sbmgr list
  heka sbmgr list --format json --config /etc/heka/conf.d`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.client(c)
			if err != nil {
				return err
			}
			var all admin.Sandboxes
			if err := client.Get(c.Context(), "/api/v1/sandboxes", nil, &all); err != nil {
				return refused(err)
			}
			return writeSandboxes(c.OutOrStdout(), format, all.Filters)
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
	Manager  string  `json:"manager,omitempty"`
	State    string  `json:"state"`
	Rate     float64 `json:"rate"` // messages per second
	Failures float64 `json:"failures"`
	// Memory, and what it may have, in bytes.
	Memory      int64 `json:"memory"`
	MemoryLimit int64 `json:"memory_limit"`
	// The most instructions that a call took, and the most bytes it wrote, with what
	// there may be of each.
	MaxInstructions  int64                 `json:"max_instructions"`
	InstructionLimit int64                 `json:"instruction_limit"`
	MaxOutput        int64                 `json:"max_output"`
	OutputLimit      int64                 `json:"output_limit"`
	Outputs          []admin.SandboxOutput `json:"outputs"`
}

func writeSandboxes(w io.Writer, format string, filters []admin.SandboxFilter) error {
	if format == "json" {
		list := []loadedSandbox{}
		for _, f := range filters {
			list = append(list, loadedSandbox{Name: f.Name, Loaded: f.Manager != "", Manager: f.Manager, State: f.State,
				Rate: f.Rates.Messages, Failures: float64(f.Failures), Memory: f.Memory, MemoryLimit: f.MemoryLimit,
				MaxInstructions: f.MaxInstructions, InstructionLimit: f.InstructionLimit,
				MaxOutput: f.MaxOutput, OutputLimit: f.OutputLimit, Outputs: f.Outputs})
		}
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(list)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tFROM\tSTATE\tMSG/S\tFAILURES\tMEMORY\tINSTRUCTIONS\tOUTPUT")
	for _, f := range filters {
		from := "configuration"
		if f.Manager != "" {
			from = "manager"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, from, f.State, wholeNumber(f.Rates.Messages), wholeNumber(float64(f.Failures)),
			byteText(f.Memory), wholeNumber(float64(f.MaxInstructions)), byteText(f.MaxOutput))
	}
	return t.Flush()
}
