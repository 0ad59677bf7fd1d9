// Command genman writes what is generated from the command tree and the plugins'
// declarations: the manual pages heka(1), one for each subcommand, and
// heka.toml(5), and the list of all options in testdata/options.jsonl.
//
//	go run ./internal/cli/genman man
//
// The argument is the folder of the pages, at the top of the repository.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: genman FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "genman:", err)
		os.Exit(1)
	}
}

// write puts all files in their places, and removes pages that are no more.
func write(folder string) error {
	top := filepath.Dir(filepath.Clean(folder))
	files := generate()
	old, err := filepath.Glob(filepath.Join(top, manFolder, "*.[157]"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, ok := files[filepath.Join(manFolder, filepath.Base(path))]; !ok {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		path := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
