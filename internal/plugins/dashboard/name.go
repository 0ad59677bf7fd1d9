package dashboard

import "strings"

// maxName is the most characters of a payload's name in a file's name.
const maxName = 64

// word drops everything but letters, digits and _.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
}

// fileName is the name of the file for what a filter injected under a name and
// type. The filter's name comes from a configuration, but one that others may have
// sent: nothing of it leads out of the directory.
func fileName(filter, name, typ string) string {
	filter = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r < ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, filter)
	if filter == "" || filter[0] == '.' {
		filter = "_" + strings.TrimPrefix(filter, ".")
	}
	const most = 255 - maxName - 2 - maxName // what file systems allow
	if len(filter) > most {
		filter = strings.ToValidUTF8(filter[:most], "")
	}
	name = word(name)
	typ = word(typ)
	return filter + "." + name[:min(len(name), maxName)] + "." + typ[:min(len(typ), maxName)]
}
