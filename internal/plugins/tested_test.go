package plugins_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/plugins"
	"github.com/hekad/heka/plugin"
)

// TestEveryOptionIsTested: the tests or test data of the package that has an option
// speak of it, or those of whole configurations do.
func TestEveryOptionIsTested(t *testing.T) {
	const module = "github.com/hekad/heka/"
	whole := words(t, "../../testdata", "../e2e", "../share")
	packages := map[string]map[string]bool{}
	for _, p := range plugins.All() {
		for _, f := range allFields(&p) {
			dir := strings.TrimPrefix(f.Struct.PkgPath(), module)
			switch dir {
			case "plugin":
				dir = "internal/pipeline" // which does what the common options say
			}
			if packages[dir] == nil {
				packages[dir] = words(t, filepath.Join("..", "..", dir))
			}
			if own := packages[dir]; !own[f.Name] && !own[f.GoName] && !whole[f.Name] {
				t.Errorf("nothing in %s tests %s of %s", dir, f.Name, p.Type)
			}
		}
	}
}

// allFields lists the options of a type, common ones and those of sub-sections
// included.
func allFields(p *plugin.Plugin) (all []config.FieldInfo) {
	var add func([]config.FieldInfo)
	add = func(fields []config.FieldInfo) {
		all = append(all, fields...)
		for _, f := range fields {
			add(f.Fields)
		}
	}
	add(config.Fields(p.NewConfig()))
	switch p.Kind {
	case plugin.KindInput:
		add(config.Fields(p.Input))
	case plugin.KindFilter, plugin.KindOutput:
		add(config.Fields(p.Consumer))
	case plugin.KindSplitter:
		add(config.Fields(p.Splitter))
	}
	return all
}

var word = regexp.MustCompile(`[A-Za-z]\w*`)

// words collects the words of tests and test data below directories.
func words(t *testing.T, dirs ...string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			slashed := filepath.ToSlash(path)
			switch {
			case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "debian" || d.Name() == "bench" || d.Name() == "spec"):
				return filepath.SkipDir // what others have put there
			case d.IsDir() || d.Name() == "options.jsonl":
				return nil
			case !strings.HasSuffix(path, "_test.go") && !strings.Contains(slashed, "testdata/"):
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, w := range word.FindAllString(strings.ReplaceAll(string(text), `\n`, " "), -1) {
				all[w] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
