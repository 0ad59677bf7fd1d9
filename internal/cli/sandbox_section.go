package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/share"
)

// scriptKinds are what scripts are used for. The name of the plugin type follows
// from it.
var scriptKinds = []string{"decoder", "filter", "encoder", "output", "input"}

// scriptType is the plugin type of a kind.
func scriptType(kind string) string { return "Sandbox" + strings.ToUpper(kind[:1]) + kind[1:] }

// flagsFile is the name of the configuration that flags describe.
const flagsFile = "flags"

// chosen returns the section that says what to run, with the globals around it.
func (t *scriptTest) chosen(c *cobra.Command, args []string) (*config.Section, config.Global, error) {
	switch {
	case t.section != "" && len(args) > 0:
		return nil, config.Global{}, misused("--section names a script already; leave out %s", args[0])
	case t.section != "":
		return t.configured(c)
	case len(args) == 0:
		return nil, config.Global{}, misused("name a script, or a section with --section FILE:NAME\nRun '%s --help' for usage.", c.CommandPath())
	}
	if t.kind != "" && !slices.Contains(scriptKinds, t.kind) {
		return nil, config.Global{}, misused("--kind is %q; it must be %s%s", t.kind, oneOf(scriptKinds), suggestion(t.kind, scriptKinds))
	}
	if t.shareDir == "" {
		t.shareDir = config.DefaultGlobal().ShareDir
	}
	text, err := t.toml(args[0])
	if err != nil {
		return nil, config.Global{}, err
	}
	cfg, problems := config.LoadBytes(flagsFile, []byte(text), config.Options{})
	if err := problems.Err(); err != nil {
		return nil, config.Global{}, misused("%w", err)
	}
	global, _, _ := cfg.Global(nil)
	return cfg.Sections[0], global, nil
}

// optionFlags are the flags that stand for what a section says itself.
var optionFlags = []string{"kind", "config", "share-dir", "module-directory", "memory-limit", "instruction-limit", "output-limit"}

// configured reads the section of a configuration.
func (t *scriptTest) configured(c *cobra.Command) (*config.Section, config.Global, error) {
	for _, name := range optionFlags {
		if c.Flags().Changed(name) {
			return nil, config.Global{}, misused("--%s is for scripts; the section says that itself", name)
		}
	}
	at := strings.LastIndexByte(t.section, ':')
	if at < 0 {
		return nil, config.Global{}, misused("--section is %q; it must be FILE:NAME", t.section)
	}
	path, name := t.section[:at], t.section[at+1:]
	cfg, problems := config.Load(path, config.Options{})
	global, _, found := cfg.Global(nil)
	if err := append(problems, found...).Err(); err != nil {
		return nil, global, failed(err)
	}
	var names []string
	for _, sec := range cfg.Sections {
		if !runsScript(sec) {
			continue
		}
		if sec.Name == name {
			return sec, global, nil
		}
		names = append(names, sec.Name)
	}
	return nil, global, misused("%s has no section [%s] that runs a script%s", path, name, suggestion(name, names))
}

// toml is the section that the flags describe.
func (t *scriptTest) toml(path string) (string, error) {
	source, err := os.ReadFile(path)
	file := path
	if err == nil {
		if file, err = filepath.Abs(path); err != nil {
			return "", failed(err)
		}
	} else if source, err = fs.ReadFile(share.Files, filepath.ToSlash(filepath.Clean(path))); err != nil {
		source, err = os.ReadFile(filepath.Join(t.shareDir, path))
	}
	if err != nil {
		return "", failed(fmt.Errorf("%s: there is no such script here, in %s, or built into heka", path, t.shareDir))
	}
	if t.kind == "" {
		t.kind = guessKind(path, string(source))
	}
	var b strings.Builder
	name := regexp.MustCompile(`\W`).ReplaceAllString(strings.TrimSuffix(filepath.Base(path), ".lua"), "_")
	fmt.Fprintf(&b, "[hekad]\nshare_dir = %s\n", tomlText(t.shareDir))
	fmt.Fprintf(&b, "[%s]\ntype = %s\nfilename = %s\n", name, tomlText(scriptType(t.kind)), tomlText(file))
	fmt.Fprintf(&b, "memory_limit = %d\ninstruction_limit = %d\noutput_limit = %d\n", t.limits.Memory, t.limits.Instructions, t.limits.Output)
	if t.modules != "" {
		fmt.Fprintf(&b, "module_directory = %s\n", tomlText(t.modules))
	}
	fmt.Fprintf(&b, "[%s.config]\n", name)
	for _, v := range t.values {
		key, value, ok := strings.Cut(v, "=")
		if !ok || key == "" {
			return "", misused("--config is %q; it must be key=value", v)
		}
		fmt.Fprintf(&b, "%s = %s\n", tomlText(key), tomlValue(value))
	}
	return b.String(), nil
}

// guessKind says what a script is used for: what its name or those of its folders
// say, else what its functions are good for.
func guessKind(path, source string) string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	slices.Reverse(parts)
	for _, part := range parts {
		for _, kind := range scriptKinds {
			if strings.Contains(part, kind) {
				return kind
			}
		}
	}
	switch {
	case regexp.MustCompile(`\btimer_event\s*[(=]`).MatchString(source):
		return "filter"
	case strings.Contains(source, "inject_message") && !strings.Contains(source, "read_message"):
		return "input"
	}
	return "decoder"
}

// tomlValue is a value of the command line in TOML: a number, true or false, or
// what is quoted or bracketed stays as it is; all else is a text.
func tomlValue(s string) string {
	if s == "true" || s == "false" {
		return s
	}
	if s != "" && strings.ContainsRune(`"'[{`, rune(s[0])) {
		return s
	}
	if _, err := strconv.ParseInt(s, 10, 64); err == nil && tomlNumber.MatchString(s) {
		return s
	}
	if strings.Contains(s, ".") && tomlNumber.MatchString(s) {
		return s
	}
	return tomlText(s)
}

// tomlNumber is how TOML writes numbers; 007 is none.
var tomlNumber = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)

// tomlText quotes a text.
func tomlText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
