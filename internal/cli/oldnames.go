package cli

import (
	"slices"
	"strings"
)

// tools are the programs of Heka 0.10, and what makes their command lines those
// of today. A symbolic link with such a name makes heka behave as that program.
var tools = map[string]func(args []string) []string{
	"hekad":            sameFlags("run"),
	"heka-cat":         sameFlags("cat"),
	"heka-flood":       helpAlone(sameFlags("flood", "--test", "default")),
	"heka-inject":      helpAlone(sameFlags("inject")),
	"heka-sbmgr":       oldSbmgr("sbmgr.toml"),
	"heka-sbmgrload":   oldSbmgr("sbmgrload.toml", "--count", "1"),
	"heka-logstreamer": helpAlone(sameFlags("logstreamer", "--format", "text", "--config", "logstreamer.toml")),
}

// OldName is a program of Heka 0.10 and what it is now.
type OldName struct {
	Program string // such as "heka-cat"
	Command string // such as "cat"
}

// OldNames lists the programs of Heka 0.10, sorted.
func OldNames() []OldName {
	var names []OldName
	for program, translate := range tools {
		names = append(names, OldName{program, translate([]string{"x"})[0]})
	}
	slices.SortFunc(names, func(a, b OldName) int { return strings.Compare(a.Program, b.Program) })
	return names
}

// sameFlags is for a program whose flags are those of a command of today, with
// other defaults.
func sameFlags(command ...string) func([]string) []string {
	return func(args []string) []string { return slices.Concat(command, args) }
}

// helpAlone makes a program that is called without any flag tell its flags.
func helpAlone(translate func([]string) []string) func([]string) []string {
	return func(args []string) []string {
		if len(args) == 0 {
			return []string{translate(nil)[0], "--help"}
		}
		return translate(args)
	}
}

// oldSbmgr is for heka-sbmgr and heka-sbmgrload: -action becomes the subcommand,
// and -num is --count.
func oldSbmgr(config string, defaults ...string) func([]string) []string {
	return func(args []string) []string {
		action := "load"
		rest := append([]string{"--config", config}, defaults...)
		for i := 0; i < len(args); i++ {
			name, value, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
			switch {
			case !strings.HasPrefix(args[i], "-"):
				rest = append(rest, args[i])
			case name == "action" && joined:
				action = value
			case name == "action" && i+1 < len(args):
				i++
				action = args[i]
			case name == "num":
				rest = append(rest, strings.Replace("--"+strings.TrimLeft(args[i], "-"), "--num", "--count", 1))
			default:
				rest = append(rest, args[i])
			}
		}
		if action != "load" && action != "unload" {
			return []string{"sbmgr", action} // which there is not
		}
		return slices.Concat([]string{"sbmgr", action}, rest)
	}
}
