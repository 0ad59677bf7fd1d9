package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/share"
	"github.com/hekad/heka/plugin"
)

// adviseScript compares the values that the section of a script has for
// read_config with what the script's header comment says. own is the section's
// decoded config. A required value that is missing is an error, since the script
// will not start; the rest are warnings. Scripts without such a header are left
// alone.
func adviseScript(sec *config.Section, own any, shareDir string) (found config.Problems) {
	file, ok := optionText(own, "filename")
	if !ok || !runsScript(sec) {
		return nil
	}
	options, ok := share.Options(scriptSource(file, shareDir))
	if !ok {
		return nil
	}
	problem := func(at config.Pos, severity config.Severity, key, hint, format string, args ...any) {
		found = append(found, config.Problem{Pos: at, Section: sec.Name, Option: "config." + key,
			Text: fmt.Sprintf(format, args...), Hint: hint, Severity: severity})
	}
	var names []string
	set := map[string]bool{}
	for _, o := range options {
		names = append(names, o.Name)
	}
	if values := sec.Table.Member("config"); values != nil {
		for _, n := range values.Nodes {
			set[n.Key] = true
			i := slices.Index(names, n.Key)
			switch {
			case i < 0 && n.Key == "tz":
			case i < 0:
				problem(n.KeyPos, config.Warning, n.Key, config.DidYouMean(n.Key, names), "%s has no option %q", file, n.Key)
			case !fits(n, options[i].Type):
				problem(n.Pos, config.Warning, n.Key, "", "config.%s is %s; %s says it is %s",
					n.Key, n.Kind, file, article(options[i].Type))
			}
		}
	}
	for _, o := range options {
		if o.Required && !set[o.Name] {
			problem(sec.Where("config"), config.Error, o.Name, "", "config.%s is required by %s", o.Name, file)
		}
	}
	return found
}

// article puts one before the name of a type.
func article(typ string) string {
	if typ == "int" {
		return "an integer"
	}
	return "a " + typ
}

// runsScript reports whether a section is one of a script.
func runsScript(sec *config.Section) bool {
	return slices.ContainsFunc(scriptKinds, func(kind string) bool { return sec.Type() == scriptType(kind) })
}

// scriptSource is the text of a script, nil when it cannot be read.
func scriptSource(file, shareDir string) []byte {
	env := plugin.Env{ShareDir: shareDir}
	b, err := os.ReadFile(env.SharePath(file))
	if err != nil {
		b, _ = fs.ReadFile(share.Files, filepath.ToSlash(filepath.Clean(file)))
	}
	return b
}

// fits reports whether a value can be what a header says. Scripts that want a
// number mostly take one in quotes, and all that want a text take a number.
func fits(n *config.Node, typ string) bool {
	switch typ {
	case "bool":
		return n.Kind == config.Bool
	case "string":
		return n.Kind == config.String || n.Kind == config.Integer || n.Kind == config.Float
	case "int", "number":
		if text, ok := n.Value.(string); ok && n.Kind == config.String {
			_, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			return err == nil
		}
		return n.Kind == config.Integer || n.Kind == config.Float
	}
	return true
}
