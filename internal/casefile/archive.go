package casefile

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// Archive is a case as it lies in a file.
type Archive struct {
	*txtar.Archive
}

// Parse reads a case. Any text is one.
func Parse(text []byte) Archive { return Archive{txtar.Parse(text)} }

// wanted are the names of files that a run is compared with; want/… are others.
var wanted = []string{"messages.json", "output", "output.hex", "output.quoted", "problems", "log", "books", "error"}

func isWanted(name string) bool {
	return slices.Contains(wanted, name) || strings.HasPrefix(name, "want/")
}

// inputNames are what TestInput looks for unless it is told.
var inputNames = []string{"input", "input.hex", "input.quoted", "input.json"}

// isInput reports whether a file is fed where no other name is told.
func isInput(name string) bool { return slices.Contains(inputNames, name) }

// file returns the content of a file.
func (a Archive) file(name string) ([]byte, bool) {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data, true
		}
	}
	return nil, false
}

// unpack writes the files of folders to dir.
func (a Archive) unpack(dir string) error {
	for _, f := range a.Files {
		if isWanted(f.Name) || !strings.Contains(f.Name, "/") {
			continue
		}
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("file %s lies outside of the case", f.Name)
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// input returns the name of the one file of input that TestInput feeds unless
// it is told otherwise.
func (a Archive) input() (string, error) {
	var found []string
	for _, name := range inputNames {
		if _, ok := a.file(name); ok {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("the case has %d files of input; it must have one, or the option files must name them", len(found))
	}
	return found[0], nil
}

// reads returns the bytes of a file as they arrive. Forms that have no reads of
// their own give one.
func (a Archive) reads(name string) ([][]byte, error) {
	data, ok := a.file(name)
	if !ok {
		return nil, fmt.Errorf("the case has no file %s", name)
	}
	switch filepath.Ext(name) {
	case ".hex":
		return eachLine(name, data, unhex)
	case ".quoted":
		return eachLine(name, data, unquote)
	}
	return [][]byte{bytes.Clone(data)}, nil
}

// lines returns the lines of a file that are not blank.
func (a Archive) lines(name string) ([][]byte, error) {
	data, ok := a.file(name)
	if !ok {
		return nil, fmt.Errorf("the case has no file %s", name)
	}
	return eachLine(name, data, func(line string) ([]byte, error) { return []byte(line), nil })
}

func eachLine(name string, data []byte, read func(string) ([]byte, error)) ([][]byte, error) {
	var all [][]byte
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		b, err := read(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if b != nil {
			all = append(all, b)
		}
	}
	return all, nil
}

// unhex reads a line of hexadecimal digits; nil is a line with a comment alone.
func unhex(line string) ([]byte, error) {
	digits, _, commented := strings.Cut(line, "#")
	b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
	if commented && len(b) == 0 {
		return nil, err
	}
	return b, err
}

func unquote(line string) ([]byte, error) {
	s, err := strconv.Unquote(line)
	if err != nil {
		return nil, fmt.Errorf("no Go string literal: %s", line)
	}
	return []byte(s), nil
}

// render writes what encoders made in the form that a file's name says.
func render(name string, pieces [][]byte) []byte {
	var b []byte
	for _, p := range pieces {
		switch filepath.Ext(name) {
		case ".hex":
			b = append(hex.AppendEncode(b, p), '\n')
		case ".quoted":
			b = append(strconv.AppendQuote(b, string(p)), '\n')
		default:
			b = append(b, p...)
		}
	}
	return b
}

// plain reports whether a file without a form can hold b.
func plain(b []byte) bool {
	if len(b) > 0 && b[len(b)-1] != '\n' || txtar.NeedsQuote(b) {
		return false
	}
	for _, r := range string(b) {
		if r < ' ' && r != '\n' && r != '\t' || r == '\uFFFD' {
			return false
		}
	}
	return true
}
