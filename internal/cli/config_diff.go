package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

func newConfigDiff(plugins []plugin.Plugin) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what going from one configuration to another does",
		Long: `Compare two configurations, each a file or a directory, by what is in force:
order, comments, the spelling of options and values that equal their defaults do
not matter. For every input, filter and output the result is stays, restarts, is
added or is removed, with the options that differ, and what is lost by it:
connections, counts, the memory of scripts that do not preserve it. A plugin
restarts also when a splitter, decoder or encoder that it uses differs.

The exit code is 0 when nothing differs, 1 when something does, 2 for wrong usage
or configurations with errors.`,
		Example: `  heka config diff /etc/heka/conf.d new/conf.d
  heka config diff --format json old.toml new.toml`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return misused("two configurations are needed, not %d\nRun '%s --help' for usage.", len(args), c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			before, err := examineSound(c, args[0], plugins)
			if err != nil {
				return err
			}
			after, err := examineSound(c, args[1], plugins)
			if err != nil {
				return err
			}
			d := compare(before, after)
			if format == "json" {
				e := json.NewEncoder(c.OutOrStdout())
				e.SetEscapeHTML(false)
				e.SetIndent("", "  ")
				if err := e.Encode(d); err != nil {
					return failed(err)
				}
			} else {
				d.print(c.OutOrStdout())
			}
			return anyDiffer(d)
		},
	}
	formatFlag(c, &format, "text", "text", "json")
	return c
}

// examineSound is examine for a configuration that must have no errors.
func examineSound(c *cobra.Command, path string, plugins []plugin.Plugin) (*examined, error) {
	x, err := examine(c, path, plugins, false)
	var e *exit
	if errors.As(err, &e) {
		return nil, &exit{exitUsage, e.err}
	}
	if err != nil {
		return nil, err
	}
	if errs := x.problems.Errors(); len(errs) > 0 {
		printProblems(c, errs)
		return nil, said(exitUsage)
	}
	return x, nil
}

// planned is what becomes of one section.
type planned struct {
	Section string `json:"section"`
	Type    string `json:"type"`
	Kind    string `json:"kind"`
	// Fate is "stays", "restarts", "added" or "removed".
	Fate    string    `json:"fate"`
	Options []changed `json:"options,omitempty"`
	Through []string  `json:"through,omitempty"` // sections it uses that differ
	Loses   []string  `json:"loses,omitempty"`
	kind    plugin.Kind
	sec     *config.Section
}

// changed is an option that differs.
type changed struct {
	Option string `json:"option"`
	Old    string `json:"old,omitempty"`
	New    string `json:"new,omitempty"`
}

// plan is what going from one configuration to another does.
type plan struct {
	// Global are options of [hekad] that differ: heka itself must restart.
	Global  []changed `json:"hekad,omitempty"`
	Plugins []planned `json:"plugins"`
}

func anyDiffer(d *plan) error {
	same := len(d.Global) == 0 && !slices.ContainsFunc(d.Plugins, func(p planned) bool { return p.Fate != "stays" })
	if same {
		return nil
	}
	return said(exitNo)
}

// compare finds what becomes of each input, filter and output.
func compare(before, after *examined) *plan {
	d := &plan{Global: changes(before.global, after.global), Plugins: []planned{}}
	parts := map[string]bool{} // names of splitters, decoders and encoders that differ
	var running []planned
	for _, sec := range after.cfg.Sections {
		p := before.planFor(after, sec)
		if p.kind <= plugin.KindSplitter {
			parts[sec.Name] = parts[sec.Name] || p.Fate != "stays"
			continue
		}
		running = append(running, p)
	}
	for _, sec := range before.cfg.Sections {
		kind, _ := plugin.KindOf(sec.Type())
		if after.cfg.Find(kind.String(), sec.Name) == nil {
			if kind <= plugin.KindSplitter {
				parts[sec.Name] = true
				continue
			}
			p := planned{Section: sec.Name, Type: sec.Type(), Kind: strings.ToLower(kind.String()), Fate: "removed", kind: kind, sec: sec}
			p.Loses = before.losses(sec)
			running = append(running, p)
		}
	}
	for i := range running {
		p := &running[i]
		if p.Fate == "stays" {
			if p.Through = after.uses(p.sec, parts); p.Through != nil {
				p.Fate = "restarts"
			}
		}
		if p.Fate == "restarts" {
			p.Loses = before.losses(before.cfg.Find(p.kind.String(), p.Section))
		}
	}
	slices.SortStableFunc(running, func(a, b planned) int { return cmp.Compare(a.kind, b.kind) })
	d.Plugins = append(d.Plugins, running...)
	return d
}

