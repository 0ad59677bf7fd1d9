package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/admin"
)

func newGraph() *cobra.Command {
	var a adminFlags
	var format string
	c := &cobra.Command{
		Use:   "graph",
		Short: "Show what feeds what in a running heka",
		Long: `Show the inputs, filters and outputs of a running heka and what has gone from
which to which, with what holds others up. An edge is shown once a message went
over it.

Formats: text for people, mermaid and dot for pictures, json for programs.`,
		Example: `  heka graph
  heka graph --format dot | dot -Tsvg > heka.svg
  heka graph --format mermaid >> notes.md`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.client(c)
			if err != nil {
				return err
			}
			var t admin.Topology
			if err := client.Get(c.Context(), "/api/v1/topology", nil, &t); err != nil {
				return refused(err)
			}
			return graphFormats[format](c.OutOrStdout(), &t)
		},
	}
	a.register(c)
	formatFlag(c, &format, "text", "text", "mermaid", "dot", "json")
	return c
}

var graphFormats = map[string]func(io.Writer, *admin.Topology) error{
	"text": writeTree, "mermaid": writeMermaid, "dot": writeDot,
	"json": func(w io.Writer, t *admin.Topology) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(t)
	},
}

// healthColour is the colour of a level of health.
func healthColour(level string) *color.Color {
	switch level {
	case "critical":
		return color.New(color.FgRed)
	case "warning":
		return color.New(color.FgYellow)
	}
	return color.New(color.FgGreen)
}

// writeTree writes each source with what it feeds.
func writeTree(w io.Writer, t *admin.Topology) error {
	var b strings.Builder
	nodes := make(map[string]*admin.Node, len(t.Nodes))
	for i := range t.Nodes {
		nodes[t.Nodes[i].Name] = &t.Nodes[i]
	}
	for _, n := range t.Nodes {
		through := slices.DeleteFunc([]string{n.Splitter, n.Decoder, n.Encoder}, func(s string) bool { return s == "" })
		fmt.Fprintf(&b, "%s %s", color.New(color.Bold).Sprint(n.Name), color.New(color.Faint).Sprint(strings.Join(append([]string{n.Kind}, through...), ", ")))
		if n.Health.Level != "ok" {
			fmt.Fprintf(&b, "  %s", healthColour(n.Health.Level).Sprint(n.Health.Level+": "+n.Health.Why))
		}
		b.WriteByte('\n')
		edges := slices.DeleteFunc(slices.Clone(t.Edges), func(e admin.Edge) bool { return e.From != n.Name })
		for i, e := range edges {
			branch := "├─▶"
			if i == len(edges)-1 {
				branch = "└─▶"
			}
			fmt.Fprintf(&b, "  %s %s  %s messages", branch, e.To, wholeNumber(float64(e.Messages)))
			if to := nodes[e.To]; to != nil && to.Bound > 0 && to.Waiting > 0 {
				fmt.Fprintf(&b, ", %d of %d in the queue", to.Waiting, to.Bound)
			}
			if e.Waiting > 0 {
				b.WriteString(color.RedString(", waits for room"))
			}
			b.WriteByte('\n')
		}
	}
	for _, c := range t.Causes {
		fmt.Fprintln(&b, color.RedString("%s", causeText(c)))
	}
	for _, c := range t.Cycles {
		fmt.Fprintf(&b, "loop: %s ─▶ %s\n", strings.Join(c, " ─▶ "), c[0])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func causeText(c admin.Cause) string {
	return fmt.Sprintf("%s holds up %s (%.0f %% of the time)", c.Name, strings.Join(c.Blocks, ", "), 100*c.Share)
}

// ids gives every node a short name that both languages of pictures take.
func ids(t *admin.Topology) map[string]string {
	names := make(map[string]string, len(t.Nodes))
	for i, n := range t.Nodes {
		names[n.Name] = fmt.Sprintf("n%d", i)
	}
	return names
}

// writeMermaid writes a flow chart of the Mermaid language.
func writeMermaid(w io.Writer, t *admin.Topology) error {
	shapes := map[string][2]string{"input": {"([", "])"}, "filter": {"{{", "}}"}, "output": {"[", "]"}, "heka": {"((", "))"}}
	escape := strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;", "\n", " ")
	id := ids(t)
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for _, n := range t.Nodes {
		s := shapes[n.Kind]
		fmt.Fprintf(&b, "  %s%s\"%s\"%s\n", id[n.Name], s[0], escape.Replace(n.Name), s[1])
	}
	for _, e := range t.Edges {
		fmt.Fprintf(&b, "  %s -->|%s| %s\n", id[e.From], wholeNumber(float64(e.Messages)), id[e.To])
	}
	for _, c := range t.Causes {
		fmt.Fprintf(&b, "  style %s stroke:#c00,stroke-width:3px\n", id[c.Name])
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeDot writes a graph of Graphviz's DOT language.
func writeDot(w io.Writer, t *admin.Topology) error {
	shapes := map[string]string{"input": "oval", "filter": "hexagon", "output": "box", "heka": "circle"}
	quote := func(s string) string {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
	}
	var b strings.Builder
	b.WriteString("digraph heka {\n  rankdir=LR\n")
	for _, n := range t.Nodes {
		colour := ""
		if slices.ContainsFunc(t.Causes, func(c admin.Cause) bool { return c.Name == n.Name }) {
			colour = ", color=red, penwidth=3"
		}
		fmt.Fprintf(&b, "  %s [shape=%s%s]\n", quote(n.Name), shapes[n.Kind], colour)
	}
	for _, e := range t.Edges {
		fmt.Fprintf(&b, "  %s -> %s [label=%s]\n", quote(e.From), quote(e.To), quote(wholeNumber(float64(e.Messages))))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}
