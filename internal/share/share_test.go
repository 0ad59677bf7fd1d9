package share_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

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

// TestEveryOptionIsTested wants each option of a header in the configuration of one
// case at least. preservation_version has its own test, and tz is an option of the
// sandbox.
func TestEveryOptionIsTested(t *testing.T) {
	tested := map[string]string{} // configurations by script
	for _, path := range archives(t) {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if strings.HasPrefix(f.Name, "config") {
				tested[strings.TrimSpace(string(a.Comment))] += string(f.Data)
			}
		}
	}
	for _, path := range scripts(t) {
		if strings.HasPrefix(path, "lua_modules/") {
			continue
		}
		if _, ok := tested[path]; !ok {
			t.Errorf("%s has no cases", path)
		}
		for line := range strings.Lines(source(t, path)) {
			m := option.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if m == nil || m[1] == "preservation_version" || m[1] == "tz" {
				continue
			}
			if !strings.Contains(tested[path], `"`+m[1]+`":`) {
				t.Errorf("%s: no case sets %s", path, m[1])
			}
		}
	}
}

func TestPreservationVersionIsWritten(t *testing.T) {
	config := map[string]any{"preservation_version": 6, "max_hosts": 1, "rows": 2, "stats": "a", "stat_labels": "A", "message_variable": "Type"}
	tested := 0
	for _, path := range scripts(t) {
		if !strings.Contains(source(t, path), "- preservation_version (") {
			continue
		}
		tested++
		script, err := sandbox.Load("/nowhere/"+path, path, share.Files)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "data")
		s, err := sandbox.New(sandbox.Options{Script: script, Share: share.Files, Config: config,
			Limits: sandbox.DefaultLimits(), Host: &recorder{t: t}, Preserved: file})
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if err := s.Close(); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := "~= 6 "
		if path == "lua_filters/http_status.lua" {
			want = "~= 7 " // its columns changed once
		}
		if first, _, _ := strings.Cut(string(data), "\n"); !strings.Contains(first, want) {
			t.Errorf("%s: first line %s; want %s in it", path, first, want)
		}
	}
	if tested < 9 {
		t.Errorf("only %d scripts have the option", tested)
	}
}