// planFor compares a section of after with its predecessor.
func (x *examined) planFor(after *examined, sec *config.Section) planned {
	kind, _ := plugin.KindOf(sec.Type())
	p := planned{Section: sec.Name, Type: sec.Type(), Kind: strings.ToLower(kind.String()), Fate: "stays", kind: kind, sec: sec}
	old := x.cfg.Find(kind.String(), sec.Name)
	if old == nil {
		p.Fate = "added"
		return p
	}
	if old.Type() != sec.Type() {
		p.Fate, p.Options = "restarts", []changed{{"type", old.Type(), sec.Type()}}
		return p
	}
	_, oldOwn, oldCommon := x.options(old)
	_, own, common := after.options(sec)
	p.Options = changes(oldOwn, own)
	if common != nil {
		p.Options = append(p.Options, changes(oldCommon, common)...)
	}
	if len(p.Options) > 0 {
		p.Fate = "restarts"
	}
	return p
}

func changes(before, after any) []changed {
	var all []changed
	for _, d := range config.Differences(before, after) {
		all = append(all, changed(d))
	}
	return all
}

// uses returns which of the differing parts a section uses, itself or through
// others.
func (x *examined) uses(sec *config.Section, parts map[string]bool) []string {
	seen := map[string]bool{}
	var through []string
	var look func(sec *config.Section)
	look = func(sec *config.Section) {
		_, own, common := x.options(sec)
		named := map[string]bool{}
		for _, target := range []any{own, common} {
			if target != nil {
				references(config.Fields(target), named)
			}
		}
		mentions(sec.Table, named)
		for _, other := range x.cfg.Sections {
			if k, _ := plugin.KindOf(other.Type()); k <= plugin.KindSplitter && named[other.Name] && !seen[other.Name] {
				seen[other.Name] = true
				if parts[other.Name] {
					through = append(through, other.Name)
				}
				look(other)
			}
		}
	}
	look(sec)
	return through
}

// losses says what ends with a plugin that is stopped.
func (x *examined) losses(sec *config.Section) []string {
	decl, own, _ := x.options(sec)
	var all []string
	if decl.Kind == plugin.KindInput && listens(decl) {
		if address, ok := optionText(own, "address"); ok && address != "" {
			all = append(all, "its connections")
		}
	}
	switch preserve, has := optionText(own, "preserve_data"); {
	case has && preserve != "true":
		all = append(all, "the memory of its script")
	case strings.HasPrefix(decl.Type, "Counter") || strings.HasPrefix(decl.Type, "Stat"):
		all = append(all, "its counts")
	}
	return all
}

// print writes a plan for people.
func (d *plan) print(w io.Writer) {
	if len(d.Global) > 0 {
		fmt.Fprintln(w, color.RedString("[hekad] differs: heka itself must restart"))
		printChanges(w, d.Global)
	}
	counts := map[string]int{}
	for _, p := range d.Plugins {
		counts[p.Fate]++
		if p.Fate == "stays" {
			continue
		}
		paint := map[string]func(string, ...any) string{"restarts": color.YellowString, "added": color.GreenString, "removed": color.RedString}[p.Fate]
		fmt.Fprintf(w, "%s %s [%s] %s\n", paint("%-8s", p.Fate), p.Kind, p.Section, p.Type)
		printChanges(w, p.Options)
		for _, part := range p.Through {
			fmt.Fprintf(w, "    uses [%s], which differs\n", part)
		}
		if len(p.Loses) > 0 {
			fmt.Fprintf(w, "    loses %s\n", strings.Join(p.Loses, ", "))
		}
	}
	fmt.Fprintf(w, "%d stay, %d restart, %d added, %d removed\n", counts["stays"], counts["restarts"], counts["added"], counts["removed"])
}

func printChanges(w io.Writer, all []changed) {
	for _, c := range all {
		if c.Old == c.New {
			fmt.Fprintf(w, "    %s: another secret\n", c.Option)
			continue
		}
		fmt.Fprintf(w, "    %s: %s → %s\n", c.Option, cmp.Or(c.Old, "not set"), cmp.Or(c.New, "not set"))
	}
}
