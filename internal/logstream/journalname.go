package logstream

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	// tempSuffix ends the name of a position file that is being written.
	tempSuffix = "%tmp"
	// progressSuffix ends the name of a progress file.
	progressSuffix = "%now"
	// componentLimit is how long, in bytes, one component of a name may be so
	// that all suffixes fit the file system's limit of 255.
	componentLimit = 240
)

// journalName returns the name of a stream's position file within root. It is
// the stream name itself wherever that is possible, with sub-directories where
// the name has separators; otherwise, so that a text captured from a path can
// never name anything outside, an encoded form.
func journalName(root *os.Root, stream string) string {
	parts := strings.FieldsFunc(stream, func(r rune) bool { return r == '/' || r == filepath.Separator })
	plain := len(parts) > 0 && strings.Join(parts, "/") == filepath.ToSlash(stream)
	for _, part := range parts {
		plain = plain && plainComponent(part)
	}
	if !plain {
		return encodeName(stream)
	}
	name := filepath.Join(parts...)
	// The position of stream "a" may be a file where stream "a/b" needs a
	// directory, or the other way round.
	for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
		if info, err := root.Stat(dir); err == nil && !info.IsDir() {
			return encodeName(stream)
		}
	}
	if info, err := root.Stat(name); err == nil && info.IsDir() {
		return encodeName(stream)
	}
	return name
}

func plainComponent(part string) bool {
	return part != "." && part != ".." && len(part) <= componentLimit &&
		!strings.HasSuffix(part, "%") && !strings.HasSuffix(part, tempSuffix) &&
		!strings.HasSuffix(part, progressSuffix) && !strings.Contains(part, "\x00")
}

// encodeName turns any text into one component of a path: what is not a letter,
// a digit, '-' or '_' as %XX, and a percent sign at the end, which no plain
// component has. A text that is too long is cut and made unique by its SHA-1.
func encodeName(stream string) string {
	var b strings.Builder
	for i := range len(stream) {
		c := stream[i]
		if c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	name := b.String()
	if len(name) >= componentLimit {
		sum := hexSum([]byte(stream))
		name = name[:componentLimit-len(sum)-1] + "%" + sum
	}
	return name + "%"
}
