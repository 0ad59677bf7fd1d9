package reference

import (
	"io/fs"
	"path"
	"strings"

	"github.com/hekad/heka/internal/share"
)

// scriptKinds are the folders of scripts that are plugins, and what runs them.
var scriptKinds = []struct{ folder, kind, runner string }{
	{"lua_decoders", "decoder", "SandboxDecoder"},
	{"lua_filters", "filter", "SandboxFilter"},
	{"lua_encoders", "encoder", "SandboxEncoder"},
}

// Scripts describes the scripts that come with heka, sorted by kind and name. The
// Type of a page is the script's path in share_dir, and its options are those of the
// sub-section config.
func Scripts() []Page {
	var pages []Page
	for _, k := range scriptKinds {
		files, err := fs.Glob(share.Files, k.folder+"/*.lua")
		if err != nil {
			panic("reference: " + err.Error())
		}
		for _, file := range files {
			source, err := share.Files.ReadFile(file)
			if err != nil {
				panic("reference: " + err.Error())
			}
			pages = append(pages, scriptPage(file, k.kind, k.runner, source))
		}
	}
	return pages
}

// scriptPage describes a script by the comment at its head.
func scriptPage(file, kind, runner string, source []byte) Page {
	head, _, _ := strings.Cut(string(source), "]]")
	_, head, _ = strings.Cut(strings.TrimRight(head, "-"), "--[[")
	about, options, _ := strings.Cut(head, "\nConfig:")
	p := Page{Type: file, Kind: kind, Doc: strings.TrimSpace(about)}
	p.Summary = firstSentence(p.Doc)
	known, _ := share.Options(source)
	for _, o := range known {
		p.Options = append(p.Options, Option{Name: o.Name, Type: o.Type, Required: o.Required, Doc: optionDoc(options, o.Name)})
	}
	name := strings.TrimSuffix(path.Base(file), ".lua")
	p.Example = "[" + name + "]\ntype = \"" + runner + "\"\nfilename = \"" + file + "\"\n"
	if kind == "filter" {
		p.Example += "message_matcher = \"TRUE\"\nticker_interval = 60\n"
	}
	required := ""
	for i := range p.Options {
		if o := &p.Options[i]; o.Required {
			required += "  " + o.Name + " = " + sample(&Option{Name: o.Name, Type: scriptType(o.Type)}) + "\n"
		}
	}
	if required != "" {
		p.Example += "  [" + name + ".config]\n" + required
	}
	return p
}

// scriptType is the type of an option of a script in the words of other options.
func scriptType(typ string) string {
	if typ == "number" {
		return "float"
	}
	return typ
}

// optionDoc is the prose below the line of an option.
func optionDoc(options, name string) string {
	var doc []string
	found := false
	for line := range strings.Lines(options) {
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "* ") {
			if found {
				break
			}
			found = strings.HasPrefix(text[2:], name+" ")
			continue
		}
		if found && text != "" {
			doc = append(doc, text)
		} else if found && len(doc) > 0 {
			break
		}
	}
	return strings.Join(doc, " ")
}
