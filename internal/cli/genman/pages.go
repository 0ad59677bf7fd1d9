package main

import (
	"fmt"
	"go/doc/comment"
	"maps"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hekad/heka/internal/cli"
	"github.com/hekad/heka/internal/plugins"
	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/internal/reference/roff"
	"github.com/hekad/heka/plugin"
)

// manual is the title of all pages.
const manual = "heka manual"

// manFolder is where the pages are, seen from the top of the repository.
const manFolder = "man"

// generate makes all files, by their paths from the top of the repository.
func generate() map[string]string {
	api, err := apiPage()
	if err != nil {
		panic(err) // its sources are in this program
	}
	all := plugins.All()
	root := cli.Commands(all)
	made := map[string]string{
		filepath.Join(manFolder, "heka.1"):         rootPage(root),
		filepath.Join("testdata", "options.jsonl"): optionList(all),
	}
	for _, c := range root.Commands() {
		if documented(c) {
			made[filepath.Join(manFolder, pageName(c)+".1")] = commandPage(c)
		}
	}
	made[filepath.Join(manFolder, "heka.toml.5")] = configPage(all)
	made[filepath.Join(manFolder, "heka-admin.7")] = api
	maps.Copy(made, topicPages(all))
	return made
}

// optionList is what heka plugins --format jsonl prints.
func optionList(all []plugin.Plugin) string {
	var b strings.Builder
	for _, p := range reference.Pages(all) {
		b.WriteString(p.Listing())
	}
	return b.String()
}

// documented reports whether a command has a page; help needs none.
func documented(c *cobra.Command) bool { return c.IsAvailableCommand() && c.Name() != "help" }

// pageName is the name of a command's page: heka-cat.
func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// rootPage describes heka as a whole.
func rootPage(root *cobra.Command) string {
	p := begin(root)
	p.Section("SYNOPSIS")
	p.Paragraph(roff.Bold("heka") + " " + roff.Italic("command") + roff.Text(" [flags] [arguments]"))
	p.Section("DESCRIPTION")
	prose(p, root.Long)
	p.Section("COMMANDS")
	for _, c := range root.Commands() {
		if documented(c) {
			p.Item(pageReference(pageName(c), 1))
			p.Line(roff.Text(c.Short + "."))
		}
	}
	p.Section("OLD NAMES")
	p.Paragraph(roff.Text("A symbolic link to heka with the name of a program of Heka 0.10 behaves as that program:"))
	for _, old := range cli.OldNames() {
		if c, _, err := root.Find(strings.Fields(old.Command)); err != nil || c == root {
			continue
		}
		p.Item(roff.Bold(old.Program))
		p.Line(roff.Text("is heka " + old.Command + "."))
	}
	p.Paragraph(roff.Text("Long flags may be written with one dash, as in -config=/etc/hekad.toml."))
	p.Section("ENVIRONMENT")
	for _, v := range [][2]string{
		{"HEKA_*", "Options of the section [hekad], such as HEKA_BASE_DIR for base_dir. They win over the configuration, and flags win over them."},
		{"NO_COLOR", "Any value turns colours off. They are off too where the output is no terminal."},
		{"COLUMNS", "Width of help and reference texts."},
	} {
		p.Item(roff.Bold(v[0]))
		p.Line(roff.Text(v[1]))
	}
	p.Section("FILES")
	p.Item(roff.Bold("/etc/hekad.toml"))
	p.Line(roff.Text("The configuration unless --config names another; see ") + pageReference("heka.toml", 5) + ".")
	p.Section("EXIT STATUS")
	for _, s := range [][2]string{
		{"0", "Success."},
		{"1", "A failure at run time, problems found, or nothing matched."},
		{"2", "Wrong usage."},
	} {
		p.Item(roff.Bold(s[0]))
		p.Line(roff.Text(s[1]))
	}
	p.Paragraph(roff.Text("Commands with other codes tell them on their own pages."))
	examples(p, root)
	p.Section("SEE ALSO")
	p.Paragraph(pageReference("heka.toml", 5))
	return p.String()
}

// commandPage describes a subcommand with those below it.
func commandPage(c *cobra.Command) string {
	p := begin(c)
	p.Section("SYNOPSIS")
	for _, usable := range leaves(c) {
		p.Paragraph(synopsis(usable))
	}
	p.Section("DESCRIPTION")
	if subs := leaves(c); len(subs) > 1 || subs[0] != c {
		prose(p, long(c))
		for _, sub := range subs {
			p.Section(strings.ToUpper(sub.CommandPath()))
			prose(p, long(sub))
			p.Subsection("Flags")
			flags(p, sub.LocalFlags())
			subExamples(p, sub)
		}
	} else {
		prose(p, long(c))
		p.Section("FLAGS")
		flags(p, c.LocalFlags())
		examples(p, c)
	}
	p.Section("SEE ALSO")
	p.Paragraph(pageReference("heka", 1) + ", " + pageReference("heka.toml", 5))
	return p.String()
}

// leaves are the commands below c that do something, or c itself.
func leaves(c *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, sub := range c.Commands() {
		if documented(sub) {
			all = append(all, leaves(sub)...)
		}
	}
	if len(all) == 0 {
		return []*cobra.Command{c}
	}
	return all
}

// begin starts the page of a command.
func begin(c *cobra.Command) *roff.Page {
	p := roff.New(pageName(c), 1, manual)
	p.Section("NAME")
	p.Line(roff.Text(pageName(c)+" - ") + roff.Text(lowered(c.Short)))
	return p
}

func lowered(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// pageReference names another page: heka(1).
func pageReference(page string, section int) roff.Inline {
	return roff.Bold(page) + roff.Text(fmt.Sprintf("(%d)", section))
}

// synopsis is a command's usage line.
func synopsis(c *cobra.Command) roff.Inline {
	path := c.CommandPath()
	return roff.Bold(path) + roff.Text(strings.TrimPrefix(c.UseLine(), path))
}

func long(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}

// prose writes a help text, whose indented lines are code.
func prose(p *roff.Page, text string) {
	p.Paragraph("")
	var parser comment.Parser
	// The parser takes away what all lines are indented by, and with it the tables
	// of a text that is nothing else; a paragraph in front keeps it from that.
	doc := parser.Parse("-\n\n" + text)
	doc.Content = doc.Content[1:]
	p.Doc(doc)
}

// flags writes a list of flags.
func flags(p *roff.Page, set *pflag.FlagSet) {
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		tag := roff.Bold("--" + f.Name)
		if f.Shorthand != "" {
			tag = roff.Bold("-"+f.Shorthand) + ", " + tag
		}
		what, usage := pflag.UnquoteUsage(f)
		if what != "" {
			tag += " " + roff.Italic(what)
		}
		p.Item(tag)
		if d := f.DefValue; d != "" && d != "0" && d != "false" && d != "[]" {
			usage += " (default " + d + ")"
		}
		p.Line(roff.Text(usage + "."))
	})
}

func examples(p *roff.Page, c *cobra.Command) {
	if c.Example != "" {
		p.Section("EXAMPLES")
		p.Code(unindented(c.Example))
	}
}

func subExamples(p *roff.Page, c *cobra.Command) {
	if c.Example != "" {
		p.Subsection("Examples")
		p.Code(unindented(c.Example))
	}
}

// unindented takes two blanks from each line.
func unindented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimPrefix(line, "  "))
	}
	return b.String()
}
