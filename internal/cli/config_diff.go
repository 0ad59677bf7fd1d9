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
	"github.com/hekad/heka/internal/pipeline"
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
restarts also when a splitter, decoder or encoder that it uses differs. A
running heka does the same on HUP when the new configuration has taken the old
one's place; there a script whose text has changed makes a difference, too.

The exit code is 0 when nothing differs, 1 when something does, 2 for wrong usage
or configurations with errors.`,
		Example: `  heka config diff /etc/heka/conf.d new/conf.d
  heka config diff --format json old.toml new.toml`,
		ValidArgsFunction: files("toml"),
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
	// Script says that the file with its script, or one that it requires, differs.
	Script bool     `json:"script,omitempty"`
	Loses  []string `json:"loses,omitempty"`
	kind   plugin.Kind
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

// compare finds what becomes of each input, filter and output: what a reload does.
func compare(before, after *examined) *plan {
	d := &plan{Global: changes(before.global, after.global), Plugins: []planned{}}
	for _, f := range pipeline.Plan(before.host, after.host) {
		kind := f.Kind.String()
		p := planned{Section: f.Section, Kind: strings.ToLower(kind), Fate: f.What.String(), Through: f.Through, Script: f.Files, kind: f.Kind}
		old, sec := before.cfg.Find(kind, f.Section), after.cfg.Find(kind, f.Section)
		switch f.What {
		case pipeline.IsRemoved:
			p.Type = old.Type()
		case pipeline.Restarts:
			p.Type, p.Options = sec.Type(), before.differs(after, old, sec)
		default:
			p.Type = sec.Type()
		}
		if f.What == pipeline.Restarts || f.What == pipeline.IsRemoved {
			p.Loses = before.losses(old)
		}
		d.Plugins = append(d.Plugins, p)
	}
	slices.SortStableFunc(d.Plugins, func(a, b planned) int { return cmp.Compare(a.kind, b.kind) })
	return d
}

// differs lists the options in which a section differs from its predecessor.
func (x *examined) differs(after *examined, old, sec *config.Section) []changed {
	if old.Type() != sec.Type() {
		return []changed{{"type", old.Type(), sec.Type()}}
	}
	_, oldOwn, oldCommon := x.options(old)
	_, own, common := after.options(sec)
	all := changes(oldOwn, own)
	if common != nil {
		all = append(all, changes(oldCommon, common)...)
	}
	return all
}

func changes(before, after any) []changed {
	var all []changed
	for _, d := range config.Differences(before, after) {
		all = append(all, changed(d))
	}
	return all
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
		if p.Script {
			fmt.Fprintln(w, "    its script differs")
		}
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
