package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hekad/heka/internal/config"
)

// readFiles are options of files that are read at start, by the ends of their
// names.
var readFiles = []string{"tls.cert_file", "tls.key_file", "tls.client_cafile", "tls.root_cafile"}

// adviseFiles finds files that are missing or may not be read, and places that
// cannot be written to, without changing anything.
func (x *examined) adviseFiles(sec *config.Section, own any) {
	if on, _ := optionText(own, "use_tls"); on == "true" {
		for _, name := range readFiles {
			if path := nestedText(own, name); path != "" {
				x.mustRead(sec, name, path)
			}
		}
	}
	if path, _ := optionText(own, "path"); path != "" && sec.Type() == "FileOutput" {
		x.mustWrite(sec, "path", path)
	}
}

// nestedText is the value of an option in a sub-section.
func nestedText(own any, path string) string {
	fields := config.Fields(own)
	for name := range strings.SplitSeq(path, ".") {
		i := slices.IndexFunc(fields, func(f config.FieldInfo) bool { return f.Name == name })
		switch {
		case i < 0:
			return ""
		case len(fields[i].Fields) == 0:
			return strings.Trim(fields[i].Default, `"`)
		}
		fields = fields[i].Fields
	}
	return ""
}

func (x *examined) mustRead(sec *config.Section, option, path string) {
	f, err := os.Open(path)
	if err != nil {
		x.problems = slices.DeleteFunc(x.problems, func(p config.Problem) bool { // building it found this without its place
			return p.Section == sec.Name && p.Option == "" && strings.Contains(p.Text, err.Error())
		})
		x.problems = append(x.problems, config.Problem{Pos: sec.Where(option), Section: sec.Name, Option: option,
			Text: fmt.Sprintf("%s: %v", option, err)})
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && strings.HasSuffix(option, "key_file") && info.Mode().Perm()&0o044 != 0 {
		x.warn(sec, option, "chmod 600 "+path, "%s: %s can be read by others", option, path)
	}
}

// mustWrite looks whether a file can be made or appended to, as the user who runs
// this.
func (x *examined) mustWrite(sec *config.Section, option, path string) {
	if path == "-" || strings.HasPrefix(path, "/dev/") || strings.Contains(path, "%") {
		return
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		x.problems = append(x.problems, config.Problem{Pos: sec.Where(option), Section: sec.Name, Option: option,
			Text: fmt.Sprintf("%s: %s is a directory", option, path), Hint: "name a file in it"})
		return
	}
	for at := path; ; at = filepath.Dir(at) {
		_, err := os.Stat(at)
		switch {
		case err == nil && !writable(at):
			x.warn(sec, option, "", "%s: %s cannot be written to by this user", option, at)
			return
		case err == nil || filepath.Dir(at) == at:
			return
		case !errors.Is(err, fs.ErrNotExist):
			x.warn(sec, option, "", "%s: %v", option, err)
			return
		}
	}
}
