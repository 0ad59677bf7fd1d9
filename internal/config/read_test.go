package config_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the wanted parts of testdata files anew")

// env is the environment that test configurations see.
var env = map[string]string{
	"HOME": "/home/u", "EMPTY": "", "PORT": "5565", "NAME": "web",
	"QUOTES": `a"b'c\d`, "LINES": "x = 1\ny = 2", "NESTED": "%ENV[HOME]", "LIST": `"a", "b"`,
	"COMMENT": "# rest",
}

func lookup(name string) (string, bool) {
	v, ok := env[name]
	return v, ok
}

// TestRead reads the cases of testdata/read. A case is a folder NAME in an
// archive: NAME/*.toml are loaded as a directory (or, if there is only
// in.toml, as a file), NAME/tree is what must be read, NAME/problems what must
// be found.
func TestRead(t *testing.T) {
	archives, err := filepath.Glob("testdata/read/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { readArchive(t, file) })
	}
}

func readArchive(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	inputs := map[string][]txtar.File{}
	wanted := map[string]string{}
	for _, f := range a.Files {
		name, part, _ := strings.Cut(f.Name, "/")
		if strings.HasSuffix(part, ".toml") {
			if inputs[name] == nil {
				names = append(names, name)
			}
			inputs[name] = append(inputs[name], f)
		} else {
			wanted[f.Name] = string(f.Data)
		}
	}
	fresh := txtar.Archive{Comment: a.Comment}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			tree, problems := readCase(t, inputs[name])
			fresh.Files = append(fresh.Files, inputs[name]...)
			for part, got := range map[string]string{"tree": tree, "problems": problems} {
				if want := wanted[name+"/"+part]; !*update && got != want {
					t.Errorf("%s:\n%s\nwant:\n%s", part, got, want)
				}
			}
			fresh.Files = append(fresh.Files, txtar.File{Name: name + "/tree", Data: []byte(tree)})
			if problems != "" {
				fresh.Files = append(fresh.Files, txtar.File{Name: name + "/problems", Data: []byte(problems)})
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(&fresh), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// readCase loads the files of one case and prints what came of it.
func readCase(t *testing.T, files []txtar.File) (tree, problems string) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		// In the archives \r stands for a carriage return, so that editors keep it.
		data := bytes.ReplaceAll(f.Data, []byte("␍"), []byte("\r"))
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Name)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := dir
	if len(files) == 1 {
		path = filepath.Join(dir, filepath.Base(files[0].Name))
	}
	cfg, found := config.Load(path, config.Options{LookupEnv: lookup})
	var b strings.Builder
	if cfg.Hekad != nil {
		dumpSection(&b, cfg.Hekad)
	}
	for _, s := range cfg.Sections {
		dumpSection(&b, s)
	}
	var p strings.Builder
	for _, f := range found {
		fmt.Fprintln(&p, strings.ReplaceAll(f.String(), dir+string(filepath.Separator), ""))
	}
	return b.String(), p.String()
}

// dumpSection prints a section, a line per node: place, key path, value.
func dumpSection(b *strings.Builder, s *config.Section) {
	fmt.Fprintf(b, "%d:%d [%s] %s\n", s.Pos.Line, s.Pos.Col, s.Name, s.Kind())
	dumpNodes(b, s.Table, "")
}

func dumpNodes(b *strings.Builder, n *config.Node, path string) {
	for i, m := range n.Nodes {
		at := path + "." + strconv.Quote(m.Key)
		if n.Kind == config.List {
			at = fmt.Sprintf("%s[%d]", path, i)
		} else if path == "" {
			at = strconv.Quote(m.Key)
		}
		fmt.Fprintf(b, "  %d:%d %s", m.KeyPos.Line, m.KeyPos.Col, at)
		fmt.Fprintf(b, " = %d:%d ", m.Pos.Line, m.Pos.Col)
		switch v := m.Value.(type) {
		case nil:
			fmt.Fprintln(b, m.Kind)
			dumpNodes(b, m, at)
		case time.Time:
			fmt.Fprintln(b, v.Format(time.RFC3339Nano))
		case string:
			fmt.Fprintln(b, strconv.Quote(v))
		default:
			fmt.Fprintf(b, "%T %v\n", v, v)
		}
	}
}
