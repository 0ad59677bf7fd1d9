package sandbox

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
)

// Digest is the same as long as the files are the same that the script at a path is
// made of: its own and those of the modules that it, or one of them, requires by a
// name in quotes. Files that are built into heka never change.
func Digest(file, moduleDirectory string) string {
	d := digest{directories: moduleDirectory, seen: make(map[string]bool)}
	if !d.file(file) {
		d.note("built in %s", file)
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(d.text.String())))
}

// digest collects a line for every file.
type digest struct {
	directories string
	seen        map[string]bool // names of modules
	text        strings.Builder
}

func (d *digest) note(format string, args ...any) { fmt.Fprintf(&d.text, format+"\n", args...) }

// requires finds the names of modules.
var requires = regexp.MustCompile(`\brequire\s*\(?\s*(?:"([\w.]+)"|'([\w.]+)'|\[\[([\w.]+)\]\])`)

// file adds a file on disk, and the modules that it requires; false if there is none.
func (d *digest) file(name string) bool {
	source, err := readSource(os.Open(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	d.note("%s %x %v", name, sha256.Sum256(source), err)
	for _, m := range requires.FindAllSubmatch(source, -1) {
		d.module(string(m[1]) + string(m[2]) + string(m[3]))
	}
	return true
}

// module adds the file in which require finds a module.
func (d *digest) module(name string) {
	if d.seen[name] {
		return
	}
	d.seen[name] = true
	for dir := range strings.SplitSeq(d.directories, ";") {
		if d.file(path.Join(dir, strings.ReplaceAll(name, ".", "/")+".lua")) {
			return
		}
	}
}
