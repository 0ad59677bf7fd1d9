package share

import (
	"bytes"
	"regexp"
	"strings"
)

// Option is one that the header comment of a script describes.
type Option struct {
	Name string
	// Type is string, int, number or bool, or "" where the header uses another
	// word.
	Type     string
	Required bool
}

// headerOption is a line such as "- rows (int, optional, default 1440)", as scripts
// of Heka 0.10 and ours have it.
var headerOption = regexp.MustCompile("^\\s*[-*]\\s+[`*]*([A-Za-z_][A-Za-z0-9_]*)[`*]*\\s*\\(([A-Za-z0-9]+)\\s*,\\s*(required|optional)\\b")

// types are the words for types in headers.
var types = map[string]string{
	"string": "string", "str": "string", "int": "int", "uint": "int", "integer": "int", "number": "number",
	"float": "number", "double": "number", "bool": "bool", "boolean": "bool",
}

// Options reads the comment at the head of a script. It returns false when that
// does not describe the options of the script, in a paragraph that begins with the
// line "Config:".
func Options(source []byte) (options []Option, ok bool) {
	text := bytes.TrimSpace(source)
	for len(text) > 0 && bytes.HasPrefix(text, []byte("--")) && !bytes.HasPrefix(text, []byte("--[[")) {
		_, text, _ = bytes.Cut(text, []byte("\n")) // such as a line about the licence
		text = bytes.TrimSpace(text)
	}
	text, ok = bytes.CutPrefix(text, []byte("--[["))
	if !ok {
		return nil, false
	}
	header, _, _ := strings.Cut(string(text), "]]")
	ok = false
	for line := range strings.Lines(header) {
		word := strings.ToLower(strings.Trim(line, " \t\r\n*:"))
		if word == "config" || word == "configuration" {
			ok = true
		}
		if m := headerOption.FindStringSubmatch(line); m != nil && ok {
			options = append(options, Option{m[1], types[strings.ToLower(m[2])], m[3] == "required"})
		}
	}
	return options, ok
}
