package graphite

import (
	"cmp"
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hekad/heka/internal/whisper"
)

// files are the database files, of which the ones used last are open.
type files struct {
	base       string
	folderPerm os.FileMode
	most       int
	rules      []rule
	defaults   whisper.Layout

	open map[string]*list.Element // of *openFile, by name
	used list.List                // the last one in front
}

type openFile struct {
	name string
	file *whisper.File
}

// rule is how new files look whose names fit.
type rule struct {
	pattern *regexp.Regexp
	layout  whisper.Layout
}

func newFiles(c *WhisperConfig, base string) (*files, error) {
	f := &files{base: base, most: c.MaxOpenFiles, open: map[string]*list.Element{}}
	var err, rules error
	f.folderPerm, err = c.folderMode()
	f.defaults, rules = c.layout()
	err = cmp.Or(err, rules)
	for _, name := range slices.Sorted(maps.Keys(c.Rules)) {
		config := c.Rules[name]
		pattern, wrong := regexp.Compile(config.Pattern)
		layout, bad := config.layout(f.defaults)
		f.rules = append(f.rules, rule{pattern, layout})
		err = cmp.Or(err, wrong, bad)
	}
	return f, err
}

// get returns the open file of a name, which it creates if need be.
func (f *files) get(name string) (*whisper.File, error) {
	if e := f.open[name]; e != nil {
		f.used.MoveToFront(e)
		return e.Value.(*openFile).file, nil
	}
	path := filepath.Join(f.base, filepath.FromSlash(pathOf(name)))
	file, err := whisper.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(path), f.folderPerm); err != nil {
			return nil, err
		}
		file, err = whisper.Create(path, 0o666, f.layout(name))
	}
	if err != nil {
		return nil, err
	}
	for len(f.open) >= f.most {
		f.closeOldest()
	}
	name = strings.Clone(name)
	f.open[name] = f.used.PushFront(&openFile{name, file})
	return file, nil
}

// drop closes one file, which is opened anew when it is needed.
func (f *files) drop(name string) {
	if e := f.open[name]; e != nil {
		f.used.MoveToBack(e)
		f.closeOldest()
	}
}

func (f *files) closeOldest() error {
	o := f.used.Remove(f.used.Back()).(*openFile)
	delete(f.open, o.name)
	return o.file.Close()
}

func (f *files) close() error {
	var errs []error
	for len(f.open) > 0 {
		errs = append(errs, f.closeOldest())
	}
	return errors.Join(errs...)
}

// layout is that of a new file.
func (f *files) layout(name string) whisper.Layout {
	for i := range f.rules {
		if f.rules[i].pattern.MatchString(name) {
			return f.rules[i].layout
		}
	}
	return f.defaults
}

// pathOf is the place of a name's file: dots become folders, and names with tags
// (a;b=c) go where carbon puts them, to folders by their hash.
func pathOf(name string) string {
	if !strings.Contains(name, ";") {
		return strings.ReplaceAll(name, ".", "/") + ".wsp"
	}
	sum := sha256.Sum256([]byte(name))
	hash := hex.EncodeToString(sum[:])
	return "_tagged/" + hash[:3] + "/" + hash[3:6] + "/" + strings.ReplaceAll(name, ".", "_DOT_") + ".wsp"
}
