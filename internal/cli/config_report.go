package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// reportProblems writes what was found, in a format of heka config check.
func reportProblems(w io.Writer, format string, x *examined) error {
	switch format {
	case "json":
		return reportJSON(w, x)
	case "sarif":
		return reportSARIF(w, x)
	case "github":
		for _, p := range x.problems {
			fmt.Fprintln(w, annotation(p))
		}
		return nil
	}
	quote := isTerminal(w)
	for _, p := range x.problems {
		text := p.String()
		if quote {
			text = p.Detail()
		}
		fmt.Fprintln(w, painted(p, text))
	}
	fmt.Fprintln(w, verdict(x))
	return nil
}

// painted is the text of a problem with its first line in the colour of its
// severity.
func painted(p config.Problem, text string) string {
	line, rest, more := strings.Cut(text, "\n")
	paint := color.RedString
	if p.Severity == config.Warning {
		paint = color.YellowString
	}
	line = paint("%s", line)
	if more {
		return line + "\n" + rest
	}
	return line
}

// verdict is the last line: what was found, or what the configuration has.
func verdict(x *examined) string {
	errs, warnings := len(x.problems.Errors()), len(x.problems.Warnings())
	switch {
	case errs > 0 && warnings > 0:
		return color.RedString("%s, %s", counted(errs, "error"), counted(warnings, "warning"))
	case errs > 0:
		return color.RedString("%s", counted(errs, "error"))
	}
	ok := color.GreenString("ok") + ": " + counted(x.count(plugin.KindInput), "input") + ", " +
		counted(x.count(plugin.KindFilter), "filter") + ", " + counted(x.count(plugin.KindOutput), "output")
	if warnings > 0 {
		ok += color.YellowString(" (%s)", counted(warnings, "warning"))
	}
	return ok
}

// counted is a number with its noun: "1 input", "2 inputs".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// annotation is a problem as a workflow command of GitHub.
func annotation(p config.Problem) string {
	command := "error"
	if p.Severity == config.Warning {
		command = "warning"
	}
	var at []string
	if p.Pos.File != "" {
		at = append(at, "file="+propertyEscapes.Replace(p.Pos.File))
		if p.Pos.Line > 0 {
			at = append(at, fmt.Sprintf("line=%d,col=%d", p.Pos.Line, p.Pos.Col))
		}
	}
	if len(at) > 0 {
		command += " " + strings.Join(at, ",")
	}
	p.Pos, p.Severity = config.Pos{}, config.Error // are said already
	return "::" + command + "::" + dataEscapes.Replace(p.String())
}

// Escapes of workflow commands.
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// problemJSON is a problem for machines.
type problemJSON struct {
	Severity string `json:"severity"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Section  string `json:"section,omitempty"`
	Option   string `json:"option,omitempty"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

// reportJSON writes one object with all that was found.
func reportJSON(w io.Writer, x *examined) error {
	report := struct {
		OK       bool           `json:"ok"`
		Problems []problemJSON  `json:"problems"`
		Plugins  map[string]int `json:"plugins"`
	}{OK: !x.problems.HasErrors(), Problems: []problemJSON{}, Plugins: map[string]int{}}
	for _, p := range x.problems {
		severity := "error"
		if p.Severity == config.Warning {
			severity = "warning"
		}
		report.Problems = append(report.Problems, problemJSON{severity, p.Pos.File, p.Pos.Line, p.Pos.Col,
			p.Section, p.Option, p.Text, p.Hint})
	}
	for k := plugin.KindDecoder; k <= plugin.KindOutput; k++ {
		report.Plugins[strings.ToLower(k.String())] = x.count(k)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(report)
}
