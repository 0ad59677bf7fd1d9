package plugins_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/plugins"
	"github.com/hekad/heka/plugin"
)

// named is one line of testdata/spec/options.tsv.
type named struct{ plugin, option, want, ours, why string }

// specification reads testdata/spec/options.tsv; missing are types that it says are
// not built yet.
func specification(t *testing.T) (all []named, missing map[string]bool) {
	t.Helper()
	text, err := os.ReadFile("../../testdata/spec/options.tsv")
	if err != nil {
		t.Fatal(err)
	}
	missing = map[string]bool{}
	seen := map[[2]string]bool{}
	for i, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) < 2 || len(f) > 5 || len(f) > 3 && f[3] != "" && (len(f) < 5 || f[4] == "") {
			t.Fatalf("line %d is %q; it must have two to five parts, a default of heka's own with a reason", i+1, line)
		}
		f = append(f, "", "", "")
		n := named{f[0], f[1], f[2], f[3], f[4]}
		if n.option == "missing" {
			missing[n.plugin] = true
			continue
		}
		key := [2]string{n.plugin, n.option}
		if seen[key] {
			t.Errorf("line %d: %s of %s stands there twice", i+1, n.option, n.plugin)
		}
		seen[key] = true
		all = append(all, n)
	}
	return all, missing
}

// declared lists the options of a type and their defaults, under all their names.
func declared(p *plugin.Plugin) map[string]string {
	all := map[string]string{}
	switch p.Kind {
	case plugin.KindInput:
		list(all, "", config.Fields(&p.Input))
	case plugin.KindFilter, plugin.KindOutput:
		list(all, "", config.Fields(&p.Consumer))
	case plugin.KindSplitter:
		list(all, "", config.Fields(&p.Splitter))
	}
	list(all, "", config.Fields(p.NewConfig()))
	return all
}

func list(all map[string]string, above string, fields []config.FieldInfo) {
	for _, f := range fields {
		for _, name := range append(f.Aliases, f.Name) {
			all[above+name] = f.Default
			below := above + name + "."
			if f.Type == "table of sub-sections" {
				below += "*."
			}
			list(all, below, f.Fields)
		}
	}
}

// TestOptionsOfTheSpecification: every option that the specification names is there,
// with its default or with another one for a reason.
func TestOptionsOfTheSpecification(t *testing.T) {
	spec, missing := specification(t)
	types, own := map[string]map[string]string{"hekad": {}}, map[[2]string]bool{}
	list(types["hekad"], "", config.Fields(config.DefaultGlobal()))
	for _, p := range plugins.All() {
		types[p.Type] = declared(&p)
		if missing[p.Type] {
			t.Logf("%s is there; take it off the list of what is missing", p.Type)
			delete(missing, p.Type)
		}
	}
	for typ := range missing {
		t.Logf("%s is not built yet", typ)
	}
	for _, n := range spec {
		own[[2]string{n.plugin, n.option}] = true
		if !n.isGroup() && types[n.plugin] == nil && !missing[n.plugin] {
			t.Errorf("there is no plugin %s", n.plugin)
		}
	}
	check := func(typ string, n named, nameOnly bool) {
		t.Helper()
		have, ok := types[typ][n.option]
		want := n.want
		if n.ours != "" {
			want = n.ours
		}
		switch {
		case !ok:
			t.Errorf("%s has no option %s, default %s", typ, n.option, n.want)
		case have != want && !nameOnly:
			t.Errorf("%s: the default of %s is %s, not %s", typ, n.option, have, want)
		}
	}
	for _, n := range spec {
		for typ, options := range types {
			switch {
			case typ == n.plugin:
				check(typ, n, false)
			case n.isGroup() && n.covers(typ, options) && !own[[2]string{typ, n.option}]:
				check(typ, n, !isSpecified(spec, typ)) // heka's own types have defaults of their own
			}
		}
	}
}

// isGroup reports whether the line is about many types.
func (n named) isGroup() bool {
	switch n.plugin {
	case "Input", "Splitter", "Filter", "Output", "tls":
		return true
	}
	return false
}

// covers reports whether a group has a type with the given options.
func (n named) covers(typ string, options map[string]string) bool {
	if n.plugin == "tls" {
		_, ok := options["tls"]
		return ok
	}
	return strings.HasSuffix(typ, n.plugin)
}

// isSpecified reports whether the specification has a type of its own options.
func isSpecified(spec []named, typ string) bool {
	for _, n := range spec {
		if n.plugin == typ {
			return true
		}
	}
	return false
}
