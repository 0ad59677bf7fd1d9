package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options say how configuration text is read. The zero value is right for
// files of this host.
type Options struct {
	// LookupEnv finds the variables of %ENV[NAME]; nil means the process
	// environment.
	LookupEnv func(name string) (value string, defined bool)
	// LiteralEnv leaves %ENV[NAME] as it stands, for text that comes from
	// somebody who must not read our environment.
	LiteralEnv bool
}

func (o Options) lookup() func(string) (string, bool) {
	switch {
	case o.LiteralEnv:
		return nil
	case o.LookupEnv != nil:
		return o.LookupEnv
	}
	return os.LookupEnv
}

// Load reads a configuration: a file of any name, or all *.toml files of a
// directory in the order of their names. The Config holds what could be read
// and is never nil; the problems are sorted, warnings among them.
func Load(path string, o Options) (*Config, Problems) {
	var l loader
	for _, file := range l.files(path) {
		data, err := os.ReadFile(file)
		if err != nil {
			l.fileProblem(file, Error, err)
			continue
		}
		l.file(file, string(data), o)
	}
	return l.finish(o)
}

// LoadBytes reads a configuration from memory, as Load does a file. name
// stands for the file in problems.
func LoadBytes(name string, data []byte, o Options) (*Config, Problems) {
	var l loader
	l.file(name, string(data), o)
	return l.finish(o)
}

// LoadSection reads a file whose top level is itself one section, such as the
// configuration of a client tool. The section has no name and is never nil.
func LoadSection(path string, o Options) (*Section, Problems) {
	data, err := os.ReadFile(path)
	if err != nil {
		var l loader
		l.fileProblem(path, Error, err)
		at := Pos{File: path}
		return &Section{Pos: at, Table: newTable("", at, at)}, l.problems
	}
	root, problems := parse(path, string(data), o)
	return &Section{Pos: root.Pos, Table: root}, problems
}

// loader gathers sections from files.
type loader struct {
	cfg      Config
	problems Problems
	current  map[sectionID]*Section
}

// sectionID is what two sections must not share.
type sectionID struct{ name, kind string }

// files returns the files that path stands for. A directory that cannot be
// read counts as empty.
func (l *loader) files(path string) []string {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		l.fileProblem(path, Warning, err)
	}
	var files []string
	for _, e := range entries { // sorted by name
		if strings.HasSuffix(e.Name(), ".toml") {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	return files
}

func (l *loader) fileProblem(file string, s Severity, err error) {
	l.problems = append(l.problems, Problem{Pos: Pos{File: file}, Severity: s, Text: "Error opening config file: " + err.Error()})
}

// file reads one file and merges its sections.
func (l *loader) file(name, text string, o Options) {
	root, problems := parse(name, text, o)
	l.problems = append(l.problems, problems...)
	for _, n := range root.Nodes {
		switch {
		case n.tables:
			l.problems = append(l.problems, Problem{Pos: n.Pos, Section: n.Key,
				Text: "a section cannot be a list of tables", Hint: "write [" + n.Key + "]"})
		case n.Kind != Table:
			l.problems = append(l.problems, Problem{Pos: n.KeyPos,
				Text: n.Key + " stands outside any section", Hint: "put it below a header such as [hekad]"})
		default:
			l.section(&Section{Name: n.Key, Pos: n.Pos, Table: n})
		}
	}
}

// section adds s, which wins over an earlier one of its name and kind as a whole.
func (l *loader) section(s *Section) {
	if strings.TrimSpace(s.Name) == "hekad" {
		l.replaced(l.cfg.Hekad, s)
		l.cfg.Hekad = s
		return
	}
	if l.current == nil {
		l.current = map[sectionID]*Section{}
	}
	id := sectionID{s.Name, s.Kind()}
	l.replaced(l.current[id], s)
	l.current[id] = s
	l.cfg.Sections = append(l.cfg.Sections, s)
}

// replaced warns that s takes the place of old, where there is an old.
func (l *loader) replaced(old, s *Section) {
	if old != nil {
		l.problems = append(l.problems, Problem{Pos: s.Pos, Section: s.Name, Severity: Warning,
			Text: fmt.Sprintf("section replaces the whole of the one in %s", old.Pos.Origin())})
	}
}

func (l *loader) finish(o Options) (*Config, Problems) {
	l.cfg.lookup = o.lookup()
	l.cfg.Sections = slices.DeleteFunc(l.cfg.Sections, func(s *Section) bool {
		return l.current[sectionID{s.Name, s.Kind()}] != s
	})
	l.problems.Sort()
	l.cfg.Warnings = l.problems.Warnings()
	return &l.cfg, l.problems
}
