package share_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/internal/share"
)

// scripts are the paths of all Lua files.
func scripts(t *testing.T) []string {
	t.Helper()
	var paths []string
	err := fs.WalkDir(share.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	return paths
}

func source(t *testing.T, path string) string {
	t.Helper()
	b, err := fs.ReadFile(share.Files, path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestScriptsCompile(t *testing.T) {
	for _, path := range scripts(t) {
		if !strings.HasSuffix(path, ".lua") {
			t.Errorf("%s is not a Lua file", path)
		}
		if _, err := sandbox.Compile([]byte(source(t, path)), path); err != nil {
			t.Error(err)
		}
	}
}

var option = regexp.MustCompile(`^- ([A-Za-z_]+) \((string|int|number|bool), (required|optional, default [^)]+)\)$`)

func TestHeadersNameEveryOption(t *testing.T) {
	read := regexp.MustCompile(`read_config\(?\s*"([A-Za-z_]+)"`)
	for _, path := range scripts(t) {
		header, body, ok := strings.Cut(strings.TrimPrefix(source(t, path), "--[[\n"), "\n--]]\n")
		if !ok || !strings.HasPrefix(source(t, path), "--[[\n") {
			t.Errorf("%s has no header comment", path)
			continue
		}
		named := map[string]bool{}
		for line := range strings.Lines(header) {
			if line = strings.TrimSuffix(line, "\n"); strings.HasPrefix(line, "- ") && !strings.HasPrefix(path, "lua_modules/") {
				m := option.FindStringSubmatch(line)
				if m == nil {
					t.Errorf("%s: option without name, type and default: %s", path, line)
					continue
				}
				named[m[1]] = true
			}
		}
		for _, m := range read.FindAllStringSubmatch(body, -1) {
			if !named[m[1]] && !strings.HasPrefix(path, "lua_modules/") {
				t.Errorf("%s: option %s is not in the header", path, m[1])
			}
		}
	}
}
