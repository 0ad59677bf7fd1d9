package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/plugin"
)

func newPlugins(plugins []plugin.Plugin) *cobra.Command {
	var format string
	var scripts bool
	c := &cobra.Command{
		Use:   "plugins [NAME]",
		Short: "List plugin types, or describe one with all its options",
		Long: `List the plugin types that this heka has, by kind, or describe one of them: what
it does, its options with their types, defaults and units, and an example. NAME
need not be spelled exactly.

Formats are text, markdown, json, and jsonl, which lists one option on a line.`,
		Example: `  heka plugins
  heka plugins TcpInput
  heka plugins fileoutput --format markdown
  heka plugins --scripts
  heka plugins nginx_access.lua
  heka plugins --format jsonl | grep tls`,
		Args: atMostOne("NAME"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(typeNames(plugins), namesOf(reference.Scripts())...), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			pages := reference.Pages(plugins)
			if scripts || len(args) == 1 && strings.HasSuffix(args[0], ".lua") {
				pages = reference.Scripts()
			}
			if len(args) == 0 {
				return writePages(c.OutOrStdout(), format, pages, writeList)
			}
			i := slices.IndexFunc(pages, func(p reference.Page) bool { return strings.EqualFold(p.Type, args[0]) || path.Base(p.Type) == args[0] })
			if i < 0 {
				return misused("no plugin type is called %q%s\nRun 'heka plugins' for the list.", args[0],
					suggestion(args[0], namesOf(pages)))
			}
			return writePages(c.OutOrStdout(), format, pages[i:i+1], writeDetails)
		},
	}
	c.Flags().BoolVar(&scripts, "scripts", false, "list the Lua scripts that come with heka instead")
	formatFlag(c, &format, "text", "text", "markdown", "json", "jsonl")
	return c
}

// namesOf are the types of pages.
func namesOf(pages []reference.Page) []string {
	names := make([]string, len(pages))
	for i := range pages {
		names[i] = pages[i].Type
	}
	return names
}

// writePages writes pages in a format; text does it for people.
func writePages(w io.Writer, format string, pages []reference.Page, text func(io.Writer, []reference.Page)) error {
	switch format {
	case "text":
		text(w, pages)
	case "markdown":
		kind := ""
		for i := range pages {
			if p := &pages[i]; len(pages) > 1 && p.Kind != kind {
				kind = p.Kind
				fmt.Fprintf(w, "# %ss\n\n", titled(kind))
			}
			fmt.Fprintln(w, pages[i].Markdown())
		}
	case "json":
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if len(pages) == 1 {
			return e.Encode(pages[0])
		}
		return e.Encode(pages)
	case "jsonl":
		for i := range pages {
			fmt.Fprint(w, pages[i].Listing())
		}
	}
	return nil
}

func writeDetails(w io.Writer, pages []reference.Page) {
	for i := range pages {
		fmt.Fprint(w, pages[i].Text(textWidth(w)))
	}
}

// writeList writes one line for each type, with as much of its summary as fits.
func writeList(w io.Writer, pages []reference.Page) {
	longest := 0
	for i := range pages {
		longest = max(longest, len(pages[i].Type))
	}
	room := textWidth(w) - longest - 4
	kind := ""
	for i := range pages {
		p := &pages[i]
		if p.Kind != kind {
			if kind != "" {
				fmt.Fprintln(w)
			}
			kind = p.Kind
			fmt.Fprintln(w, color.New(color.Bold).Sprint(titled(kind)+"s"))
		}
		line := fmt.Sprintf("%s%s  %s", color.CyanString(p.Type), strings.Repeat(" ", longest-len(p.Type)), shortened(p.Summary, room))
		fmt.Fprintln(w, "  "+strings.TrimRight(line, " "))
	}
}

// shortened cuts text that is longer than n characters at a blank.
func shortened(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	cut := string(runes[:max(n-1, 0)])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:") + "…"
}

func titled(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

func typeNames(plugins []plugin.Plugin) []string {
	names := make([]string, len(plugins))
	for i := range plugins {
		names[i] = plugins[i].Type
	}
	slices.Sort(names)
	return names
}

// suggestion is what to add to an error about a misspelt word: "; did you mean
// "cat"?", or nothing.
func suggestion(word string, names []string) string {
	if hint := config.DidYouMean(word, names); hint != "" {
		return "; " + hint
	}
	return ""
}
