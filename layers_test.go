package heka

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/hekad/heka"

// floors are the layers of ARCHITECTURE.md: a package may import only packages
// of lower floors. The longest matching prefix counts.
var floors = map[string]int{
	"message":                    0,
	"plugin":                     1,
	"internal/framing":           1,
	"internal/strftime":          1,
	"internal/matcher":           1,
	"internal/queue":             2, // above framing
	"internal/deadletter":        1,
	"internal/logstream":         1,
	"internal/netconf":           1,
	"internal/drawtest":          0,
	"internal/interpolate":       2, // above strftime
	"internal/bulk":              2, // above plugin
	"internal/httpguard":         1,
	"internal/accesslog":         1,
	"internal/whisper":           1,
	"internal/config":            3,
	"internal/share":             1,
	"internal/sandbox/box":       1,
	"internal/sandbox/luaarg":    1,
	"internal/sandbox/":          2, // Lua modules written in Go
	"internal/sandbox":           4,
	"internal/reference":         4,
	"internal/client":            6,
	"internal/flood":             7,
	"internal/pipeline":          5,
	"internal/plugins":           7, // the list
	"internal/plugins/":          5, // the plugins, side by side with the pipeline
	"internal/casefile":          6,
	"plugin/plugintest":          7,
	"internal/admin":             6,
	"internal/cli":               8,
	"internal/bench":             8,
	"internal/cli/genman":        9,
	"internal/e2e":               9,
	"":                           10, // heka.go
	"cmd/heka":                   11,
	"message/internal/messagepb": 0,
}

// sideways are imports between packages of one floor that are meant.
var sideways = map[string]string{}

func floor(path string) (int, bool) {
	best, n, ok := -1, 0, false
	for prefix, f := range floors {
		whole := path == prefix || strings.HasSuffix(prefix, "/") && strings.HasPrefix(path, prefix) ||
			prefix != "" && !strings.HasSuffix(prefix, "/") && prefix != "internal/plugins" && strings.HasPrefix(path, prefix+"/")
		if whole && len(prefix) > best {
			best, n, ok = len(prefix), f, true
		}
	}
	return n, ok
}

func TestLayers(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		seen++
		dir := filepath.ToSlash(filepath.Dir(path))
		if dir == "." {
			dir = ""
		}
		from, ok := floor(dir)
		if !ok {
			t.Errorf("%s: folder %s has no floor; give it one in layers_test.go and ARCHITECTURE.md", path, dir)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			name, _ := strconv.Unquote(imp.Path.Value)
			rest, ours := strings.CutPrefix(name, module)
			if !ours {
				continue
			}
			rest = strings.TrimPrefix(rest, "/")
			to, ok := floor(rest)
			if own := rest == dir || strings.HasPrefix(rest, dir+"/") && dir != ""; own || sideways[dir] == rest {
				continue
			}
			if !ok || to >= from {
				t.Errorf("%s (floor %d) imports %s (floor %d); imports point down only", path, from, rest, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 10 {
		t.Fatalf("only %d files found", seen)
	}
}
