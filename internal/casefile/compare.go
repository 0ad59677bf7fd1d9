package casefile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"
)

// Comparison holds a case against what came out of it.
type Comparison struct {
	Archive
	dir string
	res *Result
}

// Compare makes the comparison of a case with what came out of its run in dir.
func Compare(a Archive, dir string, res *Result) *Comparison {
	return &Comparison{Archive: a, dir: dir, res: res}
}

// Problems returns the differences, each as a text to read.
func (c *Comparison) Problems() []string {
	var all []string
	none := true
	for _, f := range c.Files {
		if !isWanted(f.Name) {
			continue
		}
		none = false
		if f.Name == "log" {
			all = append(all, c.missingLines(f.Data)...)
			continue
		}
		got, problem := c.got(f)
		if problem == "" && !bytes.Equal(got, f.Data) {
			problem = difference(f.Name, f.Data, got)
		}
		if problem != "" {
			all = append(all, problem)
		}
	}
	if _, ok := c.file("problems"); !ok && c.res.Problems != "" {
		all = append(all, "unexpected problems:\n"+c.res.Problems)
	}
	if _, ok := c.file("error"); !ok && c.res.Error != "" {
		all = append(all, "unexpected error: "+c.res.Error)
	}
	if none {
		all = append(all, "nothing is wanted of the case; -update fills it in")
	}
	return all
}

// difference shows two texts side by side, as - and + lines.
func difference(name string, want, got []byte) string {
	_, lines, _ := bytes.Cut(diff.Diff("want/"+name, want, "got/"+name, got), []byte("\n"))
	return "\n" + string(lines)
}

// got returns what came out in the place of a wanted file, in the words of that
// file where they mean the same.
func (c *Comparison) got(f txtar.File) (got []byte, problem string) {
	switch f.Name {
	case "messages.json":
		return []byte(c.res.Messages), ""
	case "problems":
		return []byte(c.res.Problems), ""
	case "books":
		return []byte(c.res.Books), ""
	case "error":
		return []byte(c.res.Error), ""
	case "output":
		return render(f.Name, c.res.Output), ""
	case "output.hex", "output.quoted":
		got = render(f.Name, c.res.Output)
		pieces, err := c.reads(f.Name)
		if err != nil {
			return got, err.Error()
		}
		if bytes.Equal(render(f.Name, pieces), got) {
			return f.Data, ""
		}
		return got, ""
	}
	name := strings.TrimPrefix(f.Name, "want/")
	got, err := os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, "the run left no file " + name
	}
	return got, ""
}

// missingLines returns what the log lacks.
func (c *Comparison) missingLines(want []byte) []string {
	var missing []string
	for l := range strings.Lines(string(want)) {
		if l = strings.TrimSpace(l); l != "" && !strings.Contains(c.res.Log, l) {
			missing = append(missing, "the log lacks: "+l)
		}
	}
	return missing
}

// Updated returns the case with what came out in the place of what was wanted.
func (c *Comparison) Updated() *txtar.Archive {
	fresh := &txtar.Archive{Comment: c.Comment}
	have := map[string]bool{}
	add := func(name string, data []byte) {
		have[name] = true
		fresh.Files = append(fresh.Files, txtar.File{Name: name, Data: data})
	}
	for _, f := range c.Files {
		switch {
		case f.Name == "log":
			add(f.Name, c.updatedLog(f.Data))
		case f.Name == "problems" && c.res.Problems == "", f.Name == "error" && c.res.Error == "":
		case f.Name == "output" && !plain(render(f.Name, c.res.Output)):
			add("output.quoted", render("output.quoted", c.res.Output))
		case isWanted(f.Name):
			got, _ := c.got(f)
			add(f.Name, got)
		default:
			fresh.Files = append(fresh.Files, f)
		}
	}
	if c.res.Problems != "" && !have["problems"] {
		add("problems", []byte(c.res.Problems))
	}
	if c.res.Error != "" && !have["error"] {
		add("error", []byte(c.res.Error))
	}
	switch {
	case len(have) > 0:
	case !c.res.encodes:
		add("messages.json", []byte(c.res.Messages))
	case plain(render("output", c.res.Output)):
		add("output", render("output", c.res.Output))
	default:
		add("output.quoted", render("output.quoted", c.res.Output))
	}
	return fresh
}

// updatedLog keeps the lines that occur; without any, it takes the lines that
// are no mere information.
func (c *Comparison) updatedLog(want []byte) []byte {
	var b []byte
	for l := range strings.Lines(string(want)) {
		if t := strings.TrimSpace(l); t != "" && strings.Contains(c.res.Log, t) {
			b = append(b, l...)
		}
	}
	if len(b) > 0 {
		return b
	}
	for l := range strings.Lines(c.res.Log) {
		if strings.Contains(l, "' error: ") {
			b = append(b, l...)
		}
	}
	return b
}
